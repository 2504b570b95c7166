"""Alembic, asked for three things: which scripts there are, run them, or write them down as SQL."""

import logging
import sqlite3
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from gatewright.kernel.errors import Conflict

_FOLDER = Path(__file__).parent

# It would tell of each step, and that DDL is not transactional, of which the callers take care themselves.
logging.getLogger("alembic").setLevel(logging.WARNING)


def missing_since(current: str | None) -> list[str]:
    """Revisions after ``current``, oldest first, each with its title.

    Raises ``Conflict`` when there is no script for ``current``.
    """
    directory = ScriptDirectory.from_config(_config())
    _refuse_unknown(current, directory)
    newest_first = directory.iterate_revisions("head", current or "base")
    return [f"{script.revision} {script.doc.rstrip('.')}" for script in newest_first][::-1]


def upgrade_sqlite(connection: sqlite3.Connection, current: str | None) -> None:
    """Runs what is pending after ``current`` inside the transaction that ``connection`` is in."""
    if not missing_since(current):
        return
    config = _config()
    engine = create_engine("sqlite://", creator=lambda: _Lent(connection), poolclass=NullPool)
    with engine.connect() as lent:
        config.attributes["connection"] = lent
        command.upgrade(config, "head")


def upgrade_sql(current: str | None, dialect: str) -> str:
    """What is pending after ``current``, as statements of ``dialect``, without BEGIN and COMMIT."""
    if not missing_since(current):
        return ""
    config, text = _config(), StringIO()
    config.output_buffer = text
    config.attributes["dialect"] = dialect
    command.upgrade(config, f"{current or 'base'}:head", sql=True)
    return text.getvalue()


class _Lent:
    """A connection whose transaction and life belong to somebody else."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def commit(self) -> None:
        """The lender commits."""

    def rollback(self) -> None:
        """The lender rolls back."""

    def close(self) -> None:
        """The lender closes."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _refuse_unknown(current: str | None, directory: ScriptDirectory) -> None:
    known = {script.revision for script in directory.walk_revisions()}
    if current is not None and current not in known:
        raise Conflict(
            f"the database is at revision {current!r}, which this version does not know; "
            "wanted: the version of the program that made it, or a newer one"
        )
