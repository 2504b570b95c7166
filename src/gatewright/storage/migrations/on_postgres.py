"""Migrations of a PostgreSQL database: Alembic writes the SQL, asyncpg runs it; no second driver."""

import importlib
from typing import Any

import asyncpg

from gatewright.storage.postgres_errors import DRIVER_ERRORS, translated

_LOCK = 0x67_61_74_65
"""Advisory lock that one migrating process holds; the number is arbitrary and never changes."""

_CONNECT_SECONDS = 10.0


async def current(url: str) -> str | None:
    """See ``runner.Backend``."""
    try:
        connection = await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
        try:
            return await _revision(connection)
        finally:
            await connection.close()
    except DRIVER_ERRORS as error:
        raise translated(error) from None


async def upgrade(url: str) -> str | None:
    """See ``runner.Backend``. DDL is part of PostgreSQL's transactions."""
    try:
        connection = await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
                before = await _revision(connection)
                if sql := _scripts().upgrade_sql(before, "postgresql"):
                    await connection.execute(sql)
        finally:
            await connection.close()
    except DRIVER_ERRORS as error:
        raise translated(error) from None
    return before


async def _revision(connection: Any) -> str | None:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    return str(revision) if revision is not None else None


def _scripts() -> Any:
    return importlib.import_module("gatewright.storage.migrations.scripts")
