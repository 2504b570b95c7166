"""Client grants, clients and domains of organizations."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import API, World, claims_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

GRANT = {"grant_id": "cgr_web"}


@pytest.fixture
async def acme(robot: Caller) -> str:
    """The path of an organization."""
    return f"/organizations/{(await robot.made('/organizations', name='acme'))['id']}"


async def test_associated_grant_through_its_life(world: World, robot: Caller, acme: str) -> None:
    """A grant that is for organizations is associated, listed from both ends, used, and removed."""
    await robot.patch("/client-grants/cgr_web", {"organization_usage": "require"})
    made = await robot.made(f"{acme}/client-grants", **GRANT)
    assert (made["id"], made["organization_usage"]) == ("cgr_web", "require")
    page = await robot.read(f"{acme}/client-grants?include_totals=true&client_id=web")
    assert page == {"start": 0, "limit": 50, "total": 1, "client_grants": [made]}
    assert await robot.read(f"{acme}/client-grants?audience=urn:other") == []
    assert await robot.read(f"{acme}/client-grants?grant_ids=cgr_x,cgr_web") == [made]
    (found,) = await robot.read("/client-grants/cgr_web/organizations")
    assert found["name"] == "acme"
    first = await robot.read("/client-grants/cgr_web/organizations?take=1")
    assert first == {"organizations": [found]}
    answer = await world.browser().token(
        grant_type="client_credentials", audience=API, organization=found["id"]
    )
    assert claims_of(answer.json()["access_token"])["org_id"] == found["id"]
    assert (await robot.delete(f"{acme}/client-grants/cgr_web")).status_code == 204
    assert await robot.read(f"{acme}/client-grants") == []


async def test_grant_is_associated_once(robot: Caller, acme: str) -> None:
    """A grant is associated once, must be there, and must be for organizations."""
    path = f"{acme}/client-grants"
    response = await robot.post(path, GRANT)
    assert refused(response) == (400, "invalid_body")
    assert "grant_id: the grant is for no organization" in response.json()["message"]
    response = await robot.post(path, {"grant_id": "cgr_x"})
    assert "grant_id: no client grant 'cgr_x'" in response.json()["message"]
    await robot.patch("/client-grants/cgr_web", {"organization_usage": "allow"})
    await robot.made(path, **GRANT)
    assert refused(await robot.post(path, GRANT)) == (409, "organization_client_grant_conflict")
    assert refused(await robot.delete(f"{path}/cgr_x")) == (404, "inexistent_organization_client_grant")


async def test_grant_keeps_what_is_not_sent(robot: Caller) -> None:
    """An update of scopes leaves what a grant says of organizations; lists may be filtered by it."""
    changes = {"organization_usage": "allow", "allow_any_organization": True}
    await robot.patch("/client-grants/cgr_web", changes)
    found = (await robot.patch("/client-grants/cgr_web", {"scope": []})).json()
    assert found.items() >= changes.items()
    any_organization = await robot.read("/client-grants?allow_any_organization=true")
    assert [each["id"] for each in any_organization] == ["cgr_web"]


async def test_associated_client_through_its_life(robot: Caller, acme: str) -> None:
    """A client is associated, read, listed, changed and removed."""
    path = f"{acme}/clients"
    (made,) = await robot_made(robot, path, {"clients": [{"client_id": "web"}]})
    assert (made["client_id"], made["use_for_member_access"]) == ("web", False)
    assert made["client"]["name"] == "Web App"
    assert await robot.read(f"{path}/web") == made
    assert await robot.read(path) == await robot.read(f"{path}?take=5") == {"clients": [made]}
    changed = (await robot.patch(f"{path}/web", {"use_for_member_access": True})).json()
    assert changed == {**made, "use_for_member_access": True}
    assert (await robot.delete(path, json={"clients": ["web", "nobody"]})).status_code == 204
    assert refused(await robot.get(f"{path}/web")) == (404, "inexistent_organization_client")


async def robot_made(robot: Caller, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """A list that a call creates."""
    response = await robot.post(path, body)
    assert response.status_code == 201, response.text
    found: list[dict[str, Any]] = response.json()
    return found


@pytest.mark.parametrize(
    ("clients", "told"),
    [
        ([], "clients: 0 clients"),
        ([{"client_id": "nobody"}], "clients[0].client_id: no client 'nobody'"),
        ([{"client_id": "web"}, {"client_id": "web"}], "clients[1].client_id: stands there twice"),
        ([{}], "clients[0].client_id: missing"),
        (["web"], "clients[0]: read 'web'"),
    ],
)
async def test_wrong_clients_are_named(robot: Caller, acme: str, clients: list[Any], told: str) -> None:
    """Clients that cannot be associated are refused by their path; one twice is a conflict."""
    response = await robot.post(f"{acme}/clients", {"clients": clients})
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]


async def test_client_is_associated_once(robot: Caller, acme: str) -> None:
    """A client that is associated is not associated again."""
    body = {"clients": [{"client_id": "web"}]}
    await robot_made(robot, f"{acme}/clients", body)
    assert refused(await robot.post(f"{acme}/clients", body)) == (409, "organization_client_conflict")


async def test_domain_through_its_life(robot: Caller, acme: str) -> None:
    """A domain is added, read by id and by name, listed, changed and removed."""
    path = f"{acme}/discovery-domains"
    made = await robot.made(path, domain="acme.example")
    assert (made["status"], made["use_for_organization_discovery"]) == ("pending", True)
    assert await robot.read(f"{path}/{made['id']}") == made
    assert await robot.read(f"{path}/name/acme.example") == made
    assert await robot.read(path) == await robot.read(f"{path}?take=5") == {"domains": [made]}
    changed = (await robot.patch(f"{path}/{made['id']}", {"status": "verified"})).json()
    assert changed == {**made, "status": "verified"}
    assert refused(await robot.post(path, {"domain": "acme.example"})) == (
        409,
        "organization_discovery_domain_conflict",
    )
    assert (await robot.delete(f"{path}/{made['id']}")).status_code == 204
    assert refused(await robot.get(f"{path}/name/acme.example")) == (
        404,
        "inexistent_organization_discovery_domain",
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "domain: missing"),
        ({"domain": "acme"}, "domain: read 'acme'"),
        ({"domain": "Acme.example"}, "domain: read 'Acme.example'"),
        ({"domain": "acme.example", "status": "yes"}, "status: read 'yes'"),
        ({"domain": "acme.example", "id": "od_1"}, "id: no such field"),
    ],
)
async def test_wrong_domain_is_named(robot: Caller, acme: str, body: dict[str, Any], told: str) -> None:
    """A domain that is none is refused by the path of the field."""
    response = await robot.post(f"{acme}/discovery-domains", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
