"""``/api/v2/refresh-tokens`` and ``/users/{id}/refresh-tokens``: which refresh tokens there are."""

from typing import Any

import pytest
from tests.support.access import ADA, signed_in
from tests.support.legacy import make_legacy
from tests.support.management import Caller, caller, refused
from tests.support.protocol import spa_tokens
from tests.support.world import API, ISSUER, SECRET, World

from gatewright.clients.model import RefreshTokenSettings

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

DAY = 86_400
GONE = (404, "inexistent_refresh_token")


async def of_spa(world: World) -> str:
    """The id of a refresh token that Ada's single-page application got."""
    tokens = await spa_tokens(world.browser(), scope="openid offline_access")
    return str(tokens["refresh_token"]).partition(".")[0]


async def test_token_is_read(world: World, robot: Caller) -> None:
    """A refresh token is read by its id: whose, for what, since when and until when, got where."""
    ada = await signed_in(world, audience=API)
    found = await robot.read(f"/refresh-tokens/{ada.grant_id}")
    assert (found["id"], found["user_id"], found["client_id"]) == (ada.grant_id, "auth0|ada", "web")
    assert (found["session_id"], found["rotating"]) == (ada.sid, True)
    assert found["resource_servers"] == [{"audience": API, "scopes": "openid offline_access"}]
    assert found["device"] == {"initial_ip": "203.0.113.7", "initial_user_agent": "Browser/1"}
    assert found["created_at"] < found["idle_expires_at"] < found["expires_at"]
    assert "last_exchanged_at" not in found


async def test_token_is_shown_nowhere(world: World, robot: Caller) -> None:
    """No answer holds what would refresh, and a token is no id."""
    ada = await signed_in(world)
    token = ada.tokens["refresh_token"]
    texts = [
        (await robot.get(f"/refresh-tokens/{ada.grant_id}")).text,
        (await robot.get(f"{ADA}/refresh-tokens")).text,
        (await robot.get(f"/refresh-tokens/{token}")).text,
    ]
    assert not any(token.rpartition(".")[2] in text for text in texts)


async def test_exchanged_token(world: World, robot: Caller) -> None:
    """A token that was replaced keeps its id; the last exchange is told, and the idle end moves on."""
    ada = await signed_in(world)
    before = await robot.read(f"/refresh-tokens/{ada.grant_id}")
    world.clock.advance(60)
    assert await ada.can_refresh()
    after = await robot.read(f"/refresh-tokens/{ada.grant_id}")
    assert after["last_exchanged_at"] > after["created_at"] == before["created_at"]
    assert after["idle_expires_at"] > before["idle_expires_at"]
    assert after["expires_at"] == before["expires_at"]


async def test_token_without_end(world: World, robot: Caller) -> None:
    """A token that neither rotates nor expires says so."""
    endless = RefreshTokenSettings(rotation_type="non-rotating", expiration_type="non-expiring")
    await world.change_client("web", refresh_token=endless)
    found = await robot.read(f"/refresh-tokens/{(await signed_in(world)).grant_id}")
    assert not found["rotating"]
    assert not {"expires_at", "idle_expires_at"} & set(found)
    assert found["resource_servers"][0]["audience"] == f"{ISSUER}userinfo"


async def test_token_of_the_legacy_pipeline(world: World, robot: Caller) -> None:
    """Tokens of the legacy pipeline do not rotate, whatever their client is set to."""
    await make_legacy(world)
    ada = await signed_in(world, device="phone")
    assert not (await robot.read(f"/refresh-tokens/{ada.grant_id}"))["rotating"]


async def test_list_of_user(world: World, robot: Caller) -> None:
    """A user's tokens come page by page, the oldest first, from either address."""
    ids = []
    for _ in range(3):
        ids.append((await signed_in(world)).grant_id)
        world.clock.advance(1)
    for path, plural in (
        (f"{ADA}/refresh-tokens?", "tokens"),
        ("/refresh-tokens?user_id=auth0%7Cada&", "refresh_tokens"),
    ):
        first = await robot.read(f"{path}take=2&include_totals=true")
        second = await robot.read(f"{path}take=2&from={first['next']}")
        assert [each["id"] for each in first[plural] + second[plural]] == ids
        assert "next" not in second


