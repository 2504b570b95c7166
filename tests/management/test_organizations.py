"""``/api/v2/organizations``: made, found, changed, deleted."""

from typing import Any

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

NEW: dict[str, Any] = {
    "name": "acme",
    "display_name": "Acme Ltd",
    "branding": {
        "logo_url": "https://acme.example.test/logo.png",
        "colors": {"primary": "#102030", "page_background": "#ffffff"},
    },
    "metadata": {"plan": "gold"},
}


async def test_created_organization(robot: Caller) -> None:
    """A created organization is answered whole, and read back by id and by name."""
    made = await robot.made("/organizations", **NEW)
    assert made == {"id": made["id"], **NEW}
    assert made["id"].startswith("org_")
    assert await robot.read(f"/organizations/{made['id']}") == made
    assert await robot.read("/organizations/name/acme") == made


async def test_created_with_a_connection(robot: Caller) -> None:
    """Connections may be enabled while an organization is created."""
    enabled = {"connection_id": "con_db", "assign_membership_on_login": True, "is_signup_enabled": True}
    made = await robot.made("/organizations", name="acme", enabled_connections=[enabled])
    (found,) = await robot.read(f"/organizations/{made['id']}/enabled_connections")
    assert found.items() >= enabled.items()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "name: missing"),
        ({"name": "Acme"}, "name: read 'Acme'"),
        ({"name": "org_acme"}, "name: read 'org_acme'"),
        ({"name": "a" * 51}, "name: read "),
        ({"name": "a", "id": "org_mine"}, "id: no such field"),
        ({"name": "a", "display_name": "x" * 256}, "display_name: 256 characters"),
        ({"name": "a", "branding": {"logo_url": "http://a.test/"}}, "branding.logo_url: "),
        ({"name": "a", "branding": {"colors": {"primary": "red"}}}, "branding.colors.primary: "),
        ({"name": "a", "branding": {"font": "x"}}, "branding.font: no such field"),
        ({"name": "a", "metadata": {"x": 1}}, "metadata.x: read 1"),
        ({"name": "a", "metadata": {str(n): "" for n in range(26)}}, "metadata: 26 fields"),
        ({"name": "a", "metadata": {"x": "y" * 256}}, "metadata.x: "),
        (
            {"name": "a", "enabled_connections": [{"connection_id": "con_x"}]},
            "enabled_connections[0].connection_id: no connection 'con_x'",
        ),
        (
            {"name": "a", "enabled_connections": [{"connection_id": "con_db", "is_signup_enabled": True}]},
            "enabled_connections[0].is_signup_enabled: ",
        ),
    ],
)
async def test_wrong_field_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing is made."""
    response = await robot.post("/organizations", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read("/organizations") == []


async def test_name_is_taken_once(robot: Caller) -> None:
    """A second organization of one name is refused, be it created or renamed."""
    await robot.made("/organizations", **NEW)
    other = await robot.made("/organizations", name="other")
    assert refused(await robot.post("/organizations", {"name": "acme"})) == (409, "organization_conflict")
    response = await robot.patch(f"/organizations/{other['id']}", {"name": "acme"})
    assert refused(response) == (409, "organization_conflict")


async def test_updated_organization(robot: Caller) -> None:
    """What is sent is changed, metadata field by field; null takes away; what is not sent stays."""
    made = await robot.made("/organizations", **NEW)
    changes = {"name": "acme-2", "display_name": None, "metadata": {"plan": None, "seats": "5"}}
    response = await robot.patch(f"/organizations/{made['id']}", changes)
    assert response.json() == {
        "id": made["id"],
        "name": "acme-2",
        "branding": NEW["branding"],
        "metadata": {"seats": "5"},
    }
    assert await robot.read("/organizations/name/acme-2") == response.json()
    assert refused(await robot.get("/organizations/name/acme")) == (404, "inexistent_organization")


async def test_connections_have_an_address_of_their_own(robot: Caller) -> None:
    """An update cannot touch connections, and says where they are changed."""
    made = await robot.made("/organizations", **NEW)
    response = await robot.patch(f"/organizations/{made['id']}", {"enabled_connections": []})
    assert refused(response) == (400, "invalid_body")
    assert "/organizations/{id}/enabled_connections" in response.json()["message"]


async def test_stale_update_is_refused(robot: Caller) -> None:
    """If-Match of another state refuses, and nothing changes."""
    path = f"/organizations/{(await robot.made('/organizations', **NEW))['id']}"
    etag = (await robot.get(path)).headers["etag"]
    await robot.patch(path, {"display_name": "Another"})
    response = await robot.patch(path, {"name": "late"}, headers={"if-match": etag})
    assert refused(response) == (412, "precondition_failed")
    assert (await robot.read(path))["name"] == "acme"


async def test_deleted_organization_takes_everything_along(world: World, robot: Caller) -> None:
    """With an organization go its members, their roles there, and its invitations."""
    made = await robot.made("/organizations", **NEW)
    path = f"/organizations/{made['id']}"
    await robot.post(f"{path}/members", {"members": ["auth0|ada"]})
    await robot.post(f"{path}/members/auth0%7Cada/roles", {"roles": ["rol_reader"]})
    assert (await robot.delete(path)).status_code == 204
    assert refused(await robot.get(path)) == (404, "inexistent_organization")
    for table in ("organizations", "organization_members", "organization_roles", "invitations"):
        assert world.rows(f"SELECT * FROM {table}") == []


async def test_list_sorted_and_by_both_kinds_of_pages(robot: Caller) -> None:
    """Organizations come by name or as they are sorted, by offset with totals or from a checkpoint on."""
    for name, display in (("b", "Alpha"), ("a", "Beta"), ("c", "Gamma")):
        await robot.made("/organizations", name=name, display_name=display)
    assert [each["name"] for each in await robot.read("/organizations")] == ["a", "b", "c"]
    down = await robot.read("/organizations?sort=display_name:-1")
    assert [each["name"] for each in down] == ["c", "a", "b"]
    page = await robot.read("/organizations?per_page=2&page=1&include_totals=true")
    assert [each["name"] for each in page.pop("organizations")] == ["c"]
    assert page == {"start": 2, "limit": 2, "total": 3}
    first = await robot.read("/organizations?take=2")
    second = await robot.read(f"/organizations?take=2&from={first['next']}")
    assert {each["name"] for each in first["organizations"] + second["organizations"]} == {"a", "b", "c"}
    assert "next" not in second
    assert refused(await robot.get("/organizations?sort=size:1")) == (400, "invalid_query_string")


async def test_summary_is_less(world: World, robot: Caller) -> None:
    """The scope for summaries shows what organizations are called, and nothing else."""
    made = await robot.made("/organizations", **NEW)
    some = await caller(world, "read:organizations_summary")
    assert await some.read("/organizations") == [
        {"id": made["id"], "name": "acme", "display_name": "Acme Ltd"}
    ]


async def test_changes_are_in_the_log(robot: Caller, world: World) -> None:
    """What is done to an organization is told with its name and fields before and after."""
    made = await robot.made("/organizations", **NEW)
    await robot.patch(f"/organizations/{made['id']}", {"display_name": "Acme Inc"})
    newest, *_ = await world.logs()
    assert (newest.type, newest.description) == ("sapi", "Update an organization")
    (change,) = newest.details["changes"]
    assert change["fields"] == {"display_name": {"before": "Acme Ltd", "after": "Acme Inc"}}
