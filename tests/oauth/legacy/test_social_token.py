"""``/oauth/access_token``: what is well formed ends at its connection (the wire §2.17)."""

import httpx2
import pytest
from tests.support.protocol import newest_log, open_connection_to, refusal
from tests.support.world import CONNECTION, Browser, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/access_token")]

TOKEN = "the-token-of-the-provider"
UNSUPPORTED = "specified strategy does not support requested operation"


async def bring(browser: Browser, **fields: str) -> httpx2.Response:
    """A request of the application; a field set to ``""`` is left out."""
    body = {"client_id": "web", "access_token": TOKEN, "connection": CONNECTION, **fields}
    return await browser.post("/oauth/access_token", data={k: v for k, v in body.items() if v})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"client_id": ""}, "missing client_id parameter"),
        ({"access_token": ""}, "missing access_token parameter"),
        ({"connection": ""}, "missing connection parameter"),
        ({"connection": "facebook"}, "the connection was not found"),
        ({}, UNSUPPORTED),
        ({"scope": "openid name", "access_token_secret": "x", "user_id": "y"}, UNSUPPORTED),
    ],
)
async def test_refusal(legacy: World, fields: dict[str, str], words: str) -> None:
    """Each request is refused in the wire's words, and is on record without the token."""
    response = await bring(legacy.browser(), **fields)
    assert refusal(response) == (400, "invalid_request")
    assert response.json()["error_description"] == words
    entry = await newest_log(legacy, "f")
    assert (entry.event, entry.description) == ("SocialSignInFailed", words)
    assert TOKEN not in "".join(legacy.dump())


async def test_json(legacy: World) -> None:
    """A JSON body is read too, and a scope that is no text is refused in the wire's words."""
    body = {"client_id": "web", "access_token": TOKEN, "connection": CONNECTION}
    browser = legacy.browser()
    assert (await browser.post("/oauth/access_token", json=body)).json()["error_description"] == UNSUPPORTED
    response = await browser.post("/oauth/access_token", json={**body, "scope": ["openid"]})
    assert response.json()["error_description"] == "scope parameter must be a string"


async def test_connection_that_is_closed_to_the_client(legacy: World) -> None:
    """A connection that is not enabled is as unknown as any."""
    await open_connection_to(legacy, "spa")
    response = await bring(legacy.browser())
    assert response.json()["error_description"] == "the connection was not found"


@pytest.mark.parametrize(
    "change", [{"oidc_conformant": True}, {"grant_types": ("implicit",)}], ids=["conformant", "not listed"]
)
async def test_clients_that_may_not(legacy: World, change: dict[str, object]) -> None:
    """Conformant clients, and legacy ones that do not list the grant type, are refused as such."""
    await legacy.change_client("web", **change)
    assert refusal(await bring(legacy.browser())) == (403, "unauthorized_client")


async def test_unknown_client(legacy: World) -> None:
    """A client that nobody registered is refused in the wire's words."""
    response = await bring(legacy.browser(), client_id="nobody")
    assert refusal(response) == (403, "unauthorized_client")
    assert response.json()["error_description"] == "invalid client"


async def test_token_in_the_address(legacy: World) -> None:
    """Tokens in the address are refused: addresses are kept by proxies and logs."""
    response = await legacy.browser().post("/oauth/access_token?access_token=x", data={"client_id": "web"})
    assert refusal(response) == (400, "invalid_request")


async def test_scripts_of_the_client(legacy: World) -> None:
    """Scripts of the client's own origins may read why."""
    headers = {"origin": "https://app.example.test"}
    response = await legacy.browser().post("/oauth/access_token", data={"client_id": "web"}, headers=headers)
    assert response.headers["access-control-allow-origin"] == "https://app.example.test"
