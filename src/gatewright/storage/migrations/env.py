"""What Alembic runs: the connection or dialect comes from ``scripts.py``, or for drafts from ``-x url=…``."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from gatewright.storage.schema import metadata


def _offline(dialect: str) -> None:
    # The caller runs the text in a transaction of its own.
    context.configure(dialect_name=dialect, literal_binds=True, transactional_ddl=False)
    context.run_migrations()


def _online(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()


if context.is_offline_mode():
    _offline(context.config.attributes["dialect"])
elif "connection" in context.config.attributes:
    _online(context.config.attributes["connection"])
else:
    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as drafting:
        _online(drafting)
