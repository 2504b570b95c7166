"""Native applications: addresses of their own, PKCE, no secret, refresh tokens (RFC 8252)."""

from typing import Any

import httpx2
import pytest
from tests.support.legacy import make_legacy, own
from tests.support.protocol import CHALLENGE, PKCE, VERIFIER, is_shown, open_connection_to, refusal
from tests.support.world import API, ISSUER, PASSWORD, SECRET, Browser, World, answer, claims_of, header_of

from gatewright.clients import Client, JwtConfiguration

pytestmark = pytest.mark.anyio

SWIFT = "com.example.app://id.example.test/ios/com.example.app/callback"
ANDROID = "demo://id.example.test/android/com.example.app/callback"
PLAIN = "com.example.app:/callback"
LINK = "https://app.example.test/android/com.example.app/callback"
LOOPBACK = "http://127.0.0.1/callback"
SCOPE = "openid profile email offline_access"


@pytest.fixture
async def native(world: World) -> World:
    """A server that knows a native application."""
    phone = Client(
        client_id="phone",
        name="Phone App",
        app_type="native",
        token_endpoint_auth_method="none",
        callbacks=(SWIFT, ANDROID, PLAIN, LINK, LOOPBACK),
        allowed_logout_urls=(SWIFT,),
        grant_types=("authorization_code", "refresh_token"),
    )
    await world.put_client(phone)
    await open_connection_to(world, "web", "phone")
    return world


def request(redirect_uri: str = SWIFT, **more: str) -> dict[str, str]:
    """An authorization request of the application; a parameter set to ``""`` is left out."""
    return {"client_id": "phone", "redirect_uri": redirect_uri, "scope": SCOPE, **PKCE, **more}


async def code(browser: Browser, redirect_uri: str = SWIFT, **more: str) -> str:
    """A code, after the person signed in."""
    page = await browser.authorize(**request(redirect_uri, **more))
    return answer(await browser.submit(page, username="ada@example.test", password=PASSWORD))["code"]


async def exchange(browser: Browser, **fields: str) -> httpx2.Response:
    """A token request of the application in JSON, as mobile SDKs send it; ``""`` leaves a field out."""
    body = {"client_id": "phone", **fields}
    return await browser.post("/oauth/token", json={k: v for k, v in body.items() if v})


async def redeem(browser: Browser, found: str, redirect_uri: str = SWIFT, **fields: str) -> httpx2.Response:
    """Redeems a code."""
    asked = {"grant_type": "authorization_code", "code": found, "redirect_uri": redirect_uri}
    return await exchange(browser, **{**asked, "code_verifier": VERIFIER, **fields})


async def tokens(browser: Browser, **more: str) -> dict[str, Any]:
    """The answer to a whole sign-in."""
    response = await redeem(browser, await code(browser, **more))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def refresh(browser: Browser, token: str) -> httpx2.Response:
    """Uses a refresh token."""
    return await exchange(browser, grant_type="refresh_token", refresh_token=token)


# Where it is answered


@pytest.mark.parametrize("uri", [SWIFT, ANDROID, PLAIN, LINK], ids=["swift", "android", "plain", "link"])
async def test_address_of_its_own(native: World, uri: str) -> None:
    """A sign-in ends at the application's own address, with code, state and issuer, and gives tokens."""
    browser = native.browser()
    page = await browser.authorize(**request(uri))
    done = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert done.headers["location"].startswith(f"{uri}?")
    found = answer(done)
    assert (set(found), found["iss"]) == ({"code", "state", "iss"}, ISSUER)
    assert (await redeem(browser, found["code"], uri)).status_code == 200


@pytest.mark.parametrize(
    "uri",
    [
        "com.example.app://id.example.test/ios/com.example.app/other",
        "com.example.app://evil.test/ios/com.example.app/callback",
        "com.example.application://id.example.test/ios/com.example.app/callback",
        "COM.example.app://id.example.test/ios/com.example.app/callback",
        "com.example.app:/callback/",
        "com.example.app://callback",
        "com.example.app:callback",
    ],
)
async def test_address_that_differs(native: World, uri: str) -> None:
    """An address of a scheme of its own is compared to the character, and is nowhere redirected to."""
    assert is_shown(await native.browser().authorize(**request(uri)))


