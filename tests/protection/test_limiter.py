"""The attempt limiter: two manners of counting, one memory for all processes."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.world import World

from gatewright.kernel.errors import TooMany
from gatewright.kernel.events import Origin
from gatewright.protection import AttemptLimiter, Limit, limits
from gatewright.protection.limiter import network_of

pytestmark = pytest.mark.anyio

LIMIT = Limit("test", attempts=3, window=60)
OTHER = Limit("other", attempts=3, window=60)
ORIGIN = Origin(ip="203.0.113.7")
TENANT = "main"


def second_process(world: World) -> AttemptLimiter:
    return AttemptLimiter(world.platform.stores.attempts, world.platform.bus, world.clock)


async def admitted(limiter: AttemptLimiter, times: int, subject: str = "s", limit: Limit = LIMIT) -> int:
    """How many of so many attempts are let through."""
    passed = 0
    for _ in range(times):
        try:
            await limiter.admit(TENANT, limit, subject, ORIGIN)
        except TooMany:
            continue
        passed += 1
    return passed


async def test_admits_so_many(world: World) -> None:
    """The limit's number of attempts is let through, and no more."""
    assert await admitted(world.platform.limiter, 10) == LIMIT.attempts


async def test_admits_so_many_at_once(world: World) -> None:
    """Parallel attempts are counted one by one."""
    results = await asyncio.gather(
        *(world.platform.limiter.admit(TENANT, LIMIT, "s", ORIGIN) for _ in range(20)), return_exceptions=True
    )
    assert results.count(None) == LIMIT.attempts


async def test_processes_count_together(world: World) -> None:
    """Two processes share one count."""
    one, two = world.platform.limiter, second_process(world)
    assert await admitted(one, 2) + await admitted(two, 5) == LIMIT.attempts


async def test_window_ends(world: World) -> None:
    """After the window the count begins anew."""
    await admitted(world.platform.limiter, 10)
    world.clock.advance(LIMIT.window - 1)
    assert await admitted(world.platform.limiter, 1) == 0
    world.clock.advance(1)
    assert await admitted(world.platform.limiter, 10) == LIMIT.attempts


async def test_attempts_do_not_prolong_the_window(world: World) -> None:
    """Whoever goes on trying is not blocked any longer for it."""
    for _ in range(LIMIT.window):
        await admitted(world.platform.limiter, 1)
        world.clock.advance(1)
    assert await admitted(world.platform.limiter, 1) == 1


async def test_refusal_says_when(world: World) -> None:
    """The refusal says after how many seconds to come back."""
    await admitted(world.platform.limiter, 3)
    world.clock.advance(20)
    with pytest.raises(TooMany) as refused:
        await world.platform.limiter.admit(TENANT, LIMIT, "s", ORIGIN)
    assert refused.value.retry_after == 40


async def test_subjects_limits_and_tenants_are_apart(world: World) -> None:
    """Each subject of each limit in each tenant has its own count."""
    limiter = world.platform.limiter
    await admitted(limiter, 10)
    assert await admitted(limiter, 10, subject="t") == LIMIT.attempts
    assert await admitted(limiter, 10, limit=OTHER) == OTHER.attempts
    await limiter.admit("another tenant", LIMIT, "s", ORIGIN)


async def test_clear_forgets(world: World) -> None:
    """Whoever proved themselves begins anew."""
    limiter = world.platform.limiter
    await admitted(limiter, 3)
    await limiter.clear(TENANT, LIMIT, "s")
    assert await admitted(limiter, 10) == LIMIT.attempts


async def test_give_back(world: World) -> None:
    """An attempt that was right is taken off the count, and the count never goes below nothing."""
    limiter = world.platform.limiter
    await admitted(limiter, 3)
    await limiter.give_back(TENANT, LIMIT, "s")
    assert await admitted(limiter, 5) == 1
    for _ in range(10):
        await limiter.give_back(TENANT, OTHER, "s")
    assert await admitted(limiter, 10, limit=OTHER) == OTHER.attempts


async def test_failures_are_counted(world: World) -> None:
    """Wrong secrets add up until the one too many is refused."""
    limiter = world.platform.limiter
    for _ in range(LIMIT.attempts):
        await limiter.failed(TENANT, LIMIT, "s", ORIGIN)
        limiter.refuse_if_blocked(TENANT, LIMIT, "s")
    with pytest.raises(TooMany):
        await limiter.failed(TENANT, LIMIT, "s", ORIGIN)
    with pytest.raises(TooMany):
        limiter.refuse_if_blocked(TENANT, LIMIT, "s")


async def test_block_ends_with_the_window(world: World) -> None:
    """A remembered block ends with its window."""
    limiter = world.platform.limiter
    for _ in range(LIMIT.attempts):
        await limiter.failed(TENANT, LIMIT, "s", ORIGIN)
    with pytest.raises(TooMany):
        await limiter.failed(TENANT, LIMIT, "s", ORIGIN)
    world.clock.advance(LIMIT.window)
    limiter.refuse_if_blocked(TENANT, LIMIT, "s")
    await limiter.failed(TENANT, LIMIT, "s", ORIGIN)


async def test_limit_is_told_once_a_window(world: World) -> None:
    """However long the attack, the audit log tells of it once a window."""
    for _ in range(2):
        await admitted(world.platform.limiter, 50)
        world.clock.advance(LIMIT.window)
    told = [entry for entry in await world.logs() if entry.event == "LimitReached"]
    assert [entry.details["limit"] for entry in told] == ["test", "test"]
    assert told[0].type == "limit_wc"


async def test_what_was_typed_is_not_kept(world: World) -> None:
    """Counters do not keep in clear what somebody typed."""
    await world.platform.limiter.admit(TENANT, LIMIT, "a-password-typed-as-a-name", ORIGIN)
    assert await world.platform.stores.attempts.read(TENANT, "a-password", now=0) == (0, 0)
    assert "a-password-typed-as-a-name" not in str(await world.logs())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::1", "::"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_network(address: str, network: str) -> None:
    """IPv4 counts by address, IPv6 by its first 64 bits; what is no address counts as it is."""
    assert network_of(address) == network


@given(st.ip_addresses(v=6))
def test_network_of_a_network(address: object) -> None:
    """The network of a network is itself."""
    assert network_of(network_of(str(address))) == network_of(str(address))


def test_list_of_limits() -> None:
    """Every limit has a name of its own, and numbers that limit something."""
    found = [value for value in vars(limits).values() if isinstance(value, Limit)]
    assert len({limit.name for limit in found}) == len(found) >= 8
    assert all(0 < limit.attempts <= 200 and limit.window >= 60 for limit in found)
