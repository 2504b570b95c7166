"""The authorization code flow, from the first redirect to userinfo."""

import pytest
from tests.support.world import API, World, answer, claims_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.wire("GET /authorize", "response_type code", "POST /oauth/token", "grant authorization_code"),
]


async def test_sign_in_ends_at_the_callback_with_a_code(world: World) -> None:
    """A person who signs in is sent back with code, state and iss."""
    response = await world.browser().sign_in()
    found = answer(response)
    assert set(found) == {"code", "state", "iss"}
    assert found["state"] == "the-state"


async def test_code_becomes_tokens(world: World) -> None:
    """The code of a sign-in is exchanged for an opaque access token and an id_token."""
    tokens = await world.browser().tokens(scope="openid profile email", nonce="n-1")
    claims = claims_of(tokens["id_token"])
    assert claims["sub"] == "auth0|ada"
    assert claims["nonce"] == "n-1"
    assert "." not in tokens["access_token"]


async def test_audience_gives_a_jwt(world: World) -> None:
    """Naming an API gives a JWT for that API and for userinfo."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid read:timesheets offline_access", audience=API)
    claims = claims_of(tokens["access_token"])
    assert claims["aud"] == [API, "https://id.example.test/userinfo"]
    assert claims["scope"] == "openid read:timesheets offline_access"
    response = await browser.get("/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert response.json() == {"sub": "auth0|ada"}
    refreshed = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 200, refreshed.text
    assert refreshed.json()["refresh_token"] != tokens["refresh_token"]
