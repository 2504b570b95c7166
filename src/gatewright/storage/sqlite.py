"""SQLite as a database for one machine: any number of worker processes over one file.

Reads by key and units of work run on the loop's thread, where they cost microseconds; any hop to a thread
costs twenty times that. Only the wait for the disk, lists and exports have threads.
Nothing is opened before ``open``, so that a process may fork between making and opening.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeVar, cast

from gatewright.kernel.errors import Unavailable
from gatewright.kernel.units import Change, Unit
from gatewright.storage.database import STREAM_ROWS, Rejected, Row, unavailable
from gatewright.storage.revision import REVISION
from gatewright.storage.sqlite_checkpoint import Checkpointer
from gatewright.storage.sqlite_commit import Write
from gatewright.storage.sqlite_connection import (
    FileLock,
    connect_loop,
    connect_reader,
    create_private,
    lock_path,
    log_path,
    translated,
)
from gatewright.storage.sqlite_flusher import Flusher
from gatewright.storage.sqlite_writer import SqliteWriter
from gatewright.storage.statement import SQLITE, Compiled, Statement

_T = TypeVar("_T")
_WAL_LIMIT = 64 * 1024 * 1024
_MOST_WAITING = 10_000


class SqliteDatabase:
    """See ``database.Database``.

    ``synchronous`` FULL makes every acknowledged unit survive a loss of power; OFF is for tests.
    ``most_waiting`` bounds the units that wait for the disk; ``wal_limit`` is the size in bytes beyond
    which the write-ahead log is made to start over.
    """

    dialect = SQLITE

    def __init__(
        self,
        path: Path,
        *,
        synchronous: Literal["FULL", "OFF"] = "FULL",
        most_waiting: int = _MOST_WAITING,
        wal_limit: int = _WAL_LIMIT,
    ) -> None:
        self._path = path
        self._durable = synchronous == "FULL"
        self._most_waiting = most_waiting
        self._wal_limit = wal_limit
        self._execute: Callable[[str, tuple[object, ...]], sqlite3.Cursor] = _closed
        self._writer: SqliteWriter | None = None
        self._searcher: sqlite3.Connection | None = None
        self._streams: set[sqlite3.Connection] = set()

    async def open(self) -> None:
        """See ``Database.open``. The folder must exist; the file is made, for its owner alone."""
        if self._writer is not None:
            return
        try:
            self._lock, self._connection = self._connect()
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"cannot open the database {self._path}: {error}") from None
        self._checkpointer = Checkpointer(self._path, self._wal_limit, durable=self._durable)
        self._checkpointer.start()
        self._flusher = self._make_flusher()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="gatewright-reader")
        self._writer = SqliteWriter(
            self._connection,
            self._lock,
            self._flusher,
            most_waiting=self._most_waiting,
            committed=self._checkpointer.wake,
        )
        self._execute = self._connection.execute

    async def close(self) -> None:
        """See ``Database.close``."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        await writer.stop()
        self._execute = _closed
        if self._flusher is not None:
            await asyncio.to_thread(self._flusher.stop)
        self._connection.close()
        self._lock.close()
        self._threads.submit(self._close_readers)
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._checkpointer.stop)

    def _connect(self) -> tuple[FileLock, sqlite3.Connection]:
        create_private(self._path)
        lock = FileLock(lock_path(self._path))
        try:
            with lock:  # turning a new file into one with a write-ahead log bears no company
                return lock, connect_loop(self._path, self._wal_limit)
        except BaseException:
            lock.close()
            raise

    def _make_flusher(self) -> Flusher | None:
        if not self._durable:
            return None
        flusher = Flusher(log_path(self._path), asyncio.get_running_loop())
        flusher.start()
        return flusher

    async def ping(self) -> None:
        """See ``Database.ping``."""
        self._writing().check()
        self._look_up("PRAGMA schema_version", ())

    async def fetch(self, statement: Statement, /, **parameters: object) -> list[Row]:
        """See ``Database.fetch``. Runs on the loop: for reads of some microseconds."""
        compiled = _reading(statement)
        try:
            return self._execute(compiled.sql, compiled.bind(parameters)).fetchall()
        except (sqlite3.Error, ValueError, OverflowError) as error:
            raise translated(error) from None

    async def fetch_one(self, statement: Statement, /, **parameters: object) -> Row | None:
        """See ``Database.fetch_one``. Runs on the loop: for reads of some microseconds."""
        compiled = _reading(statement)
        try:
            row: Row | None = self._execute(compiled.sql, compiled.bind(parameters)).fetchone()
        except (sqlite3.Error, ValueError, OverflowError) as error:
            raise translated(error) from None
        return row

    async def scan(self, statement: Statement, /, **parameters: object) -> list[Row]:
        """See ``Database.scan``. Runs in the reader thread."""
        compiled = statement.for_dialect(SQLITE)
        return await self._in_thread(self._search, compiled.sql, compiled.bind(parameters))

    async def stream(self, statement: Statement, /, **parameters: object) -> AsyncGenerator[list[Row], None]:
        """See ``Database.stream``. While it lasts, the write-ahead log cannot start over."""
        compiled = statement.for_dialect(SQLITE)
        values = compiled.bind(parameters)
        # A connection of its own: an open cursor would hold every other read to the same old moment.
        connection = await self._in_thread(connect_reader, self._path)
        self._streams.add(connection)
        try:
            cursor = await self._in_thread(connection.execute, compiled.sql, values)
            while rows := await self._in_thread(cursor.fetchmany, STREAM_ROWS):
                yield rows
        finally:
            if self._writer is not None:
                self._streams.discard(connection)
                await self._in_thread(connection.close)

    async def run(self, unit: Unit) -> tuple[int, ...]:
        """See ``Database.run``."""
        writer = self._writing()
        if not unit:
            return ()
        return cast("tuple[int, ...]", await writer.submit(tuple(map(_write, unit))))

    def begin(self, unit: Unit) -> Awaitable[tuple[int, ...]]:
        """See ``Database.begin``."""
        done = self._writing().submit(tuple(map(_write, unit)), at_once=True)
        return cast("Awaitable[tuple[int, ...]]", done)

    async def take(self, change: Change) -> Row | None:
        """See ``Database.take``."""
        return cast("Row | None", await self._writing().submit((_write(change),), wants_row=True))

    def revision(self, tenant_id: str) -> int | None:
        """See ``Database.revision``: one look-up; 0 for a tenant that was never configured."""
        row = self._look_up(REVISION.for_dialect(SQLITE).sql, (tenant_id,))
        return int(row[0]) if row else 0

    def _writing(self) -> SqliteWriter:
        if self._writer is None:
            raise unavailable("closed")
        return self._writer

    def _look_up(self, sql: str, values: tuple[object, ...]) -> Row | None:
        try:
            row: Row | None = self._execute(sql, values).fetchone()
        except (sqlite3.Error, ValueError) as error:
            raise translated(error) from None
        return row

    async def _in_thread(self, function: Callable[..., _T], *arguments: object) -> _T:
        if self._writer is None:
            raise unavailable("closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            raise translated(error) from None

    def _search(self, sql: str, values: tuple[object, ...]) -> list[Row]:
        if self._searcher is None:  # made at first use, in the thread that uses it
            self._searcher = connect_reader(self._path)
        return self._searcher.execute(sql, values).fetchall()

    def _close_readers(self) -> None:
        for connection in (self._searcher, *self._streams):
            if connection is not None:
                connection.close()
        self._searcher = None
        self._streams.clear()


def _reading(statement: Statement) -> Compiled:
    compiled = statement.for_dialect(SQLITE)
    if compiled.kind != "select":
        raise Rejected(f"{compiled.table or 'statement'}: only a SELECT is read from")
    return compiled


def _write(change: Change) -> Write:
    assert isinstance(change.statement, Statement)
    compiled = change.statement.for_dialect(SQLITE)
    return Write(compiled, compiled.bind(change.parameters), change.must_match)


def _closed(sql: str, values: tuple[object, ...]) -> sqlite3.Cursor:
    raise unavailable("closed")
