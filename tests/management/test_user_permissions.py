"""``/api/v2/users/{id}/permissions`` and ``/effective-…``: what a user may do, with roles and without."""

from typing import Any

import pytest
from tests.support.management import AUDIENCE, Caller, caller, person, refused
from tests.support.world import API, World, claims_of

from gatewright.apis import ApiScope
from gatewright.roles import Permission, Role

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ROLES = "/users/auth0%7Cada/roles"
PERMISSIONS = "/users/auth0%7Cada/permissions"
EFFECTIVE = "/users/auth0%7Cada/effective-permissions"
AT_API = {"resource_server_identifier": API, "resource_server_name": "Timesheets"}
DIRECT = {"source_id": "", "source_name": "", "source_type": "DIRECT"}
OF_READER = {"source_id": "rol_reader", "source_name": "reader", "source_type": "ROLE"}
OF_WRITER = {"source_id": "rol_writer", "source_name": "writer", "source_type": "ROLE"}


def permission(name: str, api: str = API) -> dict[str, str]:
    return {"permission_name": name, "resource_server_identifier": api}


def sent(*names: str) -> dict[str, Any]:
    """A body that names permissions of the API."""
    return {"permissions": [permission(name) for name in names]}


async def give(robot: Caller, *names: str) -> None:
    """Gives Ada permissions without a role."""
    response = await robot.post(PERMISSIONS, sent(*names))
    assert response.status_code == 201, response.text


async def give_roles(world: World, robot: Caller) -> None:
    """Makes a second role, which permits what the reader may and more, and gives Ada both."""
    names = ("read:timesheets", "create:timesheets")
    permissions = tuple(Permission(**permission(name)) for name in names)
    role = Role(role_id="rol_writer", name="writer", description="Writes", permissions=permissions)
    await world.commit(world.platform.stores.roles.put(world.tenant_id, role))
    response = await robot.post(ROLES, {"roles": ["rol_writer", "rol_reader"]})
    assert response.status_code == 204


async def names(robot: Caller) -> list[str]:
    """What Ada may do."""
    return [each["permission_name"] for each in await robot.read(PERMISSIONS)]


async def in_token(world: World, scope: str = "openid") -> list[str]:
    """The ``permissions`` of an access token of Ada's."""
    tokens = await world.browser().tokens(audience=API, scope=scope)
    found: list[str] = claims_of(tokens["access_token"])["permissions"]
    return found


async def test_permissions(world: World, robot: Caller) -> None:
    """What a user may do is listed once each, with the names of the API and everything that gives it."""
    await give_roles(world, robot)
    await give(robot, "read:timesheets")
    assert await robot.read(PERMISSIONS) == [
        {
            **permission("create:timesheets"),
            **AT_API,
            "description": "Add a timesheet",
            "sources": [OF_WRITER],
        },
        {
            **permission("read:timesheets"),
            **AT_API,
            "description": "See your timesheets",
            "sources": [DIRECT, OF_READER, OF_WRITER],
        },
    ]


async def test_permissions_with_totals(robot: Caller) -> None:
    """With ``include_totals`` the permissions are wrapped; without any there are none."""
    empty = await robot.read(f"{PERMISSIONS}?include_totals=true")
    assert empty == {"start": 0, "limit": 50, "total": 0, "permissions": []}
    await give(robot, "read:timesheets", "create:timesheets")
    page = await robot.read(f"{PERMISSIONS}?include_totals=true&per_page=1&page=1")
    assert (page["total"], [each["permission_name"] for each in page["permissions"]]) == (
        2,
        ["read:timesheets"],
    )


async def test_permission_counts_in_tokens(world: World, robot: Caller) -> None:
    """A permission without a role is in the tokens of an API that asks for permissions, as a role's is."""
    await world.change_api(API, enforce_policies=True, token_dialect="access_token_authz")
    assert await in_token(world) == []
    await give(robot, "create:timesheets")
    await robot.post(ROLES, {"roles": ["rol_reader"]})
    assert sorted(await in_token(world)) == ["create:timesheets", "read:timesheets"]
    assert (await robot.delete(PERMISSIONS, json=sent("create:timesheets"))).status_code == 204
    assert await in_token(world) == ["read:timesheets"]