async def test_refusal_goes_to_the_application(native: World) -> None:
    """What is refused is told at the application's own address."""
    response = await native.browser().authorize(**request(prompt="none"))
    assert response.headers["location"].startswith(f"{SWIFT}?error=login_required")


@pytest.mark.parametrize("port", [1, 4000, 51004, 65535])
async def test_any_loopback_port(native: World, port: int) -> None:
    """A native application is answered on the loopback port it listens on, and redeems with that port."""
    browser, uri = native.browser(), f"http://127.0.0.1:{port}/callback"
    assert (await redeem(browser, await code(browser, uri), uri)).status_code == 200


async def test_loopback_port_of_the_code(native: World) -> None:
    """A code for one port is not redeemed with another (RFC 6749 §4.1.3)."""
    browser = native.browser()
    found = await code(browser, "http://127.0.0.1:4000/callback")
    response = await redeem(browser, found, "http://127.0.0.1:4001/callback")
    assert refusal(response) == (400, "invalid_grant")


@pytest.mark.parametrize("app_type", ["spa", "regular_web", "non_interactive"])
async def test_any_loopback_port_is_for_native_applications(native: World, app_type: str) -> None:
    """For applications of every other type the port of a loopback address counts."""
    await native.change_client("phone", app_type=app_type)
    assert is_shown(await native.browser().authorize(**request("http://127.0.0.1:4000/callback")))


async def test_logout(native: World) -> None:
    """Logging out leads back to the application's own address, if it is registered for that."""
    browser = native.browser()
    await tokens(browser)
    response = await browser.get("/v2/logout", params={"client_id": "phone", "returnTo": SWIFT})
    assert response.headers["location"] == SWIFT
    response = await browser.get("/v2/logout", params={"client_id": "phone", "returnTo": ANDROID})
    assert is_shown(response)


@pytest.mark.parametrize("origin", ["null", "com.example.app://id.example.test", "http://127.0.0.1:4000"])
async def test_no_script_speaks_for_it(native: World, origin: str) -> None:
    """An address of its own opens the token endpoint to no script."""
    body = {"client_id": "phone", "grant_type": "refresh_token", "refresh_token": "x"}
    response = await native.browser().post("/oauth/token", data=body, headers={"origin": origin})
    assert "access-control-allow-origin" not in response.headers


# PKCE


async def test_without_challenge(native: World) -> None:
    """A request without a challenge is refused, at the application's address, before anybody signs in."""
    response = await native.browser().authorize(**request(code_challenge="", code_challenge_method=""))
    assert response.headers["location"].startswith(f"{SWIFT}?error=invalid_request")
    assert "PKCE" in answer(response)["error_description"]


async def test_plain_challenge(native: World) -> None:
    """A challenge that is the verifier itself is refused."""
    response = await native.browser().authorize(**request(code_challenge_method="plain"))
    assert answer(response)["error"] == "invalid_request"


@pytest.mark.parametrize("verifier", ["", "x" * 43, CHALLENGE], ids=["none", "another", "the challenge"])
async def test_stolen_code(native: World, verifier: str) -> None:
    """A code that another application caught is worth nothing without the verifier."""
    browser = native.browser()
    found = await code(browser)
    assert refusal(await redeem(browser, found, code_verifier=verifier)) == (400, "invalid_grant")


async def test_secret_spares_no_challenge(native: World) -> None:
    """A native application with a secret, which everybody has who has the application, must use PKCE too."""
    phone = await native.change_client("phone", token_endpoint_auth_method="client_secret_post")
    await native.put_client(phone, secret=SECRET)
    browser = native.browser()
    response = await browser.authorize(**request(code_challenge="", code_challenge_method=""))
    assert answer(response)["error"] == "invalid_request"
    assert "native" in answer(response)["error_description"]
    assert (await redeem(browser, await code(browser), client_secret=SECRET)).status_code == 200


