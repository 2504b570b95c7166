"""Once client and redirect URI are good, refusals go to the application (RFC 6749 §4.1.2.1)."""

from urllib.parse import urlencode, urlsplit

import pytest
from tests.support.protocol import CHALLENGE, PKCE, SPA, THIRD, newest_log, posted_message
from tests.support.world import API, CALLBACK, ISSUER, Browser, World, answer, request_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /authorize", "prompt, max_age and id_token_hint")]

REFUSALS = {
    "response_type missing": ({"response_type": ""}, "invalid_request", "response_type"),
    "response_type unknown": ({"response_type": "banana"}, "unsupported_response_type", "banana"),
    "a type among others": ({"response_type": "code banana"}, "unsupported_response_type", "code banana"),
    "none": ({"response_type": "none"}, "unsupported_response_type", "none"),
    "response_type in capitals": ({"response_type": "CODE"}, "unsupported_response_type", "CODE"),
    "response_mode unknown": ({"response_mode": "smoke"}, "invalid_request", "smoke"),
    "request object": ({"request": "e30.e30."}, "request_not_supported", "request"),
    "request_uri": ({"request_uri": "https://x.test/r"}, "request_uri_not_supported", "request_uri"),
    "registration": ({"registration": "{}"}, "registration_not_supported", "registration"),
    "plain PKCE": (
        {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
        "invalid_request",
        "must be S256",
    ),
    "PKCE without method": ({"code_challenge": CHALLENGE}, "invalid_request", "must be S256"),
    "method without challenge": (
        {"code_challenge_method": "S256"},
        "invalid_request",
        "without a code_challenge",
    ),
    "short challenge": ({**PKCE, "code_challenge": "abc"}, "invalid_request", "43-character"),
    "challenge with padding": (
        {**PKCE, "code_challenge": CHALLENGE[:-1] + "="},
        "invalid_request",
        "43-character",
    ),
    "prompt unknown": ({"prompt": "dance"}, "invalid_request", "dance"),
    "prompt none beside login": ({"prompt": "none login"}, "invalid_request", "prompt=none"),
    "max_age negative": ({"max_age": "-1"}, "invalid_request", "max_age"),
    "max_age no number": ({"max_age": "soon"}, "invalid_request", "max_age"),
    "max_age fraction": ({"max_age": "1.5"}, "invalid_request", "max_age"),
    "max_age of other digits": ({"max_age": "\u0661\u0662"}, "invalid_request", "max_age"),
    "max_age endless": ({"max_age": "9" * 30}, "invalid_request", "max_age"),
    "claims no JSON": ({"claims": "{"}, "invalid_request", "JSON"),
    "claims a list": ({"claims": "[]"}, "invalid_request", "JSON object"),
    "claims of a wrong shape": ({"claims": '{"userinfo":["name"]}'}, "invalid_request", "claims.userinfo"),
    "claims of wrong members": ({"claims": '{"id_token":{"name":1}}'}, "invalid_request", "claims.id_token"),
    "claims for two users": (
        {"claims": '{"id_token":{"sub":{"values":["a","b"]}}}'},
        "invalid_request",
        "more than one user",
    ),
    "claims value no text": ({"claims": '{"id_token":{"acr":{"value":1}}}'}, "invalid_request", "not text"),
    "id_token_hint of nobody": ({"id_token_hint": "a.b.c"}, "invalid_request", "id_token_hint"),
    "connection unknown": ({"connection": "nowhere"}, "invalid_request", "nowhere"),
    "audience unknown": ({"audience": "https://unknown.test"}, "access_denied", "Service not found"),
    "scope with a tab": ({"scope": "openid\tprofile"}, "invalid_scope", "scope"),
    "scope with a quote": ({"scope": 'openid "x"'}, "invalid_scope", "scope"),
    "scope not ASCII": ({"scope": "openid \u00e9"}, "invalid_scope", "scope"),
    "state too long": ({"state": "s" * 4_097}, "invalid_request", "state"),
    "nonce too long": ({"nonce": "n" * 4_097}, "invalid_request", "nonce"),
    "nobody signed in": ({"prompt": "none"}, "login_required", "Login required"),
}


@pytest.mark.parametrize(("parameters", "code", "words"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_refusal_is_redirected(world: World, parameters: dict[str, str], code: str, words: str) -> None:
    """A refusal reaches the application with error, error_description, state and iss, and nothing else."""
    response = await world.browser().authorize(**parameters)
    assert response.headers["location"].startswith(CALLBACK + "?")
    found = answer(response)
    assert set(found) == {"error", "error_description", "state", "iss"}
    assert found["error"] == code
    assert words in found["error_description"]
    assert found["iss"] == ISSUER
    assert found["state"] == parameters.get("state", "the-state")


async def test_description_is_printable(world: World) -> None:
    """What a request says comes back in a description without the characters RFC 6749 forbids."""
    response = await world.browser().authorize(response_type='"\\\u00e9\n\t')
    description = answer(response)["error_description"]
    assert all(" " <= c <= "~" and c not in '"\\' for c in description)


async def test_public_client_needs_pkce(world: World) -> None:
    """A public client without a code_challenge is refused (RFC 9700 §2.1.1)."""
    found = answer(await world.browser().authorize(**SPA))
    assert found["error"] == "invalid_request"
    assert "must use PKCE" in found["error_description"]


async def test_grant_not_listed(world: World) -> None:
    """A client that does not list authorization_code is refused."""
    await world.change_client("web", grant_types=("client_credentials",))
    found = answer(await world.browser().authorize())
    assert found["error"] == "unauthorized_client"


@pytest.mark.parametrize("name", ["scope", "nonce", "prompt", "code_challenge", "unknown_to_us"])
async def test_repeated_parameter(world: World, name: str) -> None:
    """A parameter that came twice is refused and named (RFC 6749 §3.1)."""
    query = urlencode(request_of()) + f"&{name}=a&{name}=b"
    found = answer(await world.browser().get("/authorize?" + query))
    assert found["error"] == "invalid_request"
    assert name in found["error_description"]


async def test_no_state_none_back(world: World) -> None:
    """A request without state is answered without state."""
    found = answer(await world.browser().authorize(state="", prompt="none"))
    assert set(found) == {"error", "error_description", "iss"}


@pytest.mark.parametrize("state", ["a b&c=d#e%20+/?\u00e9\u2713", "s" * 128, "s" * 4_096, "<script>", '"'])
async def test_state_comes_back_unchanged(world: World, state: str) -> None:
    """The state of a refusal is the one sent, to the character."""
    assert answer(await world.browser().authorize(state=state, prompt="none"))["state"] == state


@pytest.mark.parametrize("state", ["a b&c=d#e%20+/?\u00e9\u2713", "s" * 128, "s" * 4_096, "<script>", '"'])
async def test_state_survives_a_login(world: World, state: str) -> None:
    """The state of a success is the one sent, to the character, although a login lay between."""
    assert answer(await world.browser().sign_in(state=state))["state"] == state


@pytest.mark.parametrize(
    "extra", [{"extra": "foobar"}, {"auth0Client": "eyJ9"}, {"display": "popup"}, {"owp": ""}]
)
async def test_unknown_parameter_is_ignored(world: World, extra: dict[str, str]) -> None:
    """Parameters we do not know change nothing (RFC 6749 §3.1)."""
    assert "code" in answer(await world.browser().sign_in(**extra))


async def test_post_works_as_get(world: World) -> None:
    """An authorization request as a form POST is answered like one in the URL (OIDC Core §3.1.2.1)."""
    browser = world.browser()
    page = await browser.follow(await browser.post("/authorize", data=request_of(nonce="n")))
    response = await browser.submit(page, username="ada@example.test", password="Correct-Horse-1")
    assert set(answer(response)) == {"code", "state", "iss"}


async def test_refusal_is_on_record(world: World) -> None:
    """A refused request is in the audit log with the client and the reason."""
    await world.browser().authorize(audience="https://unknown.test", scope="openid x")
    entry = await newest_log(world, "f")
    assert entry.client_id == "web"
    assert entry.audience == "https://unknown.test"
    assert entry.description == "access_denied: Service not found: https://unknown.test"


async def test_silent_refusal_has_its_own_code_on_record(world: World) -> None:
    """A silent request that cannot be answered is recorded as such."""
    await world.browser().authorize(prompt="none")
    entry = await newest_log(world, "fsa")
    assert entry.description == "login_required: Login required"


async def test_refusal_is_not_cached(world: World) -> None:
    """The redirect with a refusal says that nobody may keep it, nor tell where it came from."""
    response = await world.browser().authorize(prompt="none")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"


async def test_query_of_the_redirect_uri_survives(world: World) -> None:
    """Parameters that belong to the registered redirect URI stay in front of ours."""
    uri = "https://app.example.test/callback?tenant=7"
    await world.change_client("web", callbacks=(uri,))
    response = await world.browser().authorize(redirect_uri=uri, prompt="none")
    assert urlsplit(response.headers["location"]).query.startswith("tenant=7&error=login_required")


async def test_refusal_by_web_message_posts_state(world: World) -> None:
    """A refused web message posts error and state, without which auth0.js waits in vain."""
    message = posted_message(await world.browser().authorize(response_mode="web_message", prompt="none"))
    assert message["response"]["error"] == "login_required"
    assert message["response"]["state"] == "the-state"


async def test_user_who_refuses_consent(world: World) -> None:
    """A person who does not allow what is asked sends access_denied, state and iss back."""
    browser: Browser = world.browser()
    page = await browser.sign_in(**THIRD)
    found = answer(await browser.submit(page, action="deny"))
    assert set(found) == {"error", "error_description", "state", "iss"}
    assert found["error"] == "access_denied"


async def test_silent_request_that_needs_consent(world: World) -> None:
    """A silent request of a third-party client that was never allowed is refused with consent_required."""
    browser = world.browser()
    await browser.sign_in()
    found = answer(
        await browser.authorize(**THIRD, prompt="none", audience=API, scope="openid read:timesheets")
    )
    assert found["error"] == "consent_required"


async def test_silent_request_that_must_ask_again(world: World) -> None:
    """A silent request whose max_age has passed is refused with login_required."""
    browser = world.browser()
    await browser.sign_in()
    world.clock.advance(100)
    assert answer(await browser.authorize(prompt="none", max_age="60"))["error"] == "login_required"