async def test_list_of_client(world: World, robot: Caller) -> None:
    """The list can be narrowed to an application, and to some fields."""
    await signed_in(world)
    spa = await of_spa(world)
    path = "/refresh-tokens?user_id=auth0%7Cada&client_id=spa"
    assert [each["id"] for each in (await robot.read(path))["refresh_tokens"]] == [spa]
    chosen = await robot.read(f"{path}&fields=client_id&include_fields=true")
    assert chosen == {"refresh_tokens": [{"client_id": "spa"}]}


async def test_list_wants_a_user(robot: Caller) -> None:
    """Tokens are listed of one user, who must be named."""
    response = await robot.get("/refresh-tokens?take=50")
    assert refused(response) == (400, "invalid_query_string")
    assert "user_id" in response.json()["message"]


async def test_what_is_over_is_not_listed(world: World, robot: Caller) -> None:
    """Expired and revoked tokens are gone at once, although their rows stay for a while."""
    expired, revoked = await signed_in(world), await signed_in(world)
    await revoked.browser.post(
        "/oauth/revoke",
        data={"token": revoked.tokens["refresh_token"], "client_id": "web", "client_secret": SECRET},
    )
    assert refused(await robot.get(f"/refresh-tokens/{revoked.grant_id}")) == (
        404,
        "inexistent_refresh_token",
    )
    world.clock.advance(16 * DAY)
    robot = await caller(world)
    assert refused(await robot.get(f"/refresh-tokens/{expired.grant_id}")) == (
        404,
        "inexistent_refresh_token",
    )
    assert await robot.read(f"{ADA}/refresh-tokens") == {"tokens": []}


async def test_metadata_outlives_a_refresh(world: World, robot: Caller) -> None:
    """Metadata is replaced whole, outlives a refresh, and null clears it."""
    ada = await signed_in(world)
    path = f"/refresh-tokens/{ada.grant_id}"
    for metadata in ({"device": "phone", "seat": "4"}, {"device": "tablet"}):
        changed = await robot.patch(path, {"refresh_token_metadata": metadata})
        assert changed.json()["refresh_token_metadata"] == metadata
    assert await ada.can_refresh()
    assert (await robot.read(path))["refresh_token_metadata"] == {"device": "tablet"}
    assert "refresh_token_metadata" not in (await robot.patch(path, {"refresh_token_metadata": None})).json()
    assert (await robot.patch(path, {})).json() == await robot.read(path)


async def test_update_of_what_was_read(world: World, robot: Caller) -> None:
    """With ``If-Match`` an update is refused when the token is in another state."""
    path = f"/refresh-tokens/{(await signed_in(world)).grant_id}"
    etag = (await robot.get(path)).headers["etag"]
    body = {"refresh_token_metadata": {"device": "phone"}}
    assert (await robot.patch(path, body, headers={"if-match": etag})).status_code == 200
    again = await robot.patch(path, {"refresh_token_metadata": None}, headers={"if-match": etag})
    assert refused(again) == (412, "precondition_failed")


@pytest.mark.parametrize(
    "body",
    [
        {"refresh_token_metadata": {"a": ["b"]}},
        {"refresh_token_metadata": {"a": "x" * 256}},
        {"user_id": "auth0|bob"},
        {"rotating": False},
    ],
    ids=["list", "long", "owner", "rotation"],
)
async def test_wrong_body(world: World, robot: Caller, body: dict[str, Any]) -> None:
    """What cannot be kept, or is nobody's to change, is refused, and nothing changes."""
    path = f"/refresh-tokens/{(await signed_in(world)).grant_id}"
    before = await robot.read(path)
    assert refused(await robot.patch(path, body)) == (400, "invalid_body")
    assert await robot.read(path) == before


async def test_token_of_a_deleted_client(world: World, robot: Caller) -> None:
    """The token of a client that is gone is still shown, for it is still kept."""
    ada = await signed_in(world)
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "web"))
    assert not (await robot.read(f"/refresh-tokens/{ada.grant_id}"))["rotating"]
