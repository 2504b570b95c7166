"""Brings a database to the schema of this version, and tells what is missing."""

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, cast

from gatewright.kernel.errors import Unavailable
from gatewright.storage.backends import open_database
from gatewright.storage.statement import POSTGRESQL, SQLITE

HEAD = "0011"
"""The newest revision in ``versions/``; a test keeps it so."""


class Backend(Protocol):
    """What a dialect does to migrate; a module with these functions."""

    async def current(self, url: str) -> str | None:
        """The revision the database is at; ``None`` before the first migration."""
        ...

    async def upgrade(self, url: str) -> str | None:
        """Runs what is pending in one transaction, alone; returns the revision there was before.

        Raises ``Conflict`` when that revision is not one of ours.
        """
        ...


_BACKENDS: Mapping[str, str] = {
    SQLITE: "gatewright.storage.migrations.on_sqlite",
    POSTGRESQL: "gatewright.storage.migrations.on_postgres",
}


async def pending(database_url: str) -> list[str]:
    """Revisions that the database lacks, oldest first, each with its title; usually none.

    Raises ``Conflict`` when the database is newer than this version, ``Unavailable`` when it does not answer.
    """
    with _explained():
        current = await _backend(database_url).current(database_url)
    if current == HEAD:
        return []
    return cast("list[str]", _scripts().missing_since(current))


async def migrate(database_url: str) -> tuple[str | None, str]:
    """Brings the database to ``HEAD``, making it when it is not there; returns the revisions (from, to).

    Any number of processes may do so at once: one works, the others wait and find it done.
    All that is pending happens, or nothing. Raises as ``pending`` does.
    """
    backend = _backend(database_url)
    with _explained():
        current = await backend.current(database_url)
        return (current if current == HEAD else await backend.upgrade(database_url)), HEAD


@contextmanager
def _explained() -> Iterator[None]:
    """Whoever migrates sits at the machine: they get the reason that other callers find in the log alone."""
    try:
        yield
    except Unavailable as error:
        raise Unavailable(f"cannot reach the database: {error.detail or error.message}") from error


def _backend(url: str) -> Backend:
    return cast("Backend", importlib.import_module(_BACKENDS[open_database(url).dialect]))


def _scripts() -> Any:
    return importlib.import_module("gatewright.storage.migrations.scripts")
