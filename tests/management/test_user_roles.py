"""``/api/v2/users/{id}/roles``: the roles of a user."""

from typing import Any

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import API, World

from gatewright.roles import Permission, Role

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ROLES = "/users/auth0%7Cada/roles"
READER = {"roles": ["rol_reader"]}


async def assign(robot: Caller, *role_ids: str) -> None:
    """Gives roles to Ada."""
    response = await robot.post(ROLES, {"roles": role_ids})
    assert (response.status_code, response.content) == (204, b"")


async def put_writer(world: World) -> None:
    """A second role, which permits what the reader may and more."""
    names = ("read:timesheets", "create:timesheets")
    permissions = tuple(Permission(permission_name=n, resource_server_identifier=API) for n in names)
    role = Role(role_id="rol_writer", name="writer", description="Writes", permissions=permissions)
    await world.commit(world.platform.stores.roles.put(world.tenant_id, role))


async def test_assigned_roles_are_listed(world: World, robot: Caller) -> None:
    """Roles given to a user are listed by name, with id, name and description."""
    await put_writer(world)
    await assign(robot, "rol_writer", "rol_reader")
    assert await robot.read(ROLES) == [
        {"id": "rol_reader", "name": "reader"},
        {"id": "rol_writer", "name": "writer", "description": "Writes"},
    ]


async def test_roles_with_totals(robot: Caller) -> None:
    """With ``include_totals`` the list is wrapped."""
    await assign(robot, "rol_reader")
    found = await robot.read(f"{ROLES}?include_totals=true&per_page=1")
    assert (found["start"], found["limit"], found["total"], len(found["roles"])) == (0, 1, 1, 1)


async def test_role_given_twice(robot: Caller) -> None:
    """A role that the user has already changes nothing."""
    await assign(robot, "rol_reader")
    await assign(robot, "rol_reader")
    assert len(await robot.read(ROLES)) == 1


async def test_role_is_taken_away(world: World, robot: Caller) -> None:
    """A role that was taken from a user is theirs no more; others stay."""
    await put_writer(world)
    await assign(robot, "rol_writer", "rol_reader")
    assert (await robot.delete(ROLES, json=READER)).status_code == 204
    assert [role["id"] for role in await robot.read(ROLES)] == ["rol_writer"]


async def test_change_is_in_the_log(world: World, robot: Caller) -> None:
    """Giving roles is told in the audit log: who, to whom, which."""
    await assign(robot, "rol_reader")
    (entry,) = [entry for entry in await world.logs() if entry.event == "UserAccessChanged"]
    assert (entry.type, entry.client_id, entry.user_id) == ("sapi", "robot", "auth0|ada")
    assert entry.details["roles"] == ["rol_reader"]
    assert entry.details["by"] == {"client_id": "robot", "user_id": ""}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "roles: missing"),
        ({"roles": []}, "roles: 0 roles"),
        ({"roles": "rol_reader"}, "roles: read "),
        ({"roles": ["rol_reader", "rol_nobody"]}, "roles[1]: no role 'rol_nobody'"),
        ({"roles": [f"rol_{n}" for n in range(101)]}, "roles: 101 roles"),
        ({"role": "rol_reader"}, "role: no such field"),
    ],
)
async def test_wrong_body(world: World, robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path, and no role is given."""
    response = await robot.post(ROLES, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(ROLES) == []


async def test_role_of_another_tenant(world: World, robot: Caller) -> None:
    """A role of another tenant cannot be given."""
    await world.platform.bus.commit(
        (world.platform.stores.roles.put("other", Role(role_id="rol_theirs", name="theirs")),)
    )
    assert refused(await robot.post(ROLES, {"roles": ["rol_theirs"]})) == (400, "invalid_body")


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        (("read:users",), 403),
        (("read:roles",), 403),
        (("read:users", "read:roles"), 200),
        (("read:role_members",), 200),
    ],
)
async def test_scopes_to_list_roles(world: World, scopes: tuple[str, ...], status: int) -> None:
    """Listing needs the scope for members, or those for users and for roles."""
    assert (await (await caller(world, *scopes)).get(ROLES)).status_code == status


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        (("update:users",), 403),
        (("read:users", "read:roles"), 403),
        (("update:users", "read:roles"), 204),
        (("create:role_members",), 204),
    ],
)
async def test_scopes_to_give_roles(world: World, scopes: tuple[str, ...], status: int) -> None:
    """Giving needs the scope for members, or those for users and for roles."""
    assert (await (await caller(world, *scopes)).post(ROLES, READER)).status_code == status
