"""``/api/v2/user-blocks`` and ``/anomaly/blocks/ips``: whom attempts shut out, and letting them in."""

import pytest
from tests.support.management import Caller, refused
from tests.support.world import CONNECTION, World

from gatewright.protection import PASSWORD, PASSWORD_PER_IP

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ADA = "ada@example.test"
OF_ADA = "/user-blocks/auth0%7Cada"
BY_ADDRESS = f"/user-blocks?identifier={ADA}"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
NONE: dict[str, list[str]] = {"blocked_for": []}


async def try_in_vain(world: World, times: int, *, email: str = ADA, address: str = HERE) -> None:
    """Wrong passwords."""
    browser = world.browser(address=address)
    for _ in range(times):
        await browser.sign_in(email, "wrong")


async def shut_out(world: World, *, email: str = ADA, address: str = HERE) -> None:
    await try_in_vain(world, PASSWORD.attempts + 1, email=email, address=address)


async def comes_in(world: World, *, email: str = ADA, address: str = HERE) -> bool:
    """Whether the right password opens."""
    response = await world.browser(address=address).sign_in(email)
    return "code=" in response.headers.get("location", "")


async def test_block_is_told(world: World, robot: Caller) -> None:
    """Who is shut out is told by identifier, however it is written, and by user: where from, and where."""
    await try_in_vain(world, PASSWORD.attempts)
    assert await robot.read(BY_ADDRESS) == NONE
    await try_in_vain(world, 1)
    block = {"identifier": ADA, "ip": HERE, "connection": CONNECTION}
    assert await robot.read(BY_ADDRESS) == {"blocked_for": [block]}
    assert await robot.read(OF_ADA) == {"blocked_for": [block]}
    assert await robot.read(f"{OF_ADA}?consider_brute_force_enablement=true") == {"blocked_for": [block]}
    shouted = await robot.read("/user-blocks?identifier=ADA@EXAMPLE.TEST")
    assert [each["ip"] for each in shouted["blocked_for"]] == [HERE]
    assert not await comes_in(world)


async def test_block_of_nobody(world: World, robot: Caller) -> None:
    """An identifier that nobody has is shut out like any other, so that it tells nothing."""
    await shut_out(world, email="nobody@example.test")
    found = await robot.read("/user-blocks?identifier=nobody@example.test")
    assert len(found["blocked_for"]) == 1
    assert await robot.read(BY_ADDRESS) == NONE


@pytest.mark.parametrize("path", [OF_ADA, BY_ADDRESS], ids=["user", "identifier"])
async def test_lifted_block(world: World, robot: Caller, path: str) -> None:
    """Once lifted a block is gone wherever it came from, and attempts are counted anew."""
    for address in (HERE, ELSEWHERE):
        await shut_out(world, address=address)
    assert len((await robot.read(path))["blocked_for"]) == 2
    response = await robot.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert await robot.read(path) == NONE
    for address in (HERE, ELSEWHERE):
        assert await comes_in(world, address=address)
    await shut_out(world)
    assert not await comes_in(world)


async def test_lifting_leaves_others(world: World, robot: Caller) -> None:
    """Letting one person in lets nobody else in."""
    await world.put_user("bob@example.test", subject="bob")
    await shut_out(world)
    await shut_out(world, email="bob@example.test")
    await robot.delete(OF_ADA)
    assert await comes_in(world)
    assert not await comes_in(world, email="bob@example.test")


async def test_block_ends_by_itself(world: World, robot: Caller) -> None:
    """After its time a block is told no more."""
    await shut_out(world)
    world.clock.advance(PASSWORD.window + 1)
    assert await robot.read(BY_ADDRESS) == NONE


async def test_lifting_is_in_the_log(world: World, robot: Caller) -> None:
    """Lifting is told with the wire's code: of whom, by whom, which; in vain it is told to nobody."""
    await robot.delete(OF_ADA)
    await shut_out(world)
    await robot.delete(OF_ADA)
    (entry,) = [each for each in await world.logs() if each.type == "ublkdu"]
    assert (entry.user_id, entry.user_name, entry.client_id) == ("auth0|ada", "Ada Example", "robot")
    assert entry.details["blocks"] == [{"ip": HERE, "connection": CONNECTION}]


async def test_identifiers_are_not_kept(world: World, robot: Caller) -> None:
    """What was typed stands in no row of a block: people type their passwords into the wrong field."""
    await shut_out(world, email="hunter2@example.test")
    assert world.rows("SELECT count(*) FROM blocks") == [(1,)]
    assert "hunter2" not in str(world.rows("SELECT * FROM blocks"))
    assert "hunter2" not in str(world.rows("SELECT * FROM attempts"))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("query", ["", "?identifier=", "?identifier=%20"])
async def test_identifier_is_wanted(robot: Caller, method: str, query: str) -> None:
    """Without an identifier nobody is meant."""
    response = await robot.call(method, f"/user-blocks{query}")
    assert refused(response) == (400, "invalid_query_string")


async def shut_out_network(world: World, address: str) -> None:
    """Too many wrong passwords from one network, each for somebody else."""
    for number in range(PASSWORD_PER_IP.attempts + 1):
        await try_in_vain(world, 1, email=f"nobody{number}@example.test", address=address)


async def test_blocked_network(world: World, robot: Caller) -> None:
    """A network that is shut out is told by any of its addresses, and let in by them."""
    address, neighbour = "2001:db8:1:2::7", "2001:db8:1:2::99"
    path, other = f"/anomaly/blocks/ips/{neighbour}", "/anomaly/blocks/ips/2001:db8:1:3::1"
    assert refused(await robot.get(path)) == (404, "inexistent_block")
    await shut_out_network(world, address)
    response = await robot.get(path)
    assert (response.status_code, response.content) == (200, b"")
    assert refused(await robot.get(other)) == (404, "inexistent_block")
    assert not await comes_in(world, address=address)
    assert (await robot.delete(other)).status_code == 204
    assert not await comes_in(world, address=address)
    assert (await robot.delete(path)).status_code == 204
    assert await comes_in(world, address=address)
    assert refused(await robot.get(path)) == (404, "inexistent_block")


async def test_blocked_network_is_in_the_log(world: World, robot: Caller) -> None:
    """A network that reaches its limit is told with the wire's code for it; its lifting as a change."""
    await shut_out_network(world, ELSEWHERE)
    await robot.delete(f"/anomaly/blocks/ips/{ELSEWHERE}")
    entries = await world.logs()
    assert [each.type for each in entries if each.event == "NetworkLimitReached"] == ["limit_mu"]
    (lifted,) = [each for each in entries if each.description == "Unblock an IP address"]
    assert lifted.details == {"ip": ELSEWHERE}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_no_address(robot: Caller, method: str) -> None:
    """What is no IP address is refused."""
    for text in ("nobody", "1.2.3", "203.0.113.7%2F24", "1.2.3.4:80"):
        assert refused(await robot.call(method, f"/anomaly/blocks/ips/{text}")) == (400, "invalid_uri")
