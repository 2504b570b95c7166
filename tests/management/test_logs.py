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
        "q=nonsense:s",
        "search=type:",
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


async def test_search(world: World, robot: Caller) -> None:
    """A search finds entries by what they say, pages and counts them, under either of its names."""
    await _happened(robot)
    await world.browser().sign_in(password="wrong")
    found = await robot.read("/logs?q=type:fp%20AND%20user_name:ada@*")
    assert [(each["type"], each["user_name"]) for each in found] == [("fp", "ada@example.test")]
    assert await robot.read("/logs?search=type:fp") == found
    page = await robot.read("/logs?q=type:sapi&include_totals=true&per_page=2&sort=date:1")
    assert (page["start"], page["limit"], page["length"], page["total"]) == (0, 2, 2, 3)
    assert [each["details"]["changes"][0]["name"] for each in page["logs"]] == ["role 0", "role 1"]
    assert await robot.read("/logs?q=type:sapi&fields=type&per_page=1") == [{"type": "sapi"}]


@pytest.mark.parametrize(
    ("q", "told"),
    [
        ("typ:s", "q: character 1: no field 'typ'; did you mean type?"),
        ("type:s AND", "q: character 11"),
        ("type:s ip:1", "q: character 8"),
        ("(type:s", "q: character 8"),
        ("date:yesterday", "q: character 6: date: read 'yesterday'"),
        ("type:s AND details.x:1", "q: character 12: no field"),
        ("session_id:x", "q: character 1: no field"),
    ],
)
async def test_wrong_search(robot: Caller, q: str, told: str) -> None:
    """A search that cannot be read is refused with the place and what is wanted there."""
    response = await robot.get("/logs", params={"q": q})
    assert refused(response) == (400, "invalid_query_string")
    assert response.json()["message"].startswith(told)


@pytest.mark.parametrize(
    "query",
    ["q=type:s&search=type:s", "q=type:s&take=5", "search=type:s&from=900", "q=type:s&page=10&per_page=100"],
)
async def test_search_that_does_not_go(robot: Caller, query: str) -> None:
    """A search goes neither with checkpoints, nor twice, nor beyond the first thousand entries."""
    assert refused(await robot.get(f"/logs?{query}")) == (400, "invalid_query_string")


async def test_logs_of_a_user(world: World, robot: Caller) -> None:
    """A user's entries are those about them: sign-in, answers, tokens; of others there are none."""
    await world.put_user("bob@example.test", subject="bob")
    await world.browser().sign_in("bob@example.test")
    await world.browser().tokens()
    found = await robot.read("/users/auth0%7Cada/logs")
    assert [each["type"] for each in found] == ["seacft", "ssa", "s"]
    assert {each["user_id"] for each in found} == {"auth0|ada"}
    assert await robot.read("/users/auth0%7Cada/logs?sort=date:1") == found[::-1]
    page = await robot.read("/users/auth0%7Cada/logs?include_totals=true&per_page=1&page=1")
    assert page == {"start": 1, "limit": 1, "length": 1, "total": 3, "logs": found[1:2]}


async def test_logs_of_nobody(robot: Caller) -> None:
    """Of a user who is not there no entries are asked for; nor beyond the first thousand."""
    assert refused(await robot.get("/users/auth0%7Cnobody/logs")) == (404, "inexistent_user")
    far = await robot.get("/users/auth0%7Cada/logs?page=100&per_page=100")
    assert refused(far) == (400, "invalid_query_string")
