"""Clients of a connection, connections of a client, and users of a database by their address."""

from typing import Any

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import CONNECTION, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

CLIENTS = "/connections/con_db/clients"


async def test_enabled_clients_by_pages(robot: Caller) -> None:
    """The clients of a connection come wrapped, from a checkpoint on, each once."""
    whole = await robot.read(CLIENTS)
    assert sorted(each["client_id"] for each in whole["clients"]) == ["kiosk", "spa", "third", "web"]
    assert "next" not in whole
    first = await robot.read(f"{CLIENTS}?take=3")
    second = await robot.read(f"{CLIENTS}?take=3&from={first['next']}")
    assert [*first["clients"], *second["clients"]] == whole["clients"]


async def test_clients_come_and_go(world: World, robot: Caller) -> None:
    """Clients are enabled and disabled by one call, others stay, and it counts at once."""
    await robot.patch(CLIENTS, [{"client_id": "web", "status": False}])
    response = await robot.patch(
        CLIENTS, [{"client_id": "robot", "status": True}, {"client_id": "spa", "status": False}]
    )
    assert response.status_code == 204
    found = [each["client_id"] for each in (await robot.read(CLIENTS))["clients"]]
    assert found == ["kiosk", "robot", "third"]
    assert not await world.platform.connections.serves(world.tenant_id, CONNECTION, "web")


async def test_nothing_new_is_not_told(world: World, robot: Caller) -> None:
    """Enabling what is enabled changes nothing and is not on record."""
    before = world.rows("SELECT * FROM revisions")
    assert (await robot.patch(CLIENTS, [{"client_id": "web", "status": True}])).status_code == 204
    assert world.rows("SELECT * FROM revisions") == before


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "not a JSON list"),
        ([], "0 objects; wanted: 1 to 50"),
        ([1], "not a JSON list of objects"),
        ([{"client_id": "web"}], "[0].status: missing"),
        ([{"client_id": "web", "status": 1}], "[0].status: read 1"),
        (
            [{"client_id": "web", "status": True}, {"client_id": "x", "status": False}],
            "[1].client_id: no client",
        ),
        ([{"client_id": "web", "status": True, "a": 1}], "[0].a: no such field"),
        ([{"client_id": "web", "status": True}] * 51, "51 objects"),
    ],
)
async def test_wrong_client_is_named(robot: Caller, body: Any, told: str) -> None:
    """A list that breaks a rule is refused by the place in it, and nothing changes."""
    response = await robot.patch(CLIENTS, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert len((await robot.read(CLIENTS))["clients"]) == 4


async def test_connections_of_a_client(robot: Caller) -> None:
    """The connections of a client come wrapped, filtered by strategy, with chosen fields."""
    await robot.made("/connections", name="email", strategy="email", enabled_clients=["web"])
    await robot.made("/connections", name="other", strategy="auth0")
    found = await robot.read("/clients/web/connections?fields=name&take=10")
    assert sorted(each["name"] for each in found["connections"]) == [CONNECTION, "email"]
    found = await robot.read("/clients/web/connections?strategy=email")
    assert [each["name"] for each in found["connections"]] == ["email"]
    assert refused(await robot.get("/clients/nobody/connections")) == (404, "inexistent_client")


async def test_user_is_deleted_by_address(world: World, robot: Caller) -> None:
    """The user with the address goes, whatever its letters; a second time nothing happens."""
    for _ in range(2):
        response = await robot.delete("/connections/con_db/users?email=ADA%40example.test")
        assert response.status_code == 204
    assert await world.platform.users.get(world.tenant_id, "auth0|ada") is None
    gone = [log for log in await world.logs(limit=5) if log.type == "sdu"]
    assert [(log.user_id, log.client_id) for log in gone] == [("auth0|ada", "robot")]


async def test_whose_address_must_be_said(world: World, robot: Caller) -> None:
    """Without an address nobody is deleted, nor in a connection that is no database."""
    assert refused(await robot.delete("/connections/con_db/users")) == (400, "invalid_query_string")
    made = await robot.made("/connections", name="email", strategy="email")
    response = await robot.delete(f"/connections/{made['id']}/users?email=ada@example.test")
    assert refused(response) == (400, "invalid_query_string")
    assert await world.platform.users.get(world.tenant_id, "auth0|ada") is not None


async def test_deleting_users_is_not_deleting_connections(world: World) -> None:
    """Who may delete connections may not delete a user by an address."""
    robot = await caller(world, "delete:connections", "update:connections")
    response = await robot.delete("/connections/con_db/users?email=ada@example.test")
    assert refused(response) == (403, "insufficient_scope")
