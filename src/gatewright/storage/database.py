"""The database port: what every driver promises to the stores.

Reads see everything that this process has been told is done.
A unit of work is atomic and, once ``run`` has returned, durable: it survives a crash of the process and of
the machine. On SQLite units happen one after the other; on PostgreSQL another unit may commit between two
changes of one (READ COMMITTED), so what a change relies on belongs into its own condition: a version, a key.

Errors of every method:

- ``Unavailable``: the database does not answer, is full or overloaded, or is closed; try again later.
  A write that ended so may or may not have happened, unless it was refused at the door.
- ``Invalid``: a value cannot be stored: a number beyond 64 bits, a lone surrogate, on PostgreSQL a NUL.
- ``Conflict``: a foreign key leads nowhere.
- ``Rejected``: the database does not understand, or does not allow, the statement: a mistake in a store.
"""

from collections.abc import AsyncGenerator, Awaitable
from typing import Any, Protocol

from gatewright.kernel.errors import Invalid, Unavailable
from gatewright.kernel.units import Change, Unit
from gatewright.storage.revision import REVISION_BUMP, revision_bump
from gatewright.storage.statement import Statement

__all__ = [
    "REVISION_BUMP",
    "STREAM_ROWS",
    "Database",
    "Rejected",
    "Row",
    "revision_bump",
    "unavailable",
    "unstorable",
]

Row = tuple[Any, ...]

STREAM_ROWS = 500
"""How many rows a stream holds in memory at a time."""


class Rejected(Exception):
    """The database refused a statement that can never work: a mistake in a store, not in the input.

    The text names tables and columns and never a value.
    """


def unavailable(detail: str) -> Unavailable:
    """The refusal of a database that cannot serve now; ``detail`` is for the log."""
    return Unavailable("the database is not available; try again", retry_after=1, detail=detail)


def unstorable() -> Invalid:
    """The refusal of a value that the database cannot hold."""
    return Invalid("a value cannot be stored: a number beyond 64 bits, or text that is not Unicode")


class Database(Protocol):
    """A place where rows are kept. Made closed; ``open`` in the process and on the loop that use it."""

    dialect: str

    async def open(self) -> None:
        """Connects, unless it is open. Raises ``Unavailable`` when the database cannot be reached."""
        ...

    async def close(self) -> None:
        """Finishes what was accepted, then disconnects; later calls raise ``Unavailable``."""
        ...

    async def ping(self) -> None:
        """Returns when the database answers reads and would accept writes; raises ``Unavailable``."""
        ...

    async def fetch(self, statement: Statement, /, **parameters: object) -> list[Row]:
        """All rows of a SELECT that is known to be quick: a look-up by key."""
        ...

    async def fetch_one(self, statement: Statement, /, **parameters: object) -> Row | None:
        """The first row of such a SELECT, or none."""
        ...

    async def scan(self, statement: Statement, /, **parameters: object) -> list[Row]:
        """All rows of a SELECT that may take a while: a list or a search."""
        ...

    def stream(self, statement: Statement, /, **parameters: object) -> AsyncGenerator[list[Row], None]:
        """The rows of a SELECT of any size, of one moment, in batches of at most ``STREAM_ROWS``.

        Holds a connection until it is exhausted or closed: leave it through ``contextlib.aclosing``.
        """
        ...

    async def run(self, unit: Unit) -> tuple[int, ...]:
        """Runs all changes atomically and durably, in order; returns how many rows each touched.

        Raises ``Unmatched`` with the position of the first change that had to touch a row and did not, or
        ``Duplicate`` with the table; nothing has changed then. An empty unit does nothing.
        """
        ...

    def begin(self, unit: Unit) -> Awaitable[tuple[int, ...]]:
        """Does what ``run`` does, and lets the caller do something else before it awaits the outcome.

        Await the result in any case: it may be the refusal.
        """
        ...

    async def take(self, change: Change) -> Row | None:
        """Runs one change that RETURNs, and gives the row it touched, or none.

        Of many takers of one row exactly one gets it. Raises as ``run`` does.
        """
        ...

    def revision(self, tenant_id: str) -> int | None:
        """The number of the tenant's configuration; another number means other configuration.

        It moves once for every committed ``revision_bump`` at least. Read it before what is to be cached,
        and compare for equality only. ``None``: not known at present, so trust no cache.
        """
        ...
