"""``/api/v2/connections``: places users come from."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import CONNECTION, PASSWORD, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

NEW = {"name": "Customers", "strategy": "auth0"}
MAIL = {"name": "email", "strategy": "email"}
DB = "/connections/con_db"


async def test_created_database(robot: Caller) -> None:
    """A created database is answered whole, with what is in force, and read back."""
    made = await robot.made(
        "/connections",
        **NEW,
        display_name="Our customers",
        enabled_clients=["web"],
        metadata={"team": "a"},
        options={"passwordPolicy": "excellent", "disable_signup": True},
    )
    assert made["id"].startswith("con_")
    assert (made["strategy"], made["realms"], made["enabled_clients"]) == ("auth0", ["Customers"], ["web"])
    assert (made["display_name"], made["metadata"]) == ("Our customers", {"team": "a"})
    assert made["options"]["passwordPolicy"] == "excellent"
    assert (made["options"]["disable_signup"], made["options"]["brute_force_protection"]) == (True, True)
    assert await robot.read(f"/connections/{made['id']}") == made


async def test_created_passwordless_connection(robot: Caller) -> None:
    """A passwordless connection has options of its own kind."""
    made = await robot.made("/connections", **MAIL, options={"totp": {"length": 8}})
    assert made["options"] == {
        "totp": {"length": 8, "time_step": 180},
        "disable_signup": False,
        "brute_force_protection": True,
    }


async def test_what_is_read_can_be_sent_back(robot: Caller) -> None:
    """Options as they are read are options that may be sent."""
    for new in (NEW, MAIL):
        made = await robot.made("/connections", **new)
        response = await robot.patch(f"/connections/{made['id']}", {"options": made["options"]})
        assert response.json() == made


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "strategy: missing; wanted one of those that exist here: auth0, email"),
        ({"name": "g", "strategy": "google-oauth2"}, "that exist here: auth0, email"),
        ({"strategy": "auth0"}, "name: missing"),
        ({**NEW, "name": "a b"}, "name: read 'a b'"),
        ({**NEW, "name": "a--b"}, "name: read 'a--b'"),
        ({**NEW, "name": "a" * 129}, "name: read "),
        ({**NEW, "display_name": "x" * 129}, "display_name: 129 characters"),
        ({**NEW, "metadata": {"a": "x" * 256}}, "metadata: 1 pairs"),
        ({**NEW, "metadata": {"a": 1}}, "metadata.a: read 1"),
        ({**NEW, "enabled_clients": ["nobody"]}, "enabled_clients[0]: no client 'nobody'"),
        ({**NEW, "enabled_clients": ["Web App"]}, "enabled_clients[0]: no client"),
        ({**NEW, "options": []}, "options: read a list"),
        ({**NEW, "options": {"passwordPolicy": "weak"}}, "options.passwordPolicy: read 'weak'"),
        ({**NEW, "options": {"totp": {}}}, "options.totp: no such field"),
        ({**MAIL, "options": {"totp": {"length": 4}}}, "options.totp.length: read 4"),
        ({**MAIL, "options": {"passwordPolicy": "low"}}, "options.passwordPolicy: no such field"),
        ({**NEW, "id": "con_mine"}, "id: no such field"),
        ({**NEW, "sealed_configuration": {"a": "b"}}, "sealed_configuration: no such field"),
    ],
)
async def test_wrong_field_is_named(world: World, robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing is made."""
    response = await robot.post("/connections", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert len(await world.platform.stores.connections.all(world.tenant_id)) == 1


@pytest.mark.parametrize("strategy", ["auth0", "email"])
async def test_name_is_taken_once(robot: Caller, strategy: str) -> None:
    """A second connection of one name is refused, of whatever strategy."""
    response = await robot.post("/connections", {"name": CONNECTION, "strategy": strategy})
    assert refused(response) == (409, "connection_conflict")


@pytest.mark.parametrize("field", ["name", "strategy"])
async def test_what_cannot_be_changed(robot: Caller, field: str) -> None:
    """Name and strategy stay what they were."""
    response = await robot.patch(DB, {field: "email"})
    assert refused(response) == (400, "invalid_body")
    assert f"{field}: cannot be changed" in response.json()["message"]


async def test_options_are_replaced_whole(robot: Caller) -> None:
    """An update of the options leaves nothing of those of before; without them they stay."""
    await robot.patch(DB, {"options": {"disable_signup": True, "passwordPolicy": "low"}})
    changed = (await robot.patch(DB, {"display_name": "Staff"})).json()
    assert (changed["options"]["disable_signup"], changed["display_name"]) == (True, "Staff")
    changed = (await robot.patch(DB, {"options": {"requires_username": True}})).json()
    assert changed["options"]["requires_username"] is True
    assert (changed["options"]["disable_signup"], changed["options"]["passwordPolicy"]) == (False, "good")
    assert changed["enabled_clients"] == ["web", "spa", "third", "kiosk"]


async def test_changed_option_counts_at_once(world: World, robot: Caller) -> None:
    """A database whose sign-up is closed by the API takes no new account."""
    await robot.patch(DB, {"options": {"disable_signup": True}})
    page = await world.browser().authorize()
    assert "/u/signup" not in page.text


async def test_stale_update_is_refused(robot: Caller) -> None:
    """If-Match of another state refuses, and nothing changes."""
    etag = (await robot.get(DB)).headers["etag"]
    await robot.patch(DB, {"display_name": "One"})
    response = await robot.patch(DB, {"display_name": "Two"}, headers={"if-match": etag})
    assert refused(response) == (412, "precondition_failed")


async def test_deleted_connection_lets_nobody_in(world: World, robot: Caller) -> None:
    """A deleted connection is gone with its users, and was the tenant's default directory."""
    await world.change_tenant(default_directory=CONNECTION)
    assert (await robot.delete(DB)).status_code == 204
    assert refused(await robot.get(DB)) == (404, "inexistent_connection")
    assert await world.platform.users.get(world.tenant_id, "auth0|ada") is None
    assert (await world.platform.tenants.get(world.tenant_id)).settings.default_directory == ""


async def test_status_of_what_is_ours(robot: Caller) -> None:
    """What is kept here is online; what is not there is not found."""
    assert (await robot.get(f"{DB}/status")).status_code == 200
    assert refused(await robot.get("/connections/con_none/status")) == (404, "inexistent_connection")


async def test_lists_by_both_kinds_of_pages(robot: Caller) -> None:
    """Connections come by offset with totals, from a checkpoint on, and bare, each once."""
    for name in ("a", "b"):
        await robot.made("/connections", name=name, strategy="auth0")
    names = [each["name"] for each in await robot.read("/connections")]
    assert names == [CONNECTION, "a", "b"]
    page = await robot.read("/connections?page=1&per_page=2&include_totals=true")
    assert [each["name"] for each in page.pop("connections")] == ["b"]
    assert page == {"start": 2, "limit": 2, "total": 3}
    first = await robot.read("/connections?take=2")
    second = await robot.read(f"/connections?take=2&from={first['next']}")
    found = [each["name"] for each in first["connections"] + second["connections"]]
    assert (sorted(found), "next" in second) == (sorted(names), False)


async def test_filters(robot: Caller) -> None:
    """Connections are found by strategies, repeated or in one, and by name; unknown ones find nothing."""
    await robot.made("/connections", **MAIL)

    async def names(query: str) -> list[str]:
        return [each["name"] for each in await robot.read(f"/connections?{query}")]

    assert await names("strategy=email") == ["email"]
    assert await names("strategy=email&strategy=auth0") == [CONNECTION, "email"]
    assert await names("strategy=email,auth0") == [CONNECTION, "email"]
    assert await names("strategy=samlp") == []
    assert await names("name=email") == ["email"]
    assert await names("name=mail") == []


async def test_chosen_fields(robot: Caller) -> None:
    """Fields are chosen or left out, in lists and of one."""
    assert await robot.read("/connections?fields=name,id") == [{"id": "con_db", "name": CONNECTION}]
    found = await robot.read(f"{DB}?fields=options&include_fields=false")
    assert "options" not in found
    assert found["name"] == CONNECTION


async def test_enabled_by_the_connection(world: World, robot: Caller) -> None:
    """A connection that is enabled for a client by its own fields serves it, and no other."""
    await robot.patch(DB, {"enabled_clients": ["spa"]})
    assert await world.platform.connections.serves(world.tenant_id, CONNECTION, "spa")
    refusal = await world.browser().bring_password(password=PASSWORD)
    assert refusal.status_code == 400


async def test_change_is_told(world: World, robot: Caller) -> None:
    """The audit log says which field of the connection changed, before and after."""
    await robot.patch(DB, {"display_name": "Staff"})
    (told,) = await world.logs(limit=1)
    assert (told.type, told.client_id, told.description) == ("sapi", "robot", "Update a connection")
    (step,) = told.details["changes"]
    assert (step["kind"], step["fields"]) == ("database", {"display_name": {"after": "Staff"}})


async def test_made_database_is_used(world: World, robot: Caller) -> None:
    """A database that was made and enabled here is the one that a page is for."""
    await robot.made("/connections", **NEW, enabled_clients=["web"], realms=["customers.test"])
    page = await world.browser().authorize(connection="Customers", screen_hint="signup")
    assert page.status_code == 200
    assert "/u/signup" in str(page.url)
