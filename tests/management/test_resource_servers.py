"""``/api/v2/resource-servers``: APIs by the management API."""

from typing import Any
from urllib.parse import quote

import pytest
from tests.support.management import AUDIENCE, Caller, caller, refused
from tests.support.world import API, World, claims_of, header_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ORDERS = "https://orders.example.test/v1/"
NEW = {
    "identifier": ORDERS,
    "name": "Orders",
    "scopes": [{"value": "read:orders", "description": "See orders"}],
}


def at(identifier: str) -> str:
    """The path of an API by its identifier."""
    return f"/resource-servers/{quote(identifier, safe='')}"


async def test_created_api_has_what_was_sent_and_the_defaults(robot: Caller) -> None:
    """A created API is answered whole."""
    made = await robot.made("/resource-servers", **NEW)
    assert len(made["id"]) == 24
    assert {name: made[name] for name in NEW} == NEW
    assert (made["signing_alg"], made["token_lifetime"], made["is_system"]) == ("RS256", 86_400, False)


@pytest.mark.parametrize("by", ["id", "identifier"])
async def test_api_is_found_by_id_and_by_identifier(robot: Caller, by: str) -> None:
    """An API is read, updated and deleted by its id and by its identifier, slashes and all."""
    made = await robot.made("/resource-servers", **NEW)
    path = at(made[by])
    assert await robot.read(path) == made
    assert (await robot.patch(path, {"name": "Other"})).json()["name"] == "Other"
    assert (await robot.delete(path)).status_code == 204
    assert refused(await robot.get(path)) == (404, "inexistent_resource_server")


async def test_identifier_is_taken_once(robot: Caller) -> None:
    """A second API with the same identifier is refused."""
    await robot.made("/resource-servers", **NEW)
    assert refused(await robot.post("/resource-servers", NEW)) == (409, "resource_server_conflict")


async def test_identifier_cannot_be_changed(robot: Caller) -> None:
    """An update that names the identifier is refused."""
    assert refused(await robot.patch(at(API), {"identifier": ORDERS})) == (400, "invalid_body")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "identifier: missing"),
        ({**NEW, "identifier": "has space"}, "identifier: read 'has space'"),
        ({**NEW, "identifier": AUDIENCE}, "identifier: belongs to the system"),
        ({**NEW, "scopes": [{"value": "a b"}]}, "scopes[0].value: read 'a b'"),
        ({**NEW, "scopes": [{"value": "a"}, {"value": "a"}]}, "scopes[1].value: 'a' is"),
        ({**NEW, "token_lifetime": 0}, "token_lifetime: read 0"),
        ({**NEW, "token_lifetime": "3600"}, "token_lifetime: read '3600'; wanted: a whole number"),
        ({**NEW, "signing_alg": "none"}, "signing_alg: read 'none'"),
        ({**NEW, "signing_alg": "HS256", "signing_secret": "short"}, "signing_secret: 5 bytes, not shown"),
        ({**NEW, "is_system": True}, "is_system: no such field"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field."""
    response = await robot.post("/resource-servers", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]


async def test_hs256_api_gets_a_secret(world: World, robot: Caller) -> None:
    """An HS256 API that brings no secret gets one, shown to those who may read APIs."""
    made = await robot.made("/resource-servers", **NEW, signing_alg="HS256")
    assert len(made["signing_secret"]) == 64
    blind = await caller(world, "update:resource_servers")
    assert "signing_secret" not in (await blind.patch(at(ORDERS), {"name": "B"})).json()
    assert (await robot.read(at(ORDERS)))["signing_secret"] == made["signing_secret"]


async def test_omitted_secret_is_kept(robot: Caller) -> None:
    """An update that says nothing of the secret leaves it."""
    made = await robot.made("/resource-servers", **NEW, signing_alg="HS256")
    changed = (await robot.patch(at(ORDERS), {"token_lifetime": 60})).json()
    assert changed["signing_secret"] == made["signing_secret"]


async def test_new_algorithm_has_keys_at_once(world: World, robot: Caller) -> None:
    """An API with an algorithm nobody used before signs with a key that is published."""
    await robot.patch(at(API), {"signing_alg": "ES256"})
    answer = await world.browser().token(grant_type="client_credentials", audience=API)
    token = answer.json()["access_token"]
    keys = (await world.browser().get("/.well-known/jwks.json")).json()["keys"]
    assert header_of(token)["alg"] == "ES256"
    assert header_of(token)["kid"] in {key["kid"] for key in keys}
    assert claims_of(token)["aud"] == API


async def test_removed_scope_is_taken_from_grants_and_roles(world: World, robot: Caller) -> None:
    """A scope that an API no longer has is in no grant and no role any more."""
    await robot.patch(at(API), {"scopes": [{"value": "create:timesheets"}]})
    grant = await world.platform.apis.grant(world.tenant_id, "web", API)
    (role,) = await world.platform.stores.roles.all(world.tenant_id)
    assert grant is not None
    assert (grant.scope, role.permissions) == ((), ())


async def test_deleted_api_takes_grants_and_permissions_with_it(world: World, robot: Caller) -> None:
    """Whatever names a deleted API goes with it, told in the same entry of the log."""
    assert (await robot.delete(at(API))).status_code == 204
    (role,) = await world.platform.stores.roles.all(world.tenant_id)
    assert await world.platform.apis.grant(world.tenant_id, "web", API) is None
    assert role.permissions == ()
    entry = (await world.logs(1))[0]
    assert {(each["action"], each["kind"]) for each in entry.details["changes"]} == {
        ("delete", "API"),
        ("delete", "client grant"),
        ("update", "role"),
    }


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_the_management_api_cannot_be_changed(robot: Caller, method: str) -> None:
    """The system API is listed, and refuses to be changed."""
    system = await robot.read(at(AUDIENCE))
    assert (system["is_system"], system["name"]) == (True, "Management API")
    response = await robot.call(method, at(AUDIENCE), json={"name": "Mine"} if method == "PATCH" else None)
    assert refused(response) == (403, "operation_not_supported")


async def test_list_pages_and_filter(robot: Caller) -> None:
    """APIs are listed by pages with totals, and by identifier."""
    await robot.made("/resource-servers", **NEW)
    page = await robot.read("/resource-servers?page=0&per_page=1&include_totals=true")
    assert (page["start"], page["limit"], page["total"], len(page["resource_servers"])) == (0, 1, 3, 1)
    found = await robot.read(f"/resource-servers?identifiers={quote(ORDERS)}&identifiers={quote(API)}")
    assert {each["identifier"] for each in found} == {ORDERS, API}
