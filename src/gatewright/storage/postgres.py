"""PostgreSQL as a database for any number of nodes.

Statements run in autocommit, one round trip each; several changes are joined into one statement where that
is the same (``joining``), and share a transaction where it is not. Pooled connections carry no state: no
SET, no LISTEN, no session locks.

Behind PgBouncer: session pooling works as it is. Transaction pooling does not: the listening connection
needs a session (caches would be turned off), and prepared statements need ``max_prepared_statements``.
PgBouncer must be told ``ignore_startup_parameters = jit,application_name``.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import asyncpg

from gatewright.kernel.units import Change, Unit, Unmatched
from gatewright.storage.database import STREAM_ROWS, Rejected, Row, unavailable
from gatewright.storage.joining import joined, unmatched
from gatewright.storage.postgres_errors import DRIVER_ERRORS, LOST, RETRIED, translated
from gatewright.storage.postgres_pool import Connection, Pool
from gatewright.storage.postgres_revisions import RevisionListener
from gatewright.storage.revision import BUMPS
from gatewright.storage.statement import POSTGRESQL, Compiled, Statement

_P = ParamSpec("_P")
_T = TypeVar("_T")
_TRIES = 10
_FIRST_PAUSE = 0.005
_CONNECT_SECONDS = 5.0
_MOST_STREAMS = 4
_STATEMENTS_KEPT = 1024


class _Write(NamedTuple):
    compiled: Compiled
    values: tuple[object, ...]
    must_match: bool


class PostgresDatabase:
    """See ``database.Database``.

    ``size`` connections at most for reads and writes, and a few beside them: one that listens, and one for
    each stream under way. ``patience`` is how long, in seconds, a caller waits for a free connection;
    ``timeout`` how long for the answer to one statement.
    """

    dialect = POSTGRESQL

    def __init__(self, url: str, *, size: int = 10, patience: float = 5.0, timeout: float = 10.0) -> None:
        self._url = url
        self._size = size
        self._patience = patience
        self._timeout = timeout
        self._pool: Pool | None = None
        self._streaming: set[Connection] = set()

    async def open(self) -> None:
        """See ``Database.open``."""
        if self._pool is not None:
            return
        pool = Pool(self._connect, self._size, self._patience)
        try:
            pool.give_back(await pool.lease())
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        self._pool = pool
        self._listener = RevisionListener(self._connect)
        self._listener.start()

    async def close(self) -> None:
        """See ``Database.close``."""
        if self._pool is None:
            return
        pool, self._pool = self._pool, None
        for connection in self._streaming:
            connection.terminate()
        await self._listener.stop()
        await pool.close(self._timeout)

    async def ping(self) -> None:
        """See ``Database.ping``."""
        await self._read(asyncpg.Connection.fetchval, "SELECT 1")

    async def fetch(self, statement: Statement, /, **parameters: object) -> list[Row]:
        """See ``Database.fetch``."""
        sql, values = _reading(statement, parameters)
        return [tuple(record) for record in await self._read(asyncpg.Connection.fetch, sql, *values)]

    async def fetch_one(self, statement: Statement, /, **parameters: object) -> Row | None:
        """See ``Database.fetch_one``."""
        sql, values = _reading(statement, parameters)
        record = await self._read(asyncpg.Connection.fetchrow, sql, *values)
        return None if record is None else tuple(record)

    async def scan(self, statement: Statement, /, **parameters: object) -> list[Row]:
        """See ``Database.scan``."""
        return await self.fetch(statement, **parameters)

    async def stream(self, statement: Statement, /, **parameters: object) -> AsyncGenerator[list[Row], None]:
        """See ``Database.stream``. Each has a connection of its own; there are few of them."""
        sql, values = _reading(statement, parameters)
        self._opened()
        if len(self._streaming) >= _MOST_STREAMS:
            raise unavailable(f"{_MOST_STREAMS} exports are under way")
        try:
            connection = await self._connect()
            self._streaming.add(connection)
            try:
                await connection.transaction(readonly=True).start()  # it ends with the connection
                cursor = await connection.cursor(sql, *values)
                while records := await cursor.fetch(STREAM_ROWS):
                    yield [tuple(record) for record in records]
            finally:
                self._streaming.discard(connection)
                connection.terminate()
        except DRIVER_ERRORS as error:
            raise translated(error) from None

    async def run(self, unit: Unit) -> tuple[int, ...]:
        """See ``Database.run``."""
        self._opened()
        if not unit:
            return ()
        try:
            counts = await self._run(unit)
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        for change in unit:
            if any(change.statement is bump for bump in BUMPS):
                # Our own next read must not meet an old cache while the notification is on its way.
                self._listener.moved(str(change.parameters["tenant_id"]))
        return counts

    def begin(self, unit: Unit) -> Awaitable[tuple[int, ...]]:
        """See ``Database.begin``. It is sent in the next turn of the loop."""
        return asyncio.ensure_future(self.run(unit))

    async def take(self, change: Change) -> Row | None:
        """See ``Database.take``."""
        write = _write(change)
        try:
            record = await self._persist(asyncpg.Connection.fetchrow, write.compiled.sql, *write.values)
        except DRIVER_ERRORS as error:
            raise translated(error) from None
        if record is None and change.must_match:
            raise Unmatched(0)
        return None if record is None else tuple(record)

    def revision(self, tenant_id: str) -> int | None:
        """See ``Database.revision``: from memory, where notifications keep it."""
        self._opened()
        return self._listener.revision(tenant_id)

    async def _run(self, unit: Unit) -> tuple[int, ...]:
        writes = [_write(change) for change in unit]
        if len(writes) == 1:
            return (await self._persist(_execute, 0, writes[0]),)
        sql = joined(tuple((_statement(change), change.must_match) for change in unit))
        if sql is not None:
            try:
                return await self._run_joined(sql, writes)
            except asyncpg.IntegrityConstraintViolationError:
                pass  # which change was the first to fail shows only when they run in turn
        return await self._persist(_execute_in_turn, writes)

    async def _run_joined(self, sql: str, writes: list[_Write]) -> tuple[int, ...]:
        values = [value for write in writes for value in write.values]
        try:
            records = await self._persist(asyncpg.Connection.fetch, sql, *values)
        except asyncpg.InvalidTextRepresentationError as error:
            raise unmatched(error) or error from None
        return tuple(records[0][: len(writes)])

    async def _persist(
        self,
        work: Callable[Concatenate[Connection, _P], Awaitable[_T]],
        *arguments: _P.args,
        **options: _P.kwargs,
    ) -> _T:
        """Lends a connection to ``work`` until it passes, or fails for a reason of its own."""
        for attempt in range(_TRIES - 1):
            try:
                return await self._lend(work, *arguments, **options)
            except RETRIED:
                longest = _FIRST_PAUSE * 2**attempt
                await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - no secret: to get out of step
        return await self._lend(work, *arguments, **options)

    async def _read(
        self,
        work: Callable[Concatenate[Connection, _P], Awaitable[_T]],
        *arguments: _P.args,
        **options: _P.kwargs,
    ) -> _T:
        try:
            return await self._lend(work, *arguments, **options)
        except DRIVER_ERRORS as error:
            raise translated(error) from None

    async def _lend(
        self,
        work: Callable[Concatenate[Connection, _P], Awaitable[_T]],
        *arguments: _P.args,
        **options: _P.kwargs,
    ) -> _T:
        pool = self._opened()
        connection = await pool.lease()
        try:
            result = await work(connection, *arguments, **options)
        except LOST:
            pool.drop(connection)
            raise
        except (asyncpg.PostgresError, Unmatched):
            pool.give_back(connection)
            raise
        except BaseException:  # a cancelled caller leaves a connection in the middle of something
            pool.drop(connection)
            raise
        pool.give_back(connection)
        return result

    def _opened(self) -> Pool:
        if self._pool is None:
            raise unavailable("closed")
        return self._pool

    async def _connect(self) -> Connection:
        return await asyncpg.connect(
            self._url,
            timeout=_CONNECT_SECONDS,
            command_timeout=self._timeout,
            statement_cache_size=_STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
            server_settings={"application_name": "gatewright", "jit": "off"},
        )


async def _execute(connection: Connection, position: int, write: _Write) -> int:
    """Runs one write; returns the rows touched, which the server's answer ends with."""
    answer = await connection.execute(write.compiled.sql, *write.values)
    count = answer.rpartition(" ")[2]
    touched = int(count) if count.isdecimal() else 0
    if write.must_match and not touched:
        raise Unmatched(position)
    return touched


async def _execute_in_turn(connection: Connection, writes: list[_Write]) -> tuple[int, ...]:
    async with connection.transaction():
        counts = [await _execute(connection, position, write) for position, write in enumerate(writes)]
    return tuple(counts)


def _reading(statement: Statement, parameters: dict[str, object]) -> tuple[str, tuple[Any, ...]]:
    compiled = statement.for_dialect(POSTGRESQL)
    if compiled.kind != "select":
        raise Rejected(f"{compiled.table}: only a SELECT can be read")
    return compiled.sql, compiled.bind(parameters)


def _statement(change: Change) -> Statement:
    assert isinstance(change.statement, Statement)
    return change.statement


def _write(change: Change) -> _Write:
    compiled = _statement(change).for_dialect(POSTGRESQL)
    return _Write(compiled, compiled.bind(change.parameters), change.must_match)
