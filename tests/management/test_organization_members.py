"""Members of organizations, what they may do there, and where a user belongs."""

from typing import Any

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ADA = "auth0|ada"
SHOWN = {"user_id": ADA, "email": "ada@example.test", "name": "Ada Example"}
READER = {"id": "rol_reader", "name": "reader", "description": ""}


@pytest.fixture
async def acme(robot: Caller) -> str:
    """The path of an organization with one member."""
    path = f"/organizations/{(await robot.made('/organizations', name='acme'))['id']}"
    assert (await robot.post(f"{path}/members", {"members": [ADA, ADA]})).status_code == 204
    return path


async def test_added_member_is_listed(robot: Caller, acme: str) -> None:
    """Whoever is added is among the members, and adding them again changes nothing."""
    assert (await robot.post(f"{acme}/members", {"members": [ADA]})).status_code == 204
    assert await robot.read(f"{acme}/members") == [SHOWN]


async def test_members_by_both_kinds_of_pages(world: World, robot: Caller, acme: str) -> None:
    """Members come by offset with totals, and from a checkpoint on, each once."""
    for name in ("bob", "cid"):
        await world.put_user(f"{name}@example.test", subject=name)
    everybody = [ADA, "auth0|bob", "auth0|cid"]
    await robot.post(f"{acme}/members", {"members": everybody})
    page = await robot.read(f"{acme}/members?page=1&per_page=2&include_totals=true")
    assert [each["user_id"] for each in page.pop("members")] == everybody[2:]
    assert page == {"start": 2, "limit": 2, "total": 3}
    first = await robot.read(f"{acme}/members?take=2")
    second = await robot.read(f"{acme}/members?take=2&from={first['next']}")
    assert [each["user_id"] for each in first["members"] + second["members"]] == everybody
    assert "next" not in second


async def test_fields_with_roles(world: World, robot: Caller, acme: str) -> None:
    """Roles are told where they are asked for, by callers who may know."""
    await robot.post(f"{acme}/members/{ADA}/roles", {"roles": ["rol_reader"]})
    (found,) = await robot.read(f"{acme}/members?fields=user_id,roles&include_fields=true")
    assert found == {"user_id": ADA, "roles": [{"id": "rol_reader", "name": "reader"}]}
    some = await caller(world, "read:organization_members")
    assert refused(await some.get(f"{acme}/members?fields=roles")) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "members: missing"),
        ({"members": []}, "members: 0 members"),
        ({"members": [f"auth0|{n}" for n in range(11)]}, "members: 11 members"),
        ({"members": [ADA, "auth0|nobody"]}, "members[1]: no user 'auth0|nobody'"),
        ({"members": [5]}, "members[0]: read 5"),
    ],
)
async def test_wrong_members_are_named(robot: Caller, acme: str, body: dict[str, Any], told: str) -> None:
    """Users who are not there are refused by their path, and nobody is added."""
    response = await robot.post(f"{acme}/members", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert len(await robot.read(f"{acme}/members")) == 1


async def test_removed_member_keeps_nothing(robot: Caller, acme: str) -> None:
    """Whoever is taken out has no role there any more, and comes back without."""
    await robot.post(f"{acme}/members/{ADA}/roles", {"roles": ["rol_reader"]})
    response = await robot.delete(f"{acme}/members", json={"members": [ADA, "auth0|nobody"]})
    assert response.status_code == 204
    assert await robot.read(f"{acme}/members") == []
    assert refused(await robot.get(f"{acme}/members/{ADA}/roles")) == (404, "inexistent_organization_member")
    await robot.post(f"{acme}/members", {"members": [ADA]})
    assert await robot.read(f"{acme}/members/{ADA}/roles") == []


async def test_roles_of_a_member(robot: Caller, acme: str) -> None:
    """A member is given roles and loses them, which their roles elsewhere have nothing to do with."""
    path = f"{acme}/members/{ADA}/roles"
    assert (await robot.post(path, {"roles": ["rol_reader", "rol_reader"]})).status_code == 204
    assert await robot.read(f"{path}?include_totals=true") == {
        "start": 0,
        "limit": 50,
        "total": 1,
        "roles": [READER],
    }
    effective = await robot.read(f"{acme}/members/{ADA}/effective-roles?take=10")
    assert effective == {"roles": [{**READER, "sources": ["direct"]}]}
    holders = await robot.read(f"{acme}/roles/rol_reader/members")
    assert holders == {"members": [SHOWN]}
    assert await robot.read(f"/users/{ADA}/roles") == []
    assert (await robot.delete(path, json={"roles": ["rol_reader"]})).status_code == 204
    assert await robot.read(path) == []


async def test_unknown_role_and_stranger(world: World, robot: Caller, acme: str) -> None:
    """A role that is not there is refused by its path, and nobody but members has any."""
    response = await robot.post(f"{acme}/members/{ADA}/roles", {"roles": ["rol_x"]})
    assert refused(response) == (400, "invalid_body")
    assert "roles[0]: no role 'rol_x'" in response.json()["message"]
    await world.put_user("bob@example.test", subject="bob")
    response = await robot.post(f"{acme}/members/auth0%7Cbob/roles", {"roles": ["rol_reader"]})
    assert refused(response) == (404, "inexistent_organization_member")
    assert refused(await robot.get(f"{acme}/roles/rol_x/members")) == (404, "inexistent_role")


async def test_deleted_role_is_nobodys_there(robot: Caller, acme: str) -> None:
    """A role that is deleted is taken from members of organizations too."""
    await robot.post(f"{acme}/members/{ADA}/roles", {"roles": ["rol_reader"]})
    await robot.delete("/roles/rol_reader")
    assert await robot.read(f"{acme}/members/{ADA}/roles") == []


async def test_deleted_user_is_no_member(world: World, robot: Caller, acme: str) -> None:
    """A user who is deleted leaves no membership to whoever comes with their id."""
    await robot.post(f"{acme}/members/{ADA}/roles", {"roles": ["rol_reader"]})
    await world.platform.users.delete(world.tenant_id, ADA)
    assert world.rows("SELECT * FROM organization_members") == []
    assert world.rows("SELECT * FROM organization_roles") == []


async def test_organizations_of_a_user(robot: Caller, acme: str) -> None:
    """A user's organizations are listed, and no others."""
    await robot.made("/organizations", name="other")
    page = await robot.read(f"/users/{ADA}/organizations?include_totals=true")
    assert [each["name"] for each in page["organizations"]] == ["acme"]
    assert page["total"] == 1
    assert refused(await robot.get("/users/auth0%7Cnobody/organizations")) == (404, "inexistent_user")


async def test_membership_is_in_the_log(world: World, robot: Caller, acme: str) -> None:
    """Who became a member of what is told."""
    newest, *_ = await world.logs()
    assert (newest.type, newest.description) == ("sapi", "Add members to an organization")
    assert newest.details["users"] == [ADA]
    assert newest.details["name"] == "acme"
