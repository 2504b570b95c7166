"""A pool of PostgreSQL connections that costs next to nothing while there are enough of them.

asyncpg's own pool takes as long as a small query for every lease: a proxy, a shielded task and, unless it
is turned off, a round trip to reset a session that nobody changes here.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import asyncpg

from gatewright.storage.database import unavailable
from gatewright.storage.postgres_errors import LOST

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection  # generic to the type checker alone
Connect: TypeAlias = Callable[[], Awaitable[Connection]]


class Pool:
    """At most ``size`` connections, made on demand by ``connect``, the last used first.

    Who finds none free waits up to ``patience`` seconds for one, then gets ``Unavailable``.
    A connection is either given back, fit for the next user, or dropped.
    """

    def __init__(self, connect: Connect, size: int, patience: float) -> None:
        self._connect = connect
        self._size = size
        self._patience = patience
        self._idle: list[Connection] = []
        self._leased: set[Connection] = set()
        self._count = 0
        # A waiter gets a connection, or None: leave to make one itself.
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._closed = False
        self._all_back = asyncio.Event()

    async def lease(self) -> Connection:
        """A live connection for one user. Raises ``Unavailable``, or what ``connect`` raises."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                self._leased.add(connection)
                return connection
            self._count -= 1
        if self._closed:
            raise unavailable("closed")
        if self._count < self._size:
            self._count += 1
            return await self._make()
        return await self._wait() or await self._make()

    def give_back(self, connection: Connection) -> None:
        """Returns a connection on which nothing is under way."""
        self._leased.discard(connection)
        if connection.is_closed() or connection.is_in_transaction():
            connection.terminate()
            self._free_place()
        elif waiter := self._next_waiter():
            self._leased.add(connection)
            waiter.set_result(connection)
        elif self._closed:
            connection.terminate()
            self._free_place()
        else:
            self._idle.append(connection)

    def drop(self, connection: Connection) -> None:
        """Cuts off a connection whose state nobody knows."""
        self._leased.discard(connection)
        connection.terminate()
        self._free_place()

    async def close(self, patience: float) -> None:
        """Lets those who hold or await a connection finish for ``patience`` seconds, then cuts them off."""
        self._closed = True
        while self._idle:
            self._count -= 1
            await _say_goodbye(self._idle.pop())
        if self._count:
            try:
                await asyncio.wait_for(self._all_back.wait(), patience)
            except TimeoutError:
                for connection in list(self._leased):
                    connection.terminate()

    async def _make(self) -> Connection:
        """A new connection in a place that is already counted."""
        try:
            connection = await self._connect()
        except BaseException:
            self._free_place()
            raise
        self._leased.add(connection)
        return connection

    async def _wait(self) -> Connection | None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        self._waiters.append(waiter)
        timer = loop.call_later(self._patience, _give_up, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            self._pass_on(waiter)
            raise
        finally:
            timer.cancel()

    def _pass_on(self, waiter: asyncio.Future[Connection | None]) -> None:
        """What was handed to somebody who was cancelled in that very moment goes to the next."""
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            connection = waiter.result()
            if connection is None:
                self._free_place()
            else:
                self.give_back(connection)

    def _free_place(self) -> None:
        if waiter := self._next_waiter():
            waiter.set_result(None)
            return
        self._count -= 1
        if self._closed and not self._count:
            self._all_back.set()

    def _next_waiter(self) -> asyncio.Future[Connection | None] | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None


def _give_up(waiter: asyncio.Future[Connection | None]) -> None:
    if not waiter.done():
        waiter.set_exception(unavailable("every connection is in use"))


async def _say_goodbye(connection: Connection) -> None:
    try:
        await connection.close(timeout=1)
    except (*LOST, asyncpg.InterfaceError):
        connection.terminate()
