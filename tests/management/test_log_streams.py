"""``/api/v2/log-streams``: where the audit log is sent, and what becomes of the secrets on the way."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import World

from gatewright.log_streams import MASK, SinkSecrets

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

HOOK = "https://hooks.example.test/logs?from=us"
BEARER = "Bearer kept-secret-0123456789"
KEY = {"header": "X-Api-Key", "value": "kept-key-0123456789"}
SINK = {"httpEndpoint": HOOK, "httpAuthorization": BEARER, "httpCustomHeaders": [KEY]}
NEW: dict[str, Any] = {"name": "Ours", "type": "http", "sink": SINK}
OTHER_KINDS = ["datadog", "eventbridge", "eventgrid", "mixpanel", "segment", "splunk", "sumo"]
FILTERS = [{"type": "category", "name": "auth.login.fail"}]
MASKED = [{"header": "X-Api-Key", "value": MASK}]
SHOWN = {
    "httpEndpoint": HOOK,
    "httpContentType": "application/json",
    "httpContentFormat": "JSONLINES",
    "httpAuthorization": MASK,
    "httpCustomHeaders": MASKED,
}


async def secrets_of(world: World) -> SinkSecrets:
    """What the only stream sends along."""
    (stream,) = await world.platform.log_streams.all(world.tenant_id)
    return world.platform.log_streams.secrets(world.tenant_id, stream)


async def test_created_stream(world: World, robot: Caller) -> None:
    """A created stream is answered whole, its secrets masked, and read back, alone and in the list."""
    made = await robot.made("/log-streams", **NEW, isPriority=True, filters=FILTERS)
    assert made == {
        "id": made["id"],
        "name": "Ours",
        "type": "http",
        "status": "active",
        "isPriority": True,
        "filters": FILTERS,
        "sink": SHOWN,
    }
    assert made["id"].startswith("lst_")
    assert await robot.read(f"/log-streams/{made['id']}") == made
    assert await robot.read("/log-streams") == [made]
    secrets = await secrets_of(world)
    assert (secrets.authorization, secrets.header("x-api-key")) == (BEARER, KEY["value"])


async def test_secrets_are_kept_sealed(world: World, robot: Caller) -> None:
    """No secret of a sink is in the database in clear, nor in the audit log (CVE-2026-15943's kin)."""
    made = await robot.made("/log-streams", **NEW)
    await robot.patch(f"/log-streams/{made['id']}", {"sink": {"httpAuthorization": "Bearer another-one"}})
    dump = "\n".join(world.dump())
    assert HOOK in dump
    assert not [text for text in (BEARER, KEY["value"], "another-one") if text in dump]


async def test_change_is_told(world: World, robot: Caller) -> None:
    """Creation, update and deletion leave their entries in the audit log."""
    made = await robot.made("/log-streams", **NEW)
    await robot.patch(f"/log-streams/{made['id']}", {"status": "paused"})
    await robot.delete(f"/log-streams/{made['id']}")
    told = [each.description for each in await world.logs() if each.event == "ConfigurationChanged"]
    assert told == ["Delete a log stream", "Update a log stream", "Create a log stream"]


@pytest.mark.parametrize(
    ("sink", "authorization", "key"),
    [
        ({"httpContentType": "text/plain"}, BEARER, KEY["value"]),
        ({"httpEndpoint": HOOK, "httpAuthorization": MASK}, BEARER, KEY["value"]),
        ({"httpCustomHeaders": [{"header": "x-api-key", "value": MASK}]}, BEARER, KEY["value"]),
        ({"httpAuthorization": "Bearer new"}, "Bearer new", KEY["value"]),
        ({"httpCustomHeaders": [{"header": "X-Api-Key", "value": "new"}]}, BEARER, "new"),
        ({"httpAuthorization": None}, "", KEY["value"]),
        ({"httpAuthorization": "", "httpCustomHeaders": None}, "", None),
        ({"httpCustomHeaders": []}, BEARER, None),
    ],
    ids=["another-field", "masked", "masked-header", "new", "new-header", "null", "all-gone", "no-headers"],
)
async def test_secrets_after_an_update(
    world: World, robot: Caller, sink: dict[str, Any], authorization: str, key: str | None
) -> None:
    """What is not sent, or sent as its mask, stays; what is sent is in its place; null takes it away."""
    made = await robot.made("/log-streams", **NEW)
    response = await robot.patch(f"/log-streams/{made['id']}", {"sink": sink})
    assert response.status_code == 200, response.text
    secrets = await secrets_of(world)
    assert (secrets.authorization, secrets.header("X-Api-Key")) == (authorization, key)
    shown = response.json()["sink"]
    assert ("httpAuthorization" in shown, "httpCustomHeaders" in shown) == (bool(authorization), bool(key))


ELSEWHERE = "https://elsewhere.example.test/"


@pytest.mark.parametrize(
    ("sink", "field"),
    [
        ({"httpEndpoint": ELSEWHERE}, "sink.httpAuthorization"),
        ({"httpEndpoint": ELSEWHERE, "httpCustomHeaders": MASKED}, "httpCustomHeaders[0].value"),
        ({"httpEndpoint": ELSEWHERE, "httpAuthorization": MASK, "httpCustomHeaders": []}, "Authorization"),
        ({"httpEndpoint": ELSEWHERE, "httpAuthorization": "Bearer new"}, "httpCustomHeaders[0].value"),
        ({"httpEndpoint": f"{HOOK}&x=y"}, "sink.httpAuthorization"),
    ],
    ids=["left-out", "masked-headers", "masked", "half", "another-query"],
)
async def test_secret_does_not_follow_to_another_endpoint(
    world: World, robot: Caller, sink: dict[str, Any], field: str
) -> None:
    """A secret that is held is not sent where it was not given for (CVE-2026-15943)."""
    made = await robot.made("/log-streams", **NEW)
    response = await robot.patch(f"/log-streams/{made['id']}", {"sink": sink})
    assert refused(response) == (400, "invalid_body")
    assert field in response.json()["message"]
    assert "httpEndpoint" in response.json()["message"]
    (stream,) = await world.platform.log_streams.all(world.tenant_id)
    assert stream.sink.http_endpoint == HOOK


async def test_another_endpoint_with_its_own_secrets(world: World, robot: Caller) -> None:
    """Another endpoint is taken with secrets of its own, or with none."""
    made = await robot.made("/log-streams", **NEW)
    own = {"httpEndpoint": ELSEWHERE, "httpAuthorization": "Bearer theirs", "httpCustomHeaders": []}
    assert (await robot.patch(f"/log-streams/{made['id']}", {"sink": own})).status_code == 200
    assert await secrets_of(world) == SinkSecrets(authorization="Bearer theirs")
    none = {"httpEndpoint": HOOK, "httpAuthorization": None}
    assert (await robot.patch(f"/log-streams/{made['id']}", {"sink": none})).status_code == 200
    assert await secrets_of(world) == SinkSecrets()


def with_sink(**fields: Any) -> dict[str, Any]:
    return {**NEW, "sink": {"httpEndpoint": HOOK, **fields}}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "name: missing"),
        ({**NEW, "name": " "}, "name: 1 characters"),
        ({**NEW, "type": "pigeon"}, "type: read "),
        ({**NEW, "status": "on"}, "status: read "),
        ({**NEW, "sink": {}}, "sink.httpEndpoint: missing"),
        ({**NEW, "sink": "https://a.test"}, "sink: read "),
        ({**NEW, "pii_config": {}}, "pii_config: no such field"),
        ({**NEW, "id": "lst_mine"}, "id: no such field"),
        ({**NEW, "startFrom": "yesterday"}, "startFrom: read "),
        ({**NEW, "filters": [{"type": "category", "name": "weather"}]}, "filters[0].name: read "),
        ({**NEW, "filters": [{"name": "user.fail", "more": 1}]}, "filters[0].more: no such field"),
        (with_sink(httpEndpoint="http://hooks.example.test/"), "sink.httpEndpoint: read "),
        (with_sink(httpEndpoint="https://u:p@hooks.example.test/"), "sink.httpEndpoint: read "),
        (with_sink(httpEndpoint="https://a.test/" + "x" * 2_000), "sink.httpEndpoint: read "),
        (with_sink(httpContentType="json"), "sink.httpContentType: read "),
        (with_sink(httpContentType="a/b\r\nX: y"), "sink.httpContentType: read "),
        (with_sink(httpContentFormat="XML"), "sink.httpContentFormat: read "),
        (with_sink(httpAuthorization="a\r\nX: y"), "sink.httpAuthorization: read a value that is not shown"),
        (with_sink(httpAuthorization="x" * 4_097), "sink.httpAuthorization: read a value that is not"),
        (with_sink(httpAuthorization=5), "sink.httpAuthorization: read a value that is not shown"),
        (with_sink(httpAuthorization=MASK), "sink.httpAuthorization: is what stands for"),
        (with_sink(httpCustomHeaders=[{"header": "a b", "value": "c"}]), "httpCustomHeaders[0].header"),
        (with_sink(httpCustomHeaders=[{"header": "Host", "value": "c"}]), "is set by the server"),
        (with_sink(httpCustomHeaders=[{"header": "a", "value": MASK}]), "httpCustomHeaders[0].value"),
        (with_sink(httpCustomHeaders=[{"header": "a", "value": "é"}]), "httpCustomHeaders[0].value"),
        (with_sink(httpCustomHeaders=[KEY, {**KEY, "header": "x-api-key"}]), "stands here twice"),
        (with_sink(httpCustomHeaders=[{"header": f"x{n}", "value": "v"} for n in range(21)]), "21 headers"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing is made."""
    response = await robot.post("/log-streams", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read("/log-streams") == []


@pytest.mark.parametrize("kind", OTHER_KINDS)
async def test_other_types_are_not_there(robot: Caller, kind: str) -> None:
    """A type of the wire that nobody delivers to is refused by name."""
    response = await robot.post("/log-streams", {"name": "x", "type": kind, "sink": {"datadogApiKey": "k"}})
    assert refused(response) == (403, "operation_not_supported")
    assert kind in response.json()["message"]
    assert "http" in response.json()["message"]


async def test_what_cannot_be_changed(robot: Caller) -> None:
    """Type and start are decided at creation."""
    made = await robot.made("/log-streams", **NEW)
    for field in ("type", "startFrom", "id"):
        response = await robot.patch(f"/log-streams/{made['id']}", {field: "http"})
        assert refused(response) == (400, "invalid_body")


async def test_updated_stream(robot: Caller) -> None:
    """Another name, status and filters are in force; null brings filters back to none."""
    made = await robot.made("/log-streams", **NEW)
    sent = {"name": "Theirs", "status": "paused", "filters": FILTERS}
    response = await robot.patch(f"/log-streams/{made['id']}", sent)
    assert response.json() == {**made, **sent}
    response = await robot.patch(f"/log-streams/{made['id']}", {"filters": None})
    assert response.json()["filters"] == []


async def test_name_is_taken_once(robot: Caller) -> None:
    """A second stream of one name is refused, be it created or renamed."""
    await robot.made("/log-streams", **NEW)
    other = await robot.made("/log-streams", **{**NEW, "name": "Other"})
    assert refused(await robot.post("/log-streams", NEW)) == (409, "log_stream_conflict")
    response = await robot.patch(f"/log-streams/{other['id']}", {"name": "Ours"})
    assert refused(response) == (409, "log_stream_conflict")


async def test_most_streams(robot: Caller) -> None:
    """A tenant has ten streams at most."""
    for number in range(10):
        await robot.made("/log-streams", **{**NEW, "name": f"Stream {number}"})
    assert refused(await robot.post("/log-streams", NEW)) == (409, "log_stream_limit")


async def test_stale_update_is_refused(robot: Caller) -> None:
    """If-Match of another state refuses, and nothing changes."""
    made = await robot.made("/log-streams", **NEW)
    one = f"/log-streams/{made['id']}"
    etag = (await robot.get(one)).headers["etag"]
    await robot.patch(one, {"status": "paused"})
    response = await robot.patch(one, {"name": "late"}, headers={"if-match": etag})
    assert refused(response) == (412, "precondition_failed")
    assert (await robot.read(one))["name"] == "Ours"


async def test_deleted_stream(world: World, robot: Caller) -> None:
    """A deleted stream is gone, with everything that is known of it."""
    made = await robot.made("/log-streams", **NEW)
    assert (await robot.delete(f"/log-streams/{made['id']}")).status_code == 204
    assert refused(await robot.get(f"/log-streams/{made['id']}")) == (404, "inexistent_log_stream")
    assert world.rows("SELECT * FROM log_progress") == []
