"""``/api/v2/client-grants``: which client may ask for what for itself."""

from typing import Any

import pytest
from tests.support.management import AUDIENCE, EVERYTHING, Caller, caller, put_grant, refused
from tests.support.world import API, World

from gatewright.provisioning import DEVELOPMENT_CLIENT

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

NEW = {"client_id": "third", "audience": API, "scope": ["read:timesheets"]}


async def test_created_grant(robot: Caller) -> None:
    """A created grant is answered whole and read back."""
    made = await robot.made("/client-grants", **NEW)
    assert {name: made[name] for name in NEW} == NEW
    assert made["id"].startswith("cgr_")
    assert (made["subject_type"], made["organization_usage"]) == ("client", "deny")
    assert await robot.read(f"/client-grants/{made['id']}") == made


async def test_pair_is_granted_once(robot: Caller) -> None:
    """A second grant for the same client and API is refused."""
    await robot.made("/client-grants", **NEW)
    assert refused(await robot.post("/client-grants", NEW)) == (409, "client_grant_conflict")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "client_id: missing"),
        ({**NEW, "client_id": "nobody"}, "client_id: no client 'nobody'"),
        ({**NEW, "client_id": "Third Party"}, "client_id: no client 'Third Party'"),
        ({**NEW, "audience": "https://nowhere.test/"}, "audience: no API"),
        ({**NEW, "scope": ["fly"]}, "scope[0]: "),
        ({**NEW, "scope": "read:timesheets"}, "scope: read "),
        ({**NEW, "subject_type": "user"}, "subject_type: read 'user'"),
        ({**NEW, "id": "cgr_mine"}, "id: no such field"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field."""
    response = await robot.post("/client-grants", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]


async def test_updated_grant_counts_at_once(world: World, robot: Caller) -> None:
    """The scopes of a grant are changed, and the next token has them."""
    response = await robot.patch("/client-grants/cgr_web", {"scope": ["create:timesheets"]})
    assert response.json()["scope"] == ["create:timesheets"]
    answer = await world.browser().token(grant_type="client_credentials", audience=API)
    assert answer.json()["scope"] == "create:timesheets"


@pytest.mark.parametrize("field", ["client_id", "audience"])
async def test_whom_it_is_for_cannot_be_changed(robot: Caller, field: str) -> None:
    """A grant keeps its client and its API."""
    response = await robot.patch("/client-grants/cgr_web", {field: NEW[field]})
    assert refused(response) == (400, "invalid_body")


async def test_deleted_grant(world: World, robot: Caller) -> None:
    """A deleted grant is gone, and the client gets no more tokens by it."""
    assert (await robot.delete("/client-grants/cgr_web")).status_code == 204
    assert refused(await robot.get("/client-grants/cgr_web")) == (404, "inexistent_client_grant")
    answer = await world.browser().token(grant_type="client_credentials", audience=API)
    assert answer.json()["error"] == "access_denied"


async def test_grant_withdrawn_stops_tokens_that_are_out(world: World, robot: Caller) -> None:
    """A token for the management API may do what its grant still gives at the moment of the call."""
    await put_grant(world, ("read:clients",))
    assert (await robot.get("/clients")).status_code == 200
    assert refused(await robot.delete("/clients/web")) == (403, "insufficient_scope")
    await put_grant(world, EVERYTHING)
    assert (await robot.delete("/clients/web")).status_code == 204


async def test_grant_of_the_system_cannot_be_made_or_changed(robot: Caller) -> None:
    """The development client's grant is the system's."""
    body = {"client_id": DEVELOPMENT_CLIENT, "audience": AUDIENCE, "scope": []}
    assert refused(await robot.post("/client-grants", body)) == (403, "operation_not_supported")


async def test_list_filters(world: World, robot: Caller) -> None:
    """Grants are filtered by client and by API."""
    await robot.made("/client-grants", **NEW)
    by_client = await robot.read("/client-grants?client_id=third")
    by_api = await robot.read(f"/client-grants?audience={API}")
    assert [each["client_id"] for each in by_client] == ["third"]
    assert {each["client_id"] for each in by_api} == {"web", "third"}
    assert await robot.read("/client-grants?subject_type=user") == []


async def test_checkpoints_lead_through_the_whole_list(robot: Caller) -> None:
    """Page by page, each grant is met once, and the last page has no next."""
    await robot.made("/client-grants", **NEW)
    everything = {each["id"] for each in await robot.read("/client-grants")}
    seen, following = [], ""
    while True:
        page = await robot.read(f"/client-grants?take=1{following}")
        seen += [each["id"] for each in page["client_grants"]]
        if "next" not in page:
            break
        following = f"&from={page['next']}"
    assert len(seen) == len(everything) == 3
    assert set(seen) == everything


async def test_scope_that_is_missing_is_named(world: World) -> None:
    """A refusal for want of a scope names it."""
    reader = await caller(world, "read:clients")
    response = await reader.get("/client-grants")
    assert refused(response) == (403, "insufficient_scope")
    assert response.json()["message"] == "Insufficient scope; expected any of: read:client_grants"