async def test_permission_bounds_scopes(world: World, robot: Caller) -> None:
    """Of the scopes that were asked for those are granted that the user is permitted."""
    await world.change_api(API, enforce_policies=True)
    await give(robot, "read:timesheets")
    tokens = await world.browser().tokens(audience=API, scope="openid read:timesheets create:timesheets")
    assert claims_of(tokens["access_token"])["scope"] == "openid read:timesheets"


async def test_taking_leaves_what_a_role_gives(world: World, robot: Caller) -> None:
    """What is taken is what the user had without a role; what a role gives stays."""
    await give_roles(world, robot)
    await give(robot, "read:timesheets")
    await robot.delete(PERMISSIONS, json=sent("read:timesheets", "create:timesheets"))
    assert await names(robot) == ["create:timesheets", "read:timesheets"]
    assert all(DIRECT not in each["sources"] for each in await robot.read(PERMISSIONS))


async def test_given_twice(robot: Caller) -> None:
    """A permission that the user has already changes nothing."""
    await give(robot, "read:timesheets", "read:timesheets")
    await give(robot, "read:timesheets")
    assert await names(robot) == ["read:timesheets"]


WRONG = [
    ({}, "permissions: missing"),
    ({"permissions": []}, "permissions: 0 permissions"),
    ({"permissions": [{"permission_name": "x"}]}, "permissions[0].resource_server_identifier: missing"),
    (sent("read:timesheets", "fly"), "permissions[1].permission_name: the API"),
    (
        {"permissions": [permission("x", "https://none.test/")]},
        "permissions[0].resource_server_identifier: no",
    ),
    ({"permissions": [{**permission("read:timesheets"), "x": 1}]}, "permissions[0].x: no such field"),
    (sent(*(f"p{n}" for n in range(101))), "permissions: 101 permissions"),
]


