"""The pool's bookkeeping, with connections that only pretend."""

import asyncio
from typing import Any

import pytest

from gatewright.kernel.errors import Unavailable
from gatewright.storage.postgres_pool import Pool


class Pretender:
    """Has what the pool asks of a connection."""

    def __init__(self) -> None:
        self.closed = False
        self.in_transaction = False

    def is_closed(self) -> bool:
        return self.closed

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.closed = True

    async def close(self, **options: float) -> None:
        self.closed = True


class Server:
    """Makes pretended connections, or refuses to."""

    def __init__(self) -> None:
        self.made: list[Pretender] = []
        self.refuses = False

    async def connect(self) -> Any:
        await asyncio.sleep(0)
        if self.refuses:
            raise ConnectionRefusedError
        self.made.append(Pretender())
        return self.made[-1]

    def living(self) -> int:
        return sum(not each.closed for each in self.made)


@pytest.fixture
def server() -> Server:
    return Server()


def pool_of(server: Server, size: int, patience: float = 5.0) -> Pool:
    return Pool(server.connect, size, patience)


class TestLeasing:
    async def test_the_last_returned_is_lent_first(self, server: Server) -> None:
        """A connection that was just used is used again, and no other is made."""
        pool = pool_of(server, 3)
        first = await pool.lease()
        pool.give_back(first)
        assert await pool.lease() is first
        assert len(server.made) == 1

    async def test_a_returned_connection_goes_to_who_waits_longest(self, server: Server) -> None:
        """Those who wait are served in the order in which they came."""
        pool = pool_of(server, 1)
        connection = await pool.lease()
        served: list[int] = []

        async def wait(number: int) -> None:
            lent = await pool.lease()
            served.append(number)
            pool.give_back(lent)

        waiting = [asyncio.create_task(wait(number)) for number in range(5)]
        await asyncio.sleep(0)
        pool.give_back(connection)
        await asyncio.gather(*waiting)
        assert served == [0, 1, 2, 3, 4]

    async def test_impatience_is_unavailable(self, server: Server) -> None:
        """Who has waited long enough gets Unavailable, and the place is not lost."""
        pool = pool_of(server, 1, patience=0.01)
        connection = await pool.lease()
        with pytest.raises(Unavailable, match="try again"):
            await pool.lease()
        pool.give_back(connection)
        assert await pool.lease() is connection


class TestBrokenConnections:
    async def test_a_closed_idle_connection_is_replaced(self, server: Server) -> None:
        """A connection that died while idle is not lent."""
        pool = pool_of(server, 1)
        connection = await pool.lease()
        pool.give_back(connection)
        server.made[0].closed = True
        assert await pool.lease() is not connection

    async def test_one_returned_in_a_transaction_is_not_lent_again(self, server: Server) -> None:
        """A connection that comes back inside a transaction is cut off."""
        pool = pool_of(server, 1)
        connection = await pool.lease()
        server.made[0].in_transaction = True
        pool.give_back(connection)
        assert server.made[0].closed
        assert await pool.lease() is not connection

    @pytest.mark.parametrize("way", ["drop", "give back closed"])
    async def test_who_waits_gets_a_new_one(self, server: Server, way: str) -> None:
        """When the connection that was waited for is lost, the one who waits makes a new one."""
        pool = pool_of(server, 1)
        connection = await pool.lease()
        waiting = asyncio.create_task(pool.lease())
        await asyncio.sleep(0)
        if way == "drop":
            pool.drop(connection)
        else:
            server.made[0].closed = True
            pool.give_back(connection)
        assert await waiting is not connection
        assert server.living() == 1

    async def test_failing_to_connect_frees_the_place(self, server: Server) -> None:
        """After the server refused any number of connections the pool has all its places."""
        pool = pool_of(server, 2)
        server.refuses = True
        attempts = [asyncio.create_task(pool.lease()) for _ in range(6)]
        outcomes = await asyncio.gather(*attempts, return_exceptions=True)
        assert {type(each) for each in outcomes} == {ConnectionRefusedError}
        server.refuses = False
        await asyncio.gather(pool.lease(), pool.lease())
        assert server.living() == 2


class TestCancelling:
    async def test_a_cancelled_waiter_is_passed_over(self, server: Server) -> None:
        """A caller who gave up does not keep a connection from the next."""
        pool = pool_of(server, 1)
        connection = await pool.lease()
        gone, waiting = (asyncio.create_task(pool.lease()) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        pool.give_back(connection)
        assert await waiting is connection

    @pytest.mark.parametrize("broken", [True, False])
    async def test_cancelled_in_the_moment_of_being_served(self, server: Server, broken: bool) -> None:
        """What is handed to a caller who is cancelled at that moment goes on to the next."""
        pool = pool_of(server, 1)
        connection = await pool.lease()
        gone, waiting = (asyncio.create_task(pool.lease()) for _ in range(2))
        await asyncio.sleep(0)
        if broken:
            pool.drop(connection)
        else:
            pool.give_back(connection)
        gone.cancel()
        await asyncio.wait([gone])
        assert (await waiting is connection) is not broken
        assert server.living() == 1

    async def test_cancelled_while_connecting(self, server: Server) -> None:
        """A caller cancelled while its connection is made leaves the place free."""
        pool = pool_of(server, 1)
        gone = asyncio.create_task(pool.lease())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        await asyncio.wait_for(pool.lease(), 1)


class TestClosing:
    async def test_closing_waits_for_those_who_work(self, server: Server) -> None:
        """Closing ends when the last connection is back, and waiters are served before that."""
        pool = pool_of(server, 1)
        connection = await pool.lease()
        waiting = asyncio.create_task(pool.lease())
        await asyncio.sleep(0)
        closing = asyncio.create_task(pool.close(5))
        await asyncio.sleep(0)
        pool.give_back(connection)
        pool.give_back(await waiting)
        await closing
        assert server.living() == 0

    async def test_closing_has_an_end(self, server: Server) -> None:
        """A connection that does not come back is cut off."""
        pool = pool_of(server, 2)
        pool.give_back(await pool.lease())
        await pool.lease()
        await pool.close(0.01)
        assert server.living() == 0

    async def test_a_closed_pool_lends_nothing(self, server: Server) -> None:
        """After closing nobody gets a connection."""
        pool = pool_of(server, 1)
        await pool.close(1)
        with pytest.raises(Unavailable):
            await pool.lease()
