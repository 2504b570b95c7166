"""``/api/v2/logs``: the audit log."""

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]


async def _happened(robot: Caller, count: int = 3) -> None:
    """So many changes, each of which the log tells of."""
    for number in range(count):
        await robot.made("/roles", name=f"role {number}")


async def test_newest_entry_comes_first(robot: Caller) -> None:
    """The log is listed from its newest entry on, which says who did what and from where."""
    await _happened(robot, 1)
    newest = (await robot.read("/logs"))[0]
    assert (newest["type"], newest["client_id"], newest["ip"]) == ("sapi", "robot", "203.0.113.7")
    assert newest["log_id"] == newest["_id"]
    assert newest["date"].endswith("Z")
    assert newest["details"]["changes"][0]["name"] == "role 0"


async def test_entry_is_read_by_its_id(robot: Caller) -> None:
    """An entry is read alone as it stands in the list."""
    await _happened(robot, 1)
    newest = (await robot.read("/logs"))[0]
    assert await robot.read(f"/logs/{newest['log_id']}") == newest
    assert refused(await robot.get("/logs/900")) == (404, "inexistent_log")


async def test_pages_with_totals(robot: Caller) -> None:
    """Pages are wrapped and counted, and together they are the whole log."""
    await _happened(robot)
    everything = await robot.read("/logs?per_page=100")
    page = await robot.read("/logs?page=1&per_page=2&include_totals=true")
    assert page.pop("logs") == everything[2:4]
    assert page == {"start": 2, "limit": 2, "length": 2, "total": len(everything)}


async def test_oldest_first(robot: Caller) -> None:
    """The order is turned around on demand; by another field there is none."""
    await _happened(robot)
    newest_first = await robot.read("/logs?per_page=100&sort=date:-1")
    assert await robot.read("/logs?per_page=100&sort=date:1") == newest_first[::-1]
    assert refused(await robot.get("/logs?sort=ip:1")) == (400, "invalid_query_string")


async def test_from_entry_to_entry(world: World, robot: Caller) -> None:
    """From the last entry read, the next ones come as a bare list, each once, to the end."""
    await _happened(robot)
    world.clock.advance(10)
    oldest_first = await robot.read("/logs?per_page=100&sort=date:1")
    seen = await robot.read("/logs?take=2")
    while page := await robot.read(f"/logs?take=2&from={seen[-1]['log_id']}"):
        seen += page
    assert seen == oldest_first


async def test_what_is_not_settled_waits(world: World, robot: Caller) -> None:
    """Whoever goes from entry to entry sees those alone before which no other process adds one."""
    world.clock.advance(10)
    last = (await robot.read("/logs"))[0]["log_id"]
    await _happened(robot, 1)
    assert await robot.read(f"/logs?from={last}") == []
    world.clock.advance(2)
    assert len(await robot.read(f"/logs?from={last}")) == 1


@pytest.mark.parametrize(
    "query",
    [
        "q=type:s",
        "search=x",
        "from=abc",
        "from=%D9%A3",
        "take=0",
        "take=101",
        "from=1&page=0",
        "take=1&sort=date:1",
    ],
)
async def test_wrong_query_is_refused(robot: Caller, query: str) -> None:
    """A search that cannot be made, or a checkpoint that is none, is refused and not overlooked."""
    assert refused(await robot.get(f"/logs?{query}")) == (400, "invalid_query_string")


async def test_fields_are_selected(robot: Caller) -> None:
    """Only the fields asked for come."""
    assert {tuple(each) for each in await robot.read("/logs?fields=log_id,type")} == {("log_id", "type")}


async def test_either_scope_suffices(world: World) -> None:
    """The log is read with the scope for logs, or the one for logs of users."""
    for scope in ("read:logs", "read:logs_users"):
        assert (await (await caller(world, scope)).get("/logs")).status_code == 200
