"""Migrations of a SQLite file, on the standard library's driver."""

import asyncio
import importlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gatewright.storage.sqlite_connection import FileLock, create_private, lock_path, translated

_PATIENCE = 60.0
"""Seconds to wait for somebody else's write."""


async def current(url: str) -> str | None:
    """See ``runner.Backend``. A file that is not there is at no revision, and is not made."""
    path = _path(url)
    if not path.exists():
        return None
    try:
        with closing(_connect(path)) as connection:
            return _revision(connection)
    except sqlite3.Error as error:
        raise translated(error) from None


async def upgrade(url: str) -> str | None:
    """See ``runner.Backend``. DDL is part of SQLite's transactions."""
    return await asyncio.to_thread(_upgrade, _path(url))


def _upgrade(path: Path) -> str | None:
    try:
        create_private(path)
        lock = FileLock(lock_path(path))
        with closing(lock), lock, closing(_connect(path)) as connection:
            return _in_transaction(connection)
    except (sqlite3.Error, OSError) as error:
        raise translated(error) from None


def _in_transaction(connection: sqlite3.Connection) -> str | None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        before = _revision(connection)
        _scripts().upgrade_sqlite(connection, before)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return before


def _revision(connection: sqlite3.Connection) -> str | None:
    has_table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    if connection.execute(has_table).fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE, check_same_thread=False)


def _path(url: str) -> Path:
    return Path(urlsplit(url).path[1:])


def _scripts() -> Any:
    return importlib.import_module("gatewright.storage.migrations.scripts")
