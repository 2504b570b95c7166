"""Introspection: what a client may learn of a token (RFC 7662)."""

from typing import Any

import pytest
from tests.support.protocol import basic, introspect, refresh, refusal
from tests.support.world import API, ISSUER, SECRET, Browser, World

from gatewright.apis import ClientGrant
from gatewright.clients import Client

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/introspect")]

INACTIVE = {"active": False}


async def tokens_of(world: World, **parameters: str) -> tuple[Browser, dict[str, Any]]:
    browser = world.browser()
    return browser, await browser.tokens(**{"scope": "openid offline_access", **parameters})


async def test_opaque_token(world: World) -> None:
    """An opaque token in force is told with subject, client, scope, audience and times."""
    browser, tokens = await tokens_of(world)
    now = world.clock.now()
    assert await introspect(browser, tokens["access_token"]) == {
        "active": True,
        "token_type": "Bearer",
        "iss": ISSUER,
        "sub": "auth0|ada",
        "aud": ISSUER + "userinfo",
        "client_id": "web",
        "scope": "openid offline_access",
        "exp": now + 86_400,
        "iat": now,
    }


async def test_jwt(world: World) -> None:
    """A JWT in force is told with all its audiences."""
    browser, tokens = await tokens_of(world, audience=API)
    found = await introspect(browser, tokens["access_token"])
    assert found["active"] is True
    assert found["aud"] == [API, ISSUER + "userinfo"]
    assert found["client_id"] == "web"


async def test_refresh_token(world: World) -> None:
    """A refresh token in force is told with its expiry."""
    browser, tokens = await tokens_of(world)
    found = await introspect(browser, tokens["refresh_token"])
    assert (found["active"], found["token_type"], found["sub"]) == (True, "refresh_token", "auth0|ada")


async def test_answer_is_not_kept(world: World) -> None:
    """The answer is JSON that nobody keeps."""
    browser, tokens = await tokens_of(world)
    response = await browser.post(
        "/oauth/introspect", data={"token": tokens["access_token"]}, headers=basic("web", SECRET)
    )
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"


async def test_json_body(world: World) -> None:
    """A JSON body is read as well."""
    browser, tokens = await tokens_of(world)
    body = {"token": tokens["access_token"], "client_id": "web", "client_secret": SECRET}
    assert (await browser.post("/oauth/introspect", json=body)).json()["active"] is True


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense"])
async def test_hint_is_a_hint(world: World, hint: str) -> None:
    """A wrong token_type_hint changes nothing (RFC 7662 §2.1)."""
    browser, tokens = await tokens_of(world)
    body = {"token": tokens["access_token"], "token_type_hint": hint}
    response = await browser.post("/oauth/introspect", data=body, headers=basic("web", SECRET))
    assert response.json()["active"] is True


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "..", "a" * 43, "x" * 20_000, "\u2713", "s.0.m", "a." * 100, "e30.e30.e30"]
)
async def test_unknown_token(world: World, token: str) -> None:
    """What we did not issue is not active, and nothing more is said (RFC 7662 §2.2)."""
    assert await introspect(world.browser(), token) == INACTIVE


async def test_id_token(world: World) -> None:
    """An id_token is no token to introspect."""
    browser, tokens = await tokens_of(world)
    assert await introspect(browser, tokens["id_token"]) == INACTIVE


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("audience", ["", API])
async def test_token_of_another_client(world: World, kind: str, audience: str) -> None:
    """A client learns nothing of tokens that are not its business."""
    browser, tokens = await tokens_of(world, audience=audience)
    assert await introspect(browser, tokens[kind], "third") == INACTIVE


async def test_api_asks_about_tokens_for_it(world: World) -> None:
    """A client with a grant for an API may ask about the tokens that others got for that API."""
    api_client = Client(client_id="api", name="API", app_type="non_interactive")
    await world.put_client(api_client, secret=SECRET)
    grant = ClientGrant(grant_id="cgr_api", client_id="api", audience=API)
    await world.commit(world.platform.stores.apis.put_grant(world.tenant_id, grant))
    browser, tokens = await tokens_of(world, audience=API)
    assert (await introspect(browser, tokens["access_token"], "api"))["active"] is True
    assert await introspect(browser, tokens["refresh_token"], "api") == INACTIVE


@pytest.mark.parametrize("audience", ["", API])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_blocked_user(world: World, audience: str, kind: str) -> None:
    """No token of a blocked user is active."""
    browser, tokens = await tokens_of(world, audience=audience)
    await world.change_user("auth0|ada", blocked=True)
    assert await introspect(browser, tokens[kind]) == INACTIVE


@pytest.mark.parametrize("audience", ["", API])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_deleted_user(world: World, audience: str, kind: str) -> None:
    """No token of a deleted user is active."""
    browser, tokens = await tokens_of(world, audience=audience)
    await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert await introspect(browser, tokens[kind]) == INACTIVE


@pytest.mark.parametrize("audience", ["", API])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_expired(world: World, audience: str, kind: str) -> None:
    """An expired token is not active."""
    browser, tokens = await tokens_of(world, audience=audience)
    world.clock.advance(2_592_000)
    assert await introspect(browser, tokens[kind]) == INACTIVE


@pytest.mark.parametrize("audience", ["", API])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_revoked(world: World, audience: str, kind: str) -> None:
    """After the refresh token was revoked no token of the grant is active."""
    browser, tokens = await tokens_of(world, audience=audience)
    body = {"token": tokens["refresh_token"]}
    await browser.post("/oauth/revoke", data=body, headers=basic("web", SECRET))
    assert await introspect(browser, tokens[kind]) == INACTIVE


async def test_family_after_an_alarm(world: World) -> None:
    """After reuse of a replaced refresh token nothing of the family is active."""
    browser, tokens = await tokens_of(world)
    newer = (await refresh(browser, tokens["refresh_token"])).json()
    world.clock.advance(10)
    await refresh(browser, tokens["refresh_token"])
    assert await introspect(browser, newer["refresh_token"]) == INACTIVE
    assert await introspect(browser, newer["access_token"]) == INACTIVE


async def test_public_client(world: World) -> None:
    """A client without a secret cannot ask (RFC 7662 §2.1)."""
    response = await world.browser().post("/oauth/introspect", data={"token": "x", "client_id": "spa"})
    assert refusal(response) == (400, "unauthorized_client")


async def test_wrong_secret(world: World) -> None:
    """Whoever does not prove to be a client gets 401."""
    response = await world.browser().post(
        "/oauth/introspect", data={"token": "x"}, headers=basic("web", "wrong")
    )
    assert refusal(response) == (401, "invalid_client")


async def test_no_token(world: World) -> None:
    """A request without a token is an invalid_request."""
    response = await world.browser().post("/oauth/introspect", data={"a": "b"}, headers=basic("web", SECRET))
    assert refusal(response) == (400, "invalid_request")


async def test_query(world: World) -> None:
    """A token in the URL is refused."""
    response = await world.browser().post(
        "/oauth/introspect?token=x", data={"token": "x"}, headers=basic("web", SECRET)
    )
    assert refusal(response) == (400, "invalid_request")
