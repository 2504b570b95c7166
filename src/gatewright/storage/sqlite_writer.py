"""The one thread of a process that writes to a SQLite file: group commit.

Units of many requests share a transaction and its one flush to disk, and each has its own outcome.
They run straight after one another; only when one of them is refused, which is rare, do they start over
with a savepoint each. That halves the statements under load, and with them the turns in which this thread
has to wait for the interpreter while it holds the lock.
A future resolves after the COMMIT that made its unit durable.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

from gatewright.kernel.errors import Conflict, Invalid
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.storage.database import Rejected, Row, unavailable
from gatewright.storage.sqlite_connection import (
    FileLock,
    connect_writer,
    is_trouble,
    lock_path,
    translated,
)
from gatewright.storage.statement import Compiled

_MOST_UNITS_PER_COMMIT = 256
_REFUSALS = (Unmatched, Duplicate, Conflict, Invalid, Rejected)

Outcome = tuple[int, ...] | Row | Exception | None


class Write(NamedTuple):
    """One statement with its values in order."""

    compiled: Compiled
    values: tuple[object, ...]
    must_match: bool


class _Job(NamedTuple):
    writes: tuple[Write, ...]
    wants_row: bool
    future: asyncio.Future[Outcome]


class SqliteWriter:
    """Queues units from the loop, commits them in groups in its thread, resolves them on the loop.

    ``most_waiting`` bounds the queue; ``committed`` is called in the thread after each commit.
    """

    def __init__(
        self, path: Path, synchronous: str, wal_limit: int, most_waiting: int, committed: Callable[[], None]
    ) -> None:
        self._connect = partial(connect_writer, path, synchronous, wal_limit)
        self._lock_path = lock_path(path)
        self._most_waiting = most_waiting
        self._committed = committed
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._waiting = 0
        self._accepting = False

    async def start(self) -> None:
        """Opens the file for writing in a new thread; raises what the driver raises."""
        self._loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(
            target=self._work, args=(ready,), name="gatewright-writer", daemon=True
        )
        self._thread.start()
        await ready
        self._accepting = True

    async def stop(self) -> None:
        """Commits what is queued, then ends the thread."""
        if self._accepting:
            self._accepting = False
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def check(self) -> None:
        """Raises ``Unavailable`` when a unit would be refused at the door."""
        if not self._accepting or not self._thread.is_alive():
            raise unavailable("closed")
        if self._waiting >= self._most_waiting:
            raise unavailable(f"{self._waiting} units are waiting to be written")

    def submit(self, writes: tuple[Write, ...], *, wants_row: bool = False) -> asyncio.Future[Outcome]:
        """Queues a unit; resolves to the rows touched by each write, or to the row returned by the first."""
        if not self._accepting or self._waiting >= self._most_waiting:
            self.check()
        self._waiting += 1
        job = _Job(writes, wants_row, self._loop.create_future())
        self._queue.put(job)
        return job.future

    def _settle(self, jobs: list[_Job], outcomes: list[Outcome]) -> None:
        self._waiting -= len(jobs)
        for job, outcome in zip(jobs, outcomes, strict=True):
            if job.future.done():
                continue  # its caller was cancelled; the unit stands all the same
            if isinstance(outcome, Exception):
                job.future.set_exception(outcome)
            else:
                job.future.set_result(outcome)

    # From here on: in the writer's thread.

    def _work(self, ready: asyncio.Future[None]) -> None:
        try:
            with closing(FileLock(self._lock_path)) as lock, closing(self._connect_alone(lock)) as connection:
                self._tell(ready.set_result, None)
                while (first := self._queue.get()) is not None:
                    self._serve(connection, lock, first)
        except (sqlite3.Error, OSError) as error:
            self._tell(_fail, ready, error)

    def _connect_alone(self, lock: FileLock) -> sqlite3.Connection:
        with lock:  # turning a new file into one with a write-ahead log bears no company
            return self._connect()

    def _tell(self, callback: Callable[..., object], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is gone, and with it everybody who could have been told
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _serve(self, connection: sqlite3.Connection, lock: FileLock, first: _Job) -> None:
        jobs = [first]
        try:
            with lock:
                self._collect(jobs)  # only now: what arrived while we waited for our turn comes along
                outcomes = _commit(connection, jobs)
        except OSError as error:
            outcomes = [translated(error) for _ in jobs]
        self._tell(self._settle, jobs, outcomes)
        self._committed()

    def _collect(self, jobs: list[_Job]) -> None:
        try:
            while len(jobs) < _MOST_UNITS_PER_COMMIT:
                job = self._queue.get_nowait()
                if job is None:
                    self._queue.put(None)  # the end comes after what is before it
                    return
                jobs.append(job)
        except Empty:
            return


def _fail(ready: asyncio.Future[None], error: Exception) -> None:
    if not ready.done():
        ready.set_exception(error)


def _commit(connection: sqlite3.Connection, jobs: list[_Job]) -> list[Outcome]:
    """Runs all jobs in one transaction. Trouble with disk or load fails them all, and nobody else."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = _attempt_all(connection, jobs)
        nothing_done = all(isinstance(outcome, Exception) for outcome in outcomes)
        connection.execute("ROLLBACK" if nothing_done else "COMMIT")
    except Exception as error:
        _roll_back(connection)
        return [translated(error) for _ in jobs]
    return outcomes


def _roll_back(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):  # it may have rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _attempt_all(connection: sqlite3.Connection, jobs: list[_Job]) -> list[Outcome]:
    if len(jobs) == 1:
        return [_attempt(connection, jobs[0])]
    outcomes: list[Outcome] = []
    for job in jobs:
        outcome = _attempt(connection, job)
        if isinstance(outcome, Exception):
            connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")
            return [_attempt_apart(connection, each) for each in jobs]
        outcomes.append(outcome)
    return outcomes


def _attempt_apart(connection: sqlite3.Connection, job: _Job) -> Outcome:
    connection.execute("SAVEPOINT unit")
    outcome = _attempt(connection, job)
    if isinstance(outcome, Exception):
        connection.execute("ROLLBACK TO unit")
    connection.execute("RELEASE unit")
    return outcome


def _attempt(connection: sqlite3.Connection, job: _Job) -> Outcome:
    try:
        return _take(connection, job.writes[0]) if job.wants_row else _apply(connection, job.writes)
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
