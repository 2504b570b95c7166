"""Roles that everybody begins with, and roles that nobody can give away without having what they permit."""

import pytest
from tests.login.visits import NEWCOMER, sign_up, user_of
from tests.support.management import AUDIENCE, Caller, caller, refused
from tests.support.passwordless import CY, mailed_code, put_passwordless, redeem
from tests.support.world import CONNECTION, World

from gatewright.roles import Permission, Role

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]


@pytest.fixture
async def employee(robot: Caller) -> str:
    """A default role."""
    return str((await robot.made("/roles", name="employee", is_default=True))["id"])


async def held(robot: Caller, user_id: str) -> list[str]:
    """Ids of the roles of a user."""
    return [role["id"] for role in await robot.read(f"/users/{user_id.replace('|', '%7C')}/roles")]


async def test_shown(robot: Caller, employee: str) -> None:
    """A default role says so, another says nothing, and an update makes either the other."""
    assert (await robot.read(f"/roles/{employee}"))["is_default"] is True
    assert "is_default" not in await robot.read("/roles/rol_reader")
    changed = (await robot.patch(f"/roles/{employee}", {"is_default": False})).json()
    assert changed == {"id": employee, "name": "employee"}


async def test_who_signs_up_has_it(world: World, robot: Caller, employee: str) -> None:
    """Whoever signs up on the hosted page begins with the default roles and no other."""
    await sign_up(world.browser())
    assert await held(robot, (await user_of(world, NEWCOMER)).user_id) == [employee]


async def test_who_is_made_has_it(robot: Caller, employee: str) -> None:
    """A user made by the management API begins with them, and they can be taken."""
    made = await robot.made("/users", connection=CONNECTION, email=NEWCOMER, password="Correct-Horse-1")
    assert await held(robot, made["user_id"]) == [employee]
    path = f"/users/{made['user_id'].replace('|', '%7C')}/roles"
    assert (await robot.delete(path, json={"roles": [employee]})).status_code == 204
    assert await held(robot, made["user_id"]) == []


async def test_who_comes_by_mail_has_it(world: World, robot: Caller, employee: str) -> None:
    """A stranger who signs in by a mailed code begins with them."""
    await put_passwordless(world)
    assert (await redeem(world.browser(), await mailed_code(world))).status_code == 200
    (found,) = await robot.read(f"/users-by-email?email={CY}")
    assert await held(robot, found["user_id"]) == [employee]


async def test_who_was_there_has_it_not(robot: Caller, employee: str) -> None:
    """Those who were there before are given nothing."""
    assert employee not in await held(robot, "auth0|ada")


async def put_administrator(world: World) -> None:
    """A role that permits to delete clients."""
    permission = Permission(permission_name="delete:clients", resource_server_identifier=AUDIENCE)
    role = Role(role_id="rol_admin", name="administrator", permissions=(permission,))
    await world.commit(world.platform.stores.roles.put(world.tenant_id, role))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/users/auth0%7Cada/roles", {"roles": ["rol_admin"]}),
        ("/roles/rol_admin/users", {"users": ["auth0|ada"]}),
    ],
    ids=["to-user", "of-role"],
)
async def test_nobody_gives_away_more_than_they_have(
    world: World, robot: Caller, path: str, body: dict[str, list[str]]
) -> None:
    """CVE class "privilege escalation": who looks after users cannot make administrators of them."""
    await put_administrator(world)
    helper = await caller(world, "update:users", "read:roles")
    assert refused(await helper.post(path, body)) == (403, "insufficient_scope")
    assert await held(robot, "auth0|ada") == []
    assert (await robot.post(path, body)).status_code in (200, 204)
    assert await held(robot, "auth0|ada") == ["rol_admin"]


async def test_nobody_puts_more_into_a_role_than_they_have(world: World) -> None:
    """Who looks after roles can let them permit of the management API what they may themselves."""
    helper = await caller(world, "update:roles", "read:roles")
    wanted = {"permission_name": "delete:clients", "resource_server_identifier": AUDIENCE}
    response = await helper.post("/roles/rol_reader/permissions", {"permissions": [wanted]})
    assert refused(response) == (403, "insufficient_scope")
    own = {**wanted, "permission_name": "read:roles"}
    response = await helper.post("/roles/rol_reader/permissions", {"permissions": [own]})
    assert response.status_code == 201


async def test_a_role_of_administrators_is_no_default(world: World) -> None:
    """Who cannot give a role away cannot make everybody begin with it."""
    await put_administrator(world)
    helper = await caller(world, "update:roles")
    response = await helper.patch("/roles/rol_admin", {"is_default": True})
    assert refused(response) == (403, "insufficient_scope")


async def test_no_client_is_granted_more_than_its_granter_has(world: World, robot: Caller) -> None:
    """CVE class "privilege escalation": who may grant cannot make a client that may everything."""
    client = await robot.made("/clients", name="Mine", app_type="non_interactive")
    helper = await caller(world, "create:client_grants", "update:client_grants")
    asked = {"client_id": client["client_id"], "audience": AUDIENCE}
    refusal = await helper.post("/client-grants", {**asked, "scope": ["delete:clients"]})
    assert refused(refusal) == (403, "insufficient_scope")
    made = await helper.made("/client-grants", **asked, scope=["create:client_grants"])
    path = f"/client-grants/{made['id']}"
    more = {"scope": ["create:client_grants", "delete:users"]}
    assert refused(await helper.patch(path, more)) == (403, "insufficient_scope")
    assert (await robot.patch(path, more)).status_code == 200
    assert (await helper.patch(path, {"scope": ["delete:users"]})).status_code == 200
