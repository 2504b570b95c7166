"""Units of work as SQLite runs them: many in one transaction, each with its own outcome.

They run straight after one another; only when one of them is refused, which is rare, do they start over
with a savepoint each. That halves the statements under load.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from gatewright.kernel.errors import Conflict, Invalid
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.storage.database import Rejected, Row
from gatewright.storage.sqlite_connection import is_trouble, translated
from gatewright.storage.statement import Compiled

_REFUSALS = (Unmatched, Duplicate, Conflict, Invalid, Rejected)

Outcome = tuple[int, ...] | Row | Exception | None


class Write(NamedTuple):
    """One statement with its values in order."""

    compiled: Compiled
    values: tuple[object, ...]
    must_match: bool


class Work(NamedTuple):
    """A unit: its outcome is the rows touched by each write, or the row that the first one returns."""

    writes: tuple[Write, ...]
    wants_row: bool


class Busy(Exception):
    """A program that knows nothing of our lock file is writing; try again."""


def commit(connection: sqlite3.Connection, work: Sequence[Work]) -> list[Outcome]:
    """Runs all units in one transaction. Trouble with disk or load fails them all, and nobody else.

    Raises ``Busy`` before anything has happened.
    """
    try:
        _begin(connection)
        outcomes = _attempt_all(connection, work)
        nothing_done = all(isinstance(outcome, Exception) for outcome in outcomes)
        connection.execute("ROLLBACK" if nothing_done else "COMMIT")
    except Busy:
        raise
    except Exception as error:
        _roll_back(connection)
        return [translated(error) for _ in work]
    return outcomes


def _begin(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise Busy from error
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):  # it may have rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _attempt_all(connection: sqlite3.Connection, work: Sequence[Work]) -> list[Outcome]:
    if len(work) == 1:
        return [_attempt(connection, work[0])]
    outcomes: list[Outcome] = []
    for unit in work:
        outcome = _attempt(connection, unit)
        if isinstance(outcome, Exception):
            connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")
            return [_attempt_apart(connection, each) for each in work]
        outcomes.append(outcome)
    return outcomes


def _attempt_apart(connection: sqlite3.Connection, unit: Work) -> Outcome:
    connection.execute("SAVEPOINT unit")
    outcome = _attempt(connection, unit)
    if isinstance(outcome, Exception):
        connection.execute("ROLLBACK TO unit")
    connection.execute("RELEASE unit")
    return outcome


def _attempt(connection: sqlite3.Connection, unit: Work) -> Outcome:
    try:
        return _take(connection, unit.writes[0]) if unit.wants_row else _apply(connection, unit.writes)
    except _REFUSALS as refusal:
        return refusal


def _apply(connection: sqlite3.Connection, writes: tuple[Write, ...]) -> tuple[int, ...]:
    counts = []
    for position, write in enumerate(writes):
        cursor = _execute(connection, write)
        count = len(cursor.fetchall()) if write.compiled.returns_rows else cursor.rowcount
        if count < 0:  # the driver does not count for statements that begin with WITH
            count = connection.execute("SELECT changes()").fetchone()[0]
        if write.must_match and not count:
            raise Unmatched(position)
        counts.append(count)
    return tuple(counts)


def _take(connection: sqlite3.Connection, write: Write) -> Row | None:
    rows: list[Row] = _execute(connection, write).fetchall()
    if write.must_match and not rows:
        raise Unmatched(0)
    return rows[0] if rows else None


def _execute(connection: sqlite3.Connection, write: Write) -> sqlite3.Cursor:
    try:
        return connection.execute(write.compiled.sql, write.values)
    except Exception as error:
        if is_trouble(error):
            raise
        raise translated(error, write.compiled.table) from None
