"""Tokens in front: the implicit grant and the hybrid flow (OIDC Core §3.2, §3.3)."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.support.protocol import PKCE, SPA, refusal, sign_in_to, userinfo
from tests.support.world import API, CALLBACK, World, answer, claims_of, forms, header_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.wire(
        "response_type token, id_token and both", "response_type code token, code id_token and all three"
    ),
]

TOKENS = "id_token token"


def half_hash(value: str) -> str:
    """Left half of SHA-256, base64url (OIDC Core §3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()


@pytest.fixture
async def open_world(world: World) -> World:
    """The web client may use the implicit grant."""
    await world.change_client("web", grant_types=("authorization_code", "implicit", "refresh_token"))
    return world


async def in_front(world: World, response_type: str, **parameters: str) -> dict[str, str]:
    """The answer to a signed-in person's request."""
    asked = {"scope": "openid profile email", "nonce": "n-1", **parameters}
    return answer(await world.browser().sign_in(response_type=response_type, **asked))


@pytest.mark.parametrize("response_type", ["token", "id_token", TOKENS, "token id_token"])
async def test_answer_goes_into_the_fragment(open_world: World, response_type: str) -> None:
    """An answer with tokens stands in the fragment, never in the query."""
    response = await open_world.browser().sign_in(response_type=response_type, nonce="n-1")
    parts = urlsplit(response.headers["location"])
    assert parts.fragment
    assert not parts.query


async def test_token_and_id_token_come_with_all_the_wire_names(open_world: World) -> None:
    """``id_token token`` gives both, with lifetime, type, scope, state and iss."""
    found = await in_front(open_world, TOKENS)
    assert set(found) == {
        "access_token",
        "expires_in",
        "token_type",
        "scope",
        "id_token",
        "state",
        "iss",
    }
    assert (found["token_type"], found["expires_in"]) == ("Bearer", "7200")


async def test_id_token_holds_nonce_and_at_hash(open_world: World) -> None:
    """An id_token beside an access token holds the nonce and the hash of that token."""
    found = await in_front(open_world, TOKENS)
    claims = claims_of(found["id_token"])
    assert claims["nonce"] == "n-1"
    assert claims["at_hash"] == half_hash(found["access_token"])


async def test_id_token_alone_has_no_at_hash_and_all_claims_of_its_scopes(open_world: World) -> None:
    """Without an access token there is nothing to hash, and no userinfo to ask: the claims go in (§5.4)."""
    await open_world.change_client("web", id_token_claims="requested_only")
    claims = claims_of((await in_front(open_world, "id_token"))["id_token"])
    assert "at_hash" not in claims
    assert claims["email"] == "ada@example.test"
    assert claims["name"] == "Ada Example"


async def test_code_in_front_is_hashed_into_the_id_token(open_world: World) -> None:
    """A code beside an id_token is bound to it by ``c_hash``."""
    found = await in_front(open_world, "code id_token")
    assert claims_of(found["id_token"])["c_hash"] == half_hash(found["code"])
    assert "access_token" not in found


async def test_hybrid_tokens_speak_of_one_person(open_world: World) -> None:
    """Both id_tokens of a hybrid flow have one subject; both access tokens work at userinfo."""
    browser = open_world.browser()
    response = await browser.sign_in(response_type="code id_token token", nonce="n-1", scope="openid")
    front = answer(response)
    behind = (await browser.redeem(front["code"])).json()
    assert claims_of(front["id_token"])["sub"] == claims_of(behind["id_token"])["sub"]
    for token in (front["access_token"], behind["access_token"]):
        response = await browser.get("/userinfo", headers={"authorization": f"Bearer {token}"})
        assert response.json() == {"sub": "auth0|ada"}


async def test_code_token_gives_no_id_token_in_front(open_world: World) -> None:
    """``code token`` gives a code and an access token, and needs no nonce."""
    found = await in_front(open_world, "code token", nonce="")
    assert {"code", "access_token"} <= set(found)
    assert "id_token" not in found


async def test_replayed_hybrid_code_revokes_the_token_in_front(open_world: World) -> None:
    """A code used twice takes down the access token that came beside it."""
    browser = open_world.browser()
    front = answer(await browser.sign_in(response_type="code token"))
    await browser.redeem(front["code"])
    await browser.redeem(front["code"])
    headers = {"authorization": f"Bearer {front['access_token']}"}
    assert (await browser.get("/userinfo", headers=headers)).status_code == 401


async def test_api_token_in_front_has_the_shorter_lifetime(open_world: World) -> None:
    """A token for an API lives ``token_lifetime_for_web`` seconds when it comes through the browser."""
    found = await in_front(open_world, TOKENS, audience=API, scope="openid read:timesheets")
    claims = claims_of(found["access_token"])
    assert claims["exp"] - claims["iat"] == 7200
    assert claims["scope"] == "openid read:timesheets"


async def test_no_refresh_token_in_front(open_world: World) -> None:
    """``offline_access`` is left out where no refresh token can come."""
    found = await in_front(open_world, TOKENS, scope="openid offline_access")
    assert "refresh_token" not in found
    assert found["scope"] == "openid"


@pytest.mark.parametrize("response_type", ["id_token", TOKENS, "code id_token", "code id_token token"])
async def test_nonce_is_required_with_an_id_token_in_front(open_world: World, response_type: str) -> None:
    """Without a nonce an id_token in front is refused, in the fragment, with the state."""
    response = await open_world.browser().authorize(response_type=response_type)
    found = answer(response)
    assert (found["error"], found["state"]) == ("invalid_request", "the-state")
    assert "#" in response.headers["location"]


@pytest.mark.parametrize("response_type", ["token", "id_token", "code token"])
async def test_client_without_the_grant_is_refused(world: World, response_type: str) -> None:
    """A client that does not list ``implicit`` gets no token in front."""
    found = answer(await world.browser().authorize(response_type=response_type, nonce="n"))
    assert found["error"] == "unauthorized_client"


async def test_query_mode_is_not_honoured_for_tokens(open_world: World) -> None:
    """``response_mode=query`` does not put a token into the query."""
    response = await open_world.browser().sign_in(response_type="token", response_mode="query")
    assert not urlsplit(response.headers["location"]).query


async def test_form_post_carries_the_tokens_in_a_form(open_world: World) -> None:
    """``form_post`` posts the tokens to the callback, which stays free of them."""
    page = await open_world.browser().sign_in(response_type=TOKENS, response_mode="form_post", nonce="n")
    form = forms(page)[0]
    assert form["action"] == CALLBACK
    assert {"access_token", "id_token", "state"} <= set(form["fields"])


async def test_web_message_answers_silently_with_tokens(open_world: World) -> None:
    """Silent authentication with tokens posts them to the page's origin: what ``checkSession`` needs."""
    browser = open_world.browser()
    await browser.sign_in()
    page = await browser.authorize(
        response_type="token id_token", response_mode="web_message", prompt="none", nonce="n"
    )
    data = page.text.partition('id="d">')[2].partition("</script>")[0]
    message: dict[str, Any] = json.loads(data)
    assert message["origin"] == "https://app.example.test"
    assert {"access_token", "id_token", "state", "expires_in"} <= set(message["response"])


async def test_browser_client_gets_rs256_whatever_it_is_set_to(open_world: World) -> None:
    """An id_token in front is RS256: no browser holds the secret that HS256 would need."""
    client = await open_world.platform.clients.get("main", "web")
    assert client is not None
    configuration = type(client.jwt_configuration)(alg="HS256")
    await open_world.change_client("web", jwt_configuration=configuration)
    assert header_of((await in_front(open_world, "id_token"))["id_token"])["alg"] == "RS256"


async def test_public_client_needs_no_challenge_without_a_code(world: World) -> None:
    """PKCE protects codes; a request without one is not asked for it."""
    await world.change_client("spa", grant_types=("implicit",))
    response = await world.browser().sign_in(
        client_id="spa", redirect_uri="https://spa.example.test/", response_type="token"
    )
    assert "access_token" in answer(response)


async def test_public_client_needs_a_challenge_for_a_hybrid_code(world: World) -> None:
    """A code beside a token is as much in need of PKCE as one alone."""
    await world.change_client("spa", grant_types=("authorization_code", "implicit"))
    found = answer(await world.browser().authorize(**SPA, response_type="code token"))
    assert found["error"] == "invalid_request"
    assert "code" in answer(await world.browser().sign_in(**SPA, **PKCE, response_type="code token"))


async def test_hybrid_needs_both_grants(world: World) -> None:
    """A hybrid answer needs the code grant as well as the implicit one."""
    await world.change_client("web", grant_types=("implicit",))
    found = answer(await world.browser().authorize(response_type="code token"))
    assert found["error"] == "unauthorized_client"


async def test_words_come_in_any_order(open_world: World) -> None:
    """The words of a response type mean the same in any order (Multiple Response Types §3)."""
    assert {"access_token", "id_token", "code"} <= set(await in_front(open_world, "token id_token code"))


async def test_token_in_front_expires(open_world: World) -> None:
    """An opaque token from the fragment opens userinfo for the two hours it was said to."""
    token = (await in_front(open_world, "token"))["access_token"]
    browser = open_world.browser()
    open_world.clock.advance(7_199)
    assert (await userinfo(browser, token)).status_code == 200
    open_world.clock.advance(1)
    assert refusal(await userinfo(browser, token)) == (401, "invalid_token")


async def test_silent_refusal_goes_into_the_fragment(open_world: World) -> None:
    """A silent request for tokens without a session is refused in the fragment."""
    response = await open_world.browser().authorize(response_type="token", prompt="none")
    assert response.headers["location"].startswith(CALLBACK + "#error=login_required")


async def test_grant_withdrawn_during_the_login(open_world: World) -> None:
    """A grant taken from the client while the person signs in is not coerced back on (CVE-2026-7571)."""
    browser = open_world.browser()
    page = await browser.authorize(response_type="token")
    await open_world.change_client("web", grant_types=("authorization_code",))
    assert answer(await sign_in_to(browser, page))["error"] == "unauthorized_client"
