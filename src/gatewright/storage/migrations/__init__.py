"""The schema through time: Alembic's scripts, and the little that runs them.

Written for both dialects once, in ``versions/``. Alembic is imported when there is something to run; the
usual question, whether anything is pending, costs one read.
To draft the next script, after changing ``schema.py``:

    gatewright migrate
    alembic -x url=sqlite:///path/of/that.db revision --autogenerate --rev-id 0003 -m "what changes"

then set ``HEAD`` in ``runner.py`` and read the draft.
"""

from gatewright.storage.migrations.runner import HEAD, migrate, pending

__all__ = ["HEAD", "migrate", "pending"]