async def test_old_application_with_a_secret(native: World) -> None:
    """A native application of the legacy pipeline that has a secret is older than PKCE, and goes on."""
    await make_legacy(native, "phone", token_endpoint_auth_method="client_secret_post")
    phone = await native.change_client("phone", app_type="native")
    await native.put_client(phone, secret=SECRET)
    browser = native.browser()
    found = await code(browser, code_challenge="", code_challenge_method="")
    response = await redeem(browser, found, code_verifier="", client_secret=SECRET)
    assert response.status_code == 200


# What it gets


async def test_fields(native: World) -> None:
    """The answer has every field that mobile SDKs read, in the types that they read."""
    found = await tokens(native.browser())
    assert set(found) == {
        "access_token",
        "id_token",
        "refresh_token",
        "expires_in",
        "token_type",
        "scope",
    }
    assert type(found["expires_in"]) is int
    assert found["token_type"] == "Bearer"
    assert found["scope"] == SCOPE


async def test_id_token(native: World) -> None:
    """The id_token can be verified without a secret, and has the claims that mobile SDKs check."""
    found = (await tokens(native.browser(), nonce="n", max_age="600"))["id_token"]
    claims = claims_of(found)
    assert header_of(found)["alg"] == "RS256"
    assert {"iss", "sub", "aud", "iat", "exp", "nonce", "auth_time"} <= claims.keys()
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, "phone", "n")


async def test_access_token_for_an_api(native: World) -> None:
    """With an audience the access token is the API's, and a refresh token comes with it."""
    found = await tokens(native.browser(), audience=API, scope="openid read:timesheets offline_access")
    claims = claims_of(found["access_token"])
    assert (claims["aud"], claims["azp"]) == ([API, f"{ISSUER}userinfo"], "phone")
    assert found["refresh_token"]


async def test_refresh(native: World) -> None:
    """The refresh token is used without a secret, and replaced with each use."""
    browser = native.browser()
    first = await tokens(browser)
    second = (await refresh(browser, first["refresh_token"])).json()
    assert set(second) == set(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert (await refresh(browser, second["refresh_token"])).status_code == 200


async def test_refresh_token_that_was_copied(native: World) -> None:
    """A replaced refresh token that comes back ends the family, whoever brought it."""
    browser = native.browser()
    first = (await tokens(browser))["refresh_token"]
    second = (await refresh(browser, first)).json()["refresh_token"]
    native.clock.advance(60)
    assert refusal(await refresh(browser, first)) == (400, "invalid_grant")
    assert refusal(await refresh(browser, second)) == (400, "invalid_grant")


async def test_revocation(native: World) -> None:
    """The application gives its refresh token up without a secret."""
    browser = native.browser()
    token = (await tokens(browser))["refresh_token"]
    body = {"client_id": "phone", "token": token}
    assert (await browser.post("/oauth/revoke", json=body)).status_code == 200
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


async def test_no_token_for_itself(native: World) -> None:
    """An application in a person's hands gets no token for itself, even if that grant is listed."""
    await native.change_client("phone", grant_types=("client_credentials",))
    response = await exchange(native.browser(), grant_type="client_credentials", audience=API)
    assert refusal(response) == (400, "unauthorized_client")


async def test_sign_in_within_the_application(native: World) -> None:
    """An old native application signs people in at /oauth/ro, and has the id_token that its SDK shows."""
    await make_legacy(native, "phone", jwt_configuration=JwtConfiguration())
    response = await own(
        native.browser(), client_id="phone", scope="openid offline_access", device="Ada's phone"
    )
    found = response.json()
    assert set(found) == {"access_token", "id_token", "refresh_token", "token_type", "expires_in"}
    assert claims_of(found["id_token"])["aud"] == "phone"