@pytest.mark.parametrize(("body", "told"), WRONG, ids=lambda value: str(value)[:40])
async def test_permission_that_cannot_be_given(robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path, and nothing is given."""
    response = await robot.post(PERMISSIONS, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await names(robot) == []


@pytest.mark.parametrize("how", ["user", "scope", "api"])
async def test_nothing_comes_back(world: World, robot: Caller, how: str) -> None:
    """Zitadel CVE-2026-55670: of a user, a scope or an API made anew nobody has an old permission."""
    made = await robot.made("/resource-servers", identifier="urn:x", name="X", scopes=[{"value": "go"}])
    await robot.post(PERMISSIONS, {"permissions": [permission("go", "urn:x")]})
    assert await names(robot) == ["go"]
    path = f"/resource-servers/{made['id']}"
    if how == "user":
        await robot.delete("/users/auth0%7Cada")
        await world.put_user("ada@example.test", subject="ada")
    elif how == "scope":
        await robot.patch(path, {"scopes": []})
        assert await names(robot) == []
        await robot.patch(path, {"scopes": [{"value": "go"}]})
    else:
        await robot.delete(path)
        await robot.made("/resource-servers", identifier="urn:x", name="X", scopes=[{"value": "go"}])
    assert await names(robot) == []


async def test_other_scopes_stay(world: World, robot: Caller) -> None:
    """A scope that is added to an API takes no permission of another one from anybody."""
    await give(robot, "read:timesheets")
    api = await world.platform.apis.by_identifier(world.tenant_id, API)
    assert api is not None
    scopes = [{"value": scope.value, "description": scope.description} for scope in api.scopes]
    more = {"value": "delete:timesheets", "description": ""}
    response = await robot.patch(f"/resource-servers/{api.api_id}", {"scopes": [*scopes, more]})
    assert response.status_code == 200
    assert ApiScope(value="delete:timesheets") not in api.scopes
    assert await names(robot) == ["read:timesheets"]


async def test_linked_user_brings_none(world: World, robot: Caller) -> None:
    """A user who becomes an identity of another one brings no permission along."""
    await world.put_user("bob@example.test", subject="bob")
    await robot.post("/users/auth0%7Cbob/permissions", sent("read:timesheets"))
    linked = await robot.post("/users/auth0%7Cada/identities", {"provider": "auth0", "user_id": "bob"})
    assert linked.status_code == 201
    assert await names(robot) == []
    assert world.rows("SELECT * FROM user_permissions") == []


async def test_change_is_in_the_log(world: World, robot: Caller) -> None:
    """Giving and taking are told in the log: who, to whom, which."""
    await give(robot, "read:timesheets")
    await robot.delete(PERMISSIONS, json=sent("read:timesheets"))
    found = [entry for entry in await world.logs() if entry.event == "UserAccessChanged"]
    assert {entry.description for entry in found} == {
        "Assign permissions to a user",
        "Remove permissions from a user",
    }
    for entry in found:
        assert (entry.user_id, entry.details["permissions"]) == (
            "auth0|ada",
            [permission("read:timesheets")],
        )


@pytest.mark.parametrize("scope", ["read:users", "read:roles", "update:roles"])
async def test_scope_to_give(world: World, scope: str) -> None:
    """Giving needs ``update:users``."""
    response = await (await caller(world, scope)).post(PERMISSIONS, sent("read:timesheets"))
    assert refused(response) == (403, "insufficient_scope")


async def test_nobody_gives_away_more_than_they_have(world: World, robot: Caller) -> None:
    """Keycloak CVE-2026-94000: a caller gives scopes of the management API only as far as they have them."""
    some = await caller(world, "update:users", "read:logs")
    asked = {"permissions": [permission("read:logs", AUDIENCE), permission("delete:clients", AUDIENCE)]}
    assert refused(await some.post(PERMISSIONS, asked)) == (403, "insufficient_scope")
    assert await names(robot) == []
    own = {"permissions": [permission("read:logs", AUDIENCE)]}
    assert (await some.post(PERMISSIONS, own)).status_code == 201
    assert (await (await person(world, "read:logs")).get("/logs")).status_code == 200
    assert (await some.delete(PERMISSIONS, json=asked)).status_code == 204
    assert await names(robot) == []


async def test_effective_permissions(world: World, robot: Caller) -> None:
    """Effective permissions tell whether roles give them, or nothing but themselves; always wrapped."""
    await give_roles(world, robot)
    await give(robot, "read:timesheets")
    found = await robot.read(EFFECTIVE)
    assert [(each["permission_name"], each["sources"]) for each in found["permissions"]] == [
        ("create:timesheets", ["roles"]),
        ("read:timesheets", ["direct", "roles"]),
    ]
    assert await robot.read(f"{EFFECTIVE}?resource_server_identifier=urn:none") == {"permissions": []}


async def test_effective_permissions_by_page(world: World, robot: Caller) -> None:
    """``next`` of a page leads to the following one, until there is none."""
    await give(robot, "read:timesheets", "create:timesheets")
    first = await robot.read(f"{EFFECTIVE}?take=1")
    second = await robot.read(f"{EFFECTIVE}?take=1&from={first['next']}")
    assert [each["permission_name"] for page in (first, second) for each in page["permissions"]] == [
        "create:timesheets",
        "read:timesheets",
    ]
    assert "next" not in second


async def test_effective_roles(world: World, robot: Caller) -> None:
    """Effective roles are the roles that were given, and those that give one permission can be asked for."""
    await give_roles(world, robot)
    reader = {"id": "rol_reader", "name": "reader", "description": "", "sources": ["direct"]}
    writer = {"id": "rol_writer", "name": "writer", "description": "Writes", "sources": ["direct"]}
    assert await robot.read("/users/auth0%7Cada/effective-roles") == {"roles": [reader, writer]}
    path = f"{EFFECTIVE}/sources/effective-roles?resource_server_identifier={API}"
    found = await robot.read(f"{path}&permission_name=create:timesheets")
    assert found == {"roles": [writer]}
    assert refused(await robot.get(path)) == (400, "invalid_query_string")
