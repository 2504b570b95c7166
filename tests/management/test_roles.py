"""``/api/v2/roles``: roles, what they permit, and who holds them."""

from typing import Any

import pytest
from tests.support.management import AUDIENCE, Caller, caller, refused
from tests.support.world import API, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

NEW = {"name": "writer", "description": "Writes timesheets"}
WRITE = {"resource_server_identifier": API, "permission_name": "create:timesheets"}
READ = {"resource_server_identifier": API, "permission_name": "read:timesheets"}
ADA = "auth0|ada"
READER = "/roles/rol_reader"


async def test_created_role(robot: Caller) -> None:
    """A created role is answered whole and read back."""
    made = await robot.made("/roles", **NEW)
    assert made == {"id": made["id"], **NEW}
    assert made["id"].startswith("rol_")
    assert await robot.read(f"/roles/{made['id']}") == made


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "name: missing"),
        ({"name": ""}, "name: 0 characters"),
        ({"name": ["a"]}, "name: read "),
        ({"name": "a", "description": "x" * 2_001}, "description: 2001 characters"),
        ({"name": "a", "id": "rol_mine"}, "id: no such field"),
        ({"name": "a", "permissions": [READ]}, "permissions: has an address of its own"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field."""
    response = await robot.post("/roles", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]


async def test_name_is_taken_once(robot: Caller) -> None:
    """A second role of one name is refused, be it created or renamed."""
    made = await robot.made("/roles", **NEW)
    assert refused(await robot.post("/roles", {"name": "reader"})) == (409, "role_conflict")
    response = await robot.patch(f"/roles/{made['id']}", {"name": "reader"})
    assert refused(response) == (409, "role_conflict")


async def test_updated_role_keeps_what_it_permits(robot: Caller) -> None:
    """A new name and description leave the permissions; null takes the description away."""
    response = await robot.patch(READER, {"name": "looker", "description": "Looks"})
    assert response.json() == {"id": "rol_reader", "name": "looker", "description": "Looks"}
    assert len(await robot.read(f"{READER}/permissions")) == 1
    response = await robot.patch(READER, {"description": None})
    assert response.json() == {"id": "rol_reader", "name": "looker"}


async def test_stale_update_is_refused(robot: Caller) -> None:
    """If-Match of another state refuses, and nothing changes."""
    etag = (await robot.get(READER)).headers["etag"]
    await robot.patch(READER, {"description": "Another"})
    response = await robot.patch(READER, {"name": "late"}, headers={"if-match": etag})
    assert refused(response) == (412, "precondition_failed")
    assert (await robot.read(READER))["name"] == "reader"


async def test_deleted_role_is_nobodys(world: World, robot: Caller) -> None:
    """A deleted role is gone, and so is that anybody held it."""
    await robot.post(f"{READER}/users", {"users": [ADA]})
    assert (await robot.delete(READER)).status_code == 204
    assert refused(await robot.get(READER)) == (404, "inexistent_role")
    assert await world.platform.stores.roles.held_by(world.tenant_id, ADA) == []


async def test_list_by_name_and_page(robot: Caller) -> None:
    """Roles are listed by name, filtered by a part of it in any case, and counted."""
    await robot.made("/roles", **NEW)
    await robot.made("/roles", name="admin")
    assert [each["name"] for each in await robot.read("/roles")] == ["admin", "reader", "writer"]
    page = await robot.read("/roles?per_page=1&page=1&include_totals=true&name_filter=ER")
    assert [each["name"] for each in page.pop("roles")] == ["writer"]
    assert page == {"start": 1, "limit": 1, "total": 2}


async def test_permissions_say_what_they_are_of(robot: Caller) -> None:
    """A permission is listed with its API's name and its scope's description, wrapped with totals."""
    page = await robot.read(f"{READER}/permissions?include_totals=true")
    described = {**READ, "resource_server_name": "Timesheets", "description": "See your timesheets"}
    assert page == {"start": 0, "limit": 50, "total": 1, "permissions": [described]}


async def test_added_permission_counts_at_once(world: World, robot: Caller) -> None:
    """What is added to a role is what its holders may do, and adding it twice changes nothing."""
    await robot.post(f"{READER}/users", {"users": [ADA]})
    for _ in range(2):
        assert (await robot.post(f"{READER}/permissions", {"permissions": [WRITE]})).status_code == 201
    may = await world.platform.roles.permissions(world.tenant_id, ADA, API)
    assert may == {"read:timesheets", "create:timesheets"}
    assert len(await robot.read(f"{READER}/permissions")) == 2


async def test_removed_permission_counts_at_once(world: World, robot: Caller) -> None:
    """What is taken from a role its holders may do no more; taking it again changes nothing."""
    await robot.post(f"{READER}/users", {"users": [ADA]})
    for _ in range(2):
        response = await robot.delete(f"{READER}/permissions", json={"permissions": [READ, WRITE]})
        assert response.status_code == 204
    assert await world.platform.roles.permissions(world.tenant_id, ADA, API) == frozenset()


async def test_permission_of_the_management_api(robot: Caller) -> None:
    """A role may permit scopes of the management API."""
    read = {"resource_server_identifier": AUDIENCE, "permission_name": "read:clients"}
    assert (await robot.post(f"{READER}/permissions", {"permissions": [read]})).status_code == 201


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "permissions: missing"),
        ({"permissions": "all"}, "permissions: read "),
        ({"permissions": [{}]}, "permissions[0].permission_name: missing"),
        ({"permissions": [{**READ, "permission_name": "fly"}]}, "permissions[0].permission_name: "),
        (
            {"permissions": [{**READ, "resource_server_identifier": "https://nowhere.test/"}]},
            "permissions[0].resource_server_identifier: no API",
        ),
        ({"permissions": [], "role": "x"}, "role: no such field"),
    ],
)
async def test_wrong_permission_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """Permissions that lead nowhere are refused by their path, and nothing changes."""
    response = await robot.post(f"{READER}/permissions", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert len(await robot.read(f"{READER}/permissions")) == 1


async def test_assigned_users_are_listed(robot: Caller) -> None:
    """Whoever is given a role is among its holders, with what the wire tells of them."""
    response = await robot.post(f"{READER}/users", {"users": [ADA, ADA]})
    assert (response.status_code, response.json()) == (200, {})
    listed = await robot.read(f"{READER}/users")
    assert listed == [{"user_id": ADA, "email": "ada@example.test", "name": "Ada Example"}]


async def test_holders_by_both_kinds_of_pages(world: World, robot: Caller) -> None:
    """Holders come by offset with totals, and from a checkpoint on, each once."""
    for name in ("bob", "cid"):
        await world.put_user(f"{name}@example.test", subject=name)
    everybody = [ADA, "auth0|bob", "auth0|cid"]
    await robot.post(f"{READER}/users", {"users": everybody})
    page = await robot.read(f"{READER}/users?page=1&per_page=2&include_totals=true")
    assert [each["user_id"] for each in page.pop("users")] == everybody[2:]
    assert page == {"start": 2, "limit": 2, "total": 3}
    first = await robot.read(f"{READER}/users?take=2")
    second = await robot.read(f"{READER}/users?take=2&from={first['next']}")
    assert [each["user_id"] for each in first["users"] + second["users"]] == everybody
    assert "next" not in second


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "users: missing"),
        ({"users": []}, "users: 0 users"),
        ({"users": [f"auth0|{n}" for n in range(101)]}, "users: 101 users"),
        ({"users": [ADA, "auth0|nobody"]}, "users[1]: no user 'auth0|nobody'"),
        ({"users": [5]}, "users[0]: read 5"),
    ],
)
async def test_wrong_user_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """Users who are not there are refused by their place, and nobody gets the role."""
    response = await robot.post(f"{READER}/users", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(f"{READER}/users") == []


async def test_scopes_for_members(world: World) -> None:
    """One scope for members suffices, or the one for users together with the one for roles."""
    body = {"users": [ADA]}
    for scopes in (("create:role_members",), ("update:users", "read:roles")):
        assert (await (await caller(world, *scopes)).post(f"{READER}/users", body)).status_code == 200
    for scopes in (("read:role_members",), ("read:users", "read:roles")):
        assert (await (await caller(world, *scopes)).get(f"{READER}/users")).status_code == 200
    alone = await caller(world, "read:users", "update:users")
    assert refused(await alone.get(f"{READER}/users")) == (403, "insufficient_scope")
    assert refused(await alone.post(f"{READER}/users", body)) == (403, "insufficient_scope")


async def test_changes_are_told(world: World, robot: Caller) -> None:
    """The audit log says who changed what of a role, and who got it."""
    await robot.patch(READER, {"description": "Looks"})
    await robot.post(f"{READER}/users", {"users": [ADA]})
    given, changed = await world.logs(limit=2)
    assert (given.type, given.client_id, given.description) == ("sapi", "robot", "Assign users to a role")
    assert given.details == {"role": "rol_reader", "name": "reader", "users": [ADA]}
    (step,) = changed.details["changes"]
    assert (step["action"], step["kind"], step["fields"]) == (
        "update",
        "role",
        {"description": {"after": "Looks"}},
    )


async def test_refused_assignment_leaves_no_trace(world: World, robot: Caller) -> None:
    """A refused assignment changes nothing and is not told of."""
    before = world.dump()
    await robot.post(f"{READER}/users", {"users": [ADA, "auth0|nobody"]})
    changed = [line for line in world.dump() if line not in before]
    assert not [line for line in changed if "user_roles" in line or "Assign" in line]
