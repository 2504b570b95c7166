"""``/api/v2/stats``: how many people signed in, and signed up."""

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import CONNECTION, PASSWORD, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

DAY = 86_400


async def test_active_users(world: World, robot: Caller) -> None:
    """Whoever signed in within thirty days is active; the answer is a bare number."""
    await world.put_user("bob@example.test", subject="bob")
    assert await robot.read("/stats/active-users") == 0
    await world.browser().sign_in()
    await world.browser().sign_in()
    world.clock.advance(30 * DAY - 600)
    await world.browser().sign_in("bob@example.test")
    assert await (await caller(world)).read("/stats/active-users") == 2
    world.clock.advance(601)
    assert await (await caller(world)).read("/stats/active-users") == 1


async def test_daily(world: World, robot: Caller) -> None:
    """Each day has its sign-ins and sign-ups; a day without any is left out."""
    world.clock.advance(DAY - world.clock.now() % DAY)
    for _ in range(2):
        await world.browser().sign_in()
    await world.browser().sign_in(password="wrong")
    world.clock.advance(2 * DAY)
    body = {"client_id": "web", "connection": CONNECTION, "email": "eve@example.test", "password": PASSWORD}
    assert (await world.browser().post("/dbconnections/signup", json=body)).status_code == 200
    days = await (await caller(world)).read("/stats/daily")
    told = [(each["logins"], each["signups"], each["leaked_passwords"]) for each in days]
    assert told == [(2, 0, 0), (0, 1, 0)]
    assert all(each["date"].endswith("T00:00:00.000Z") for each in days)
    assert all(each["date"] <= each["created_at"] <= each["updated_at"] for each in days)


async def test_range_of_days(world: World, robot: Caller) -> None:
    """The first and the last day are named, and both belong to the range."""
    await world.browser().sign_in()
    (day,) = await robot.read("/stats/daily")
    name = day["date"][:10].replace("-", "")
    assert await robot.read(f"/stats/daily?from={name}&to={name}") == [day]
    assert await robot.read("/stats/daily?from=20200101&to=20201231") == []


@pytest.mark.parametrize(
    "query",
    ["from=2026-03-01", "to=20261301", "from=20260302&to=20260301", "from=20200101&to=20210101", "to=%D9%A3"],
)
async def test_wrong_range(robot: Caller, query: str) -> None:
    """What is no day, or a range that runs backwards or too far, is refused."""
    assert refused(await robot.get(f"/stats/daily?{query}")) == (400, "invalid_query_string")
