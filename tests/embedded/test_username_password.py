"""``/usernamepassword/login`` and ``/login/callback``: a form that signs the browser in (the wire §2.11)."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from tests.support.legacy import make_legacy
from tests.support.protocol import PKCE, SPA, is_shown, newest_log, open_connection_to
from tests.support.world import (
    CALLBACK,
    CONNECTION,
    ISSUER,
    PASSWORD,
    Browser,
    World,
    answer,
    claims_of,
    forms,
    header_of,
    text_of,
)

from .pages import ADA, ORIGIN, STRANGER, enable, error_of, sessions_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.wire(
        "POST /usernamepassword/login", "POST /login/callback", "POST /usernamepassword/challenge"
    ),
]
OURS = ISSUER[:-1]
HOSTILE = "\"><script>alert(1)</script>'&amp;"


async def login(browser: Browser, *, origin: str | None = OURS, **fields: str) -> httpx2.Response:
    """The page's request; a field set to ``""`` is left out."""
    body = {
        "client_id": "web",
        "redirect_uri": CALLBACK,
        "tenant": "main",
        "response_type": "code",
        "scope": "openid",
        "state": "the-state",
        "connection": CONNECTION,
        "username": ADA,
        "password": PASSWORD,
        **fields,
    }
    headers = {"origin": origin} if origin else {}
    sent = {name: value for name, value in body.items() if value}
    return await browser.post("/usernamepassword/login", json=sent, headers=headers)


async def form(browser: Browser, **fields: Any) -> dict[str, str]:
    """The fields of the form that the right password gets."""
    response = await login(browser, **fields)
    assert response.status_code == 200, response.text
    found: dict[str, str] = forms(response)[0]["fields"]
    return found


async def call_back(
    browser: Browser, fields: dict[str, str], *, origin: str | None = OURS
) -> httpx2.Response:
    """The form, sent."""
    headers = {"origin": origin} if origin else {}
    return await browser.post("/login/callback", data=fields, headers=headers)


def refusal(response: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal in the shape of the database endpoints."""
    found = response.json()
    assert set(found) == {"name", "code", "description", "statusCode"}, found
    assert found["statusCode"] == response.status_code
    return response.status_code, found["code"]


class TestLogin:
    """``POST /usernamepassword/login``."""

    async def test_form(self, world: World) -> None:
        """The answer begins with the form that the libraries put into their page."""
        response = await login(world.browser())
        assert response.headers["content-type"].startswith("text/html")
        assert response.text.startswith('<form method="post" name="hiddenform"')
        (found,) = forms(response)
        assert found["action"] == f"{ISSUER}login/callback"
        assert {"wa", "wresult", "wctx"} <= set(found["fields"])
        assert found["fields"]["wa"] == "wsignin1.0"
        assert "<noscript><p>" in response.text
        assert response.headers["cache-control"] == "no-store"

    async def test_result(self, world: World) -> None:
        """The result is a token for a minute that says whom the password proved, and is for us alone."""
        fields = await form(world.browser())
        claims, now = claims_of(fields["wresult"]), world.clock.now()
        assert {name: claims[name] for name in claims if name != "jti"} == {
            "user_id": "ada",
            "email": ADA,
            "email_verified": True,
            "name": "Ada Example",
            "nickname": "ada",
            "username": "",
            "iat": now,
            "exp": now + 60,
            "aud": f"urn:auth0:main:{CONNECTION}",
            "iss": "urn:auth0",
        }
        assert header_of(fields["wresult"])["alg"] == "RS256"

    async def test_unverified_email(self, world: World) -> None:
        """An address that was never confirmed is told to be so, and does not keep its owner out."""
        await world.put_user("bo@example.test", email_verified=False)
        browser = world.browser()
        fields = await form(browser, username="bo@example.test")
        assert claims_of(fields["wresult"])["email_verified"] is False
        assert "code" in answer(await call_back(browser, fields))

    async def test_context(self, world: World) -> None:
        """The context is the authorization request and what the wire tells besides, without the password."""
        fields = await form(world.browser(), nonce="n", auth0Client="eyJ9", captcha="x", _csrf="y")
        context = json.loads(fields["wctx"])
        assert context.pop("session_user")
        assert context == {
            "strategy": "auth0",
            "auth0Client": "eyJ9",
            "tenant": "main",
            "connection": CONNECTION,
            "client_id": "web",
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": CALLBACK,
            "state": "the-state",
            "nonce": "n",
        }

    async def test_form_body(self, world: World) -> None:
        """Older libraries send a form."""
        body = {"client_id": "web", "connection": CONNECTION, "username": ADA, "password": PASSWORD}
        response = await world.browser().post("/usernamepassword/login", data=body, headers={"origin": OURS})
        assert response.status_code == 200

    async def test_without_a_connection(self, world: World) -> None:
        """Without a connection the client's one database is meant."""
        assert json.loads((await form(world.browser(), connection=""))["wctx"])["connection"] == CONNECTION

    @pytest.mark.parametrize(
        "name", ["state", "nonce", "scope", "redirect_uri", "response_type", "audience", "auth0Client"]
    )
    async def test_injection(self, world: World, name: str) -> None:
        """CVE-2026-29191: every value that comes back is escaped, and comes back as it was."""
        response = await login(world.browser(), **{name: HOSTILE})
        assert "<script" not in response.text
        assert "'" not in response.text.replace("&#x27;", "")
        (found,) = forms(response)
        assert json.loads(found["fields"]["wctx"])[name] == HOSTILE

    @pytest.mark.parametrize("fields", [{"password": "wrong"}, {"username": "nobody@example.test"}])
    async def test_wrong_password(self, world: World, fields: dict[str, str]) -> None:
        """A wrong password and an unknown person get the same words."""
        response = await login(world.browser(), **fields)
        assert refusal(response) == (401, "invalid_user_password")
        assert response.json()["name"] == "ValidationError"
        assert response.json()["description"] == "Wrong email or password."

    async def test_blocked_person(self, world: World) -> None:
        """A blocked person is told so after the right password alone."""
        await world.change_user("auth0|ada", blocked=True)
        assert refusal(await login(world.browser(), password="wrong")) == (401, "invalid_user_password")
        response = await login(world.browser())
        assert refusal(response) == (401, "unauthorized")
        assert response.json()["description"] == "user is blocked"

    async def test_wrong_password_ten_times(self, world: World) -> None:
        """After ten wrong passwords even the right one is refused for a while."""
        for _ in range(10):
            await login(world.browser(), password="wrong")
        response = await login(world.browser())
        assert refusal(response) == (429, "too_many_attempts")
        assert int(response.headers["retry-after"]) > 0

    async def test_other_refusals(self, world: World) -> None:
        """Unknown clients and connections, closed ones and missing fields are told apart."""
        assert refusal(await login(world.browser(), client_id="nobody")) == (403, "unauthorized_client")
        assert refusal(await login(world.browser(), connection="nowhere")) == (400, "invalid_connection")
        for missing in ("client_id", "username", "password"):
            assert refusal(await login(world.browser(), **{missing: ""})) == (400, "invalid_request")
        await open_connection_to(world, "spa")
        assert refusal(await login(world.browser())) == (400, "invalid_connection")

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"client_id":1}'])
    async def test_malformed_body(self, world: World, body: bytes) -> None:
        """A body that is not what it should be is a 400 in the shape of the database endpoints."""
        headers = {"content-type": "application/json"}
        response = await world.browser().post("/usernamepassword/login", content=body, headers=headers)
        assert refusal(response) == (400, "invalid_request")

    async def test_foreign_page(self, world: World) -> None:
        """A page elsewhere is refused before the password is looked at, and so is one without the switch."""
        for origin in (STRANGER, "null", ORIGIN):
            response = await login(world.browser(), origin=origin)
            assert refusal(response) == (403, "unauthorized_client")
        assert world.rows("SELECT count(*) FROM attempts") == [(0,)]
        assert ORIGIN in (await newest_log(world, "fcoa")).description
        await make_legacy(world)
        assert refusal(await login(world.browser(), origin=STRANGER)) == (403, "unauthorized_client")
        response = await login(world.browser(), origin=ORIGIN)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert "access-control-allow-credentials" not in response.headers


class TestCallback:
    """``POST /login/callback``."""

    async def test_code(self, world: World) -> None:
        """The form gets the browser a session and the application its code."""
        browser = world.browser()
        response = await call_back(browser, await form(browser))
        assert response.headers["location"].startswith(f"{CALLBACK}?")
        assert answer(response)["state"] == "the-state"
        assert (await browser.redeem(answer(response)["code"])).status_code == 200
        assert "code" in answer(await browser.authorize(prompt="none"))
        assert (await newest_log(world, "s")).user_id == "auth0|ada"

    @pytest.mark.parametrize("origin", [OURS, "null", None])
    async def test_our_own_page(self, world: World, origin: str | None) -> None:
        """Our own pages may hide their origin: the browser's cookie speaks for them."""
        browser = world.browser()
        assert "code" in answer(await call_back(browser, await form(browser, origin=None), origin=origin))

    async def test_old_session_ends(self, world: World) -> None:
        """Whoever was signed in before is not any more."""
        browser = world.browser()
        await browser.sign_in()
        await call_back(browser, await form(browser))
        assert len(sessions_of(world)) == 1

    async def test_prompt(self, world: World) -> None:
        """A fresh proof that was asked for has been given."""
        browser = world.browser()
        assert "code" in answer(await call_back(browser, await form(browser, prompt="login", max_age="0")))

    async def test_fragment(self, world: World) -> None:
        """A legacy application gets its tokens in the fragment."""
        await make_legacy(world)
        browser = world.browser()
        found = answer(await call_back(browser, await form(browser, response_type="token")))
        assert {"id_token", "access_token", "state"} <= set(found)

    async def test_public_client(self, world: World) -> None:
        """The code challenge comes along in the context."""
        browser = world.browser()
        assert "code" in answer(await call_back(browser, await form(browser, **SPA, **PKCE)))

    async def test_page_of_the_application(self, world: World) -> None:
        """A form from a page of the application works from that origin, without any cookie of ours."""
        await make_legacy(world)
        fields = await form(world.browser(), origin=ORIGIN)
        assert "code" in answer(await call_back(world.browser(), fields, origin=ORIGIN))

    @pytest.mark.parametrize("origin", [STRANGER, "null", None, OURS])
    async def test_form_of_the_application_from_elsewhere(self, world: World, origin: str | None) -> None:
        """CVE class "login CSRF": a form that an attacker got signs nobody in from another page."""
        await make_legacy(world)
        attacker, victim = world.browser(), world.browser()
        fields = await form(attacker, origin=ORIGIN)
        assert is_shown(await call_back(victim, fields, origin=origin))
        assert sessions_of(world) == []

    @pytest.mark.parametrize("origin", [OURS, "null", None])
    async def test_form_in_another_browser(self, world: World, origin: str | None) -> None:
        """CVE class "session fixation": a form of our own page works in its own browser alone."""
        fields, victim = await form(world.browser()), world.browser()
        await victim.authorize()
        for browser in (world.browser(), victim):
            page = await call_back(browser, fields, origin=origin)
            assert is_shown(page)
            assert "another browser" in text_of(page)
        assert sessions_of(world) == []

    async def test_form_of_ours_from_elsewhere(self, world: World) -> None:
        """A form of our own page does not work from a page that says another origin."""
        browser = world.browser()
        fields = await form(browser)
        for origin in (STRANGER, ORIGIN):
            assert is_shown(await call_back(browser, fields, origin=origin))
        assert sessions_of(world) == []

    async def test_second_time(self, world: World) -> None:
        """CVE-2025-46815: a form that was used is worth nothing."""
        browser = world.browser()
        fields = await form(browser)
        await call_back(browser, fields)
        page = await call_back(browser, fields)
        assert is_shown(page)
        assert "used already" in text_of(page)

    async def test_parallel_forms(self, world: World) -> None:
        """Ten times the same form at once begin one session."""
        browser = world.browser()
        fields = await form(browser)
        ends = await asyncio.gather(*(call_back(browser, fields) for _ in range(10)))
        assert sum("code=" in end.headers.get("location", "") for end in ends) == 1
        assert len(sessions_of(world)) == 1

    async def test_late(self, world: World) -> None:
        """A form is good for a minute."""
        browser = world.browser()
        fields = await form(browser)
        world.clock.advance(60)
        assert is_shown(await call_back(browser, fields))

    @pytest.mark.parametrize("name", ["redirect_uri", "client_id", "scope", "state", "session_user"])
    async def test_changed_context(self, world: World, name: str) -> None:
        """A result is good with its own context alone, to the letter."""
        browser = world.browser()
        fields = await form(browser)
        context = {**json.loads(fields["wctx"]), name: "other"}
        page = await call_back(browser, {**fields, "wctx": json.dumps(context)})
        assert is_shown(page)
        assert "not the one it was made for" in text_of(page)
        assert is_shown(await call_back(browser, {**fields, "wctx": fields["wctx"] + " "}))

    async def test_context_of_another_form(self, world: World) -> None:
        """Two forms of one browser cannot be mixed."""
        browser = world.browser()
        first, second = await form(browser), await form(browser)
        assert is_shown(await call_back(browser, {**first, "wctx": second["wctx"]}))

    async def test_other_tokens_of_ours(self, world: World) -> None:
        """No other token that we sign passes for a result, and a result passes for no other token."""
        browser = world.browser()
        fields = await form(browser)
        id_token = (await browser.tokens())["id_token"]
        assert is_shown(await call_back(browser, {**fields, "wresult": id_token}))
        header = {"authorization": f"Bearer {fields['wresult']}"}
        assert (await browser.get("/userinfo", headers=header)).status_code == 401
        hinted = await browser.authorize(prompt="none", id_token_hint=fields["wresult"])
        assert answer(hinted)["error"] == "invalid_request"

    async def test_altered_result(self, world: World) -> None:
        """A result whose signature is another's is unknown."""
        browser = world.browser()
        fields = await form(browser)
        head, payload, _ = fields["wresult"].split(".")
        assert is_shown(await call_back(browser, {**fields, "wresult": f"{head}.{payload}.AAAA"}))

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"blocked": True}, "access_denied"), ({"last_password_reset": 1}, "access_denied")],
    )
    async def test_what_changed_meanwhile(self, world: World, change: dict[str, Any], code: str) -> None:
        """Whoever was blocked, or got a new password, since does not come in."""
        browser = world.browser()
        fields = await form(browser)
        await world.change_user("auth0|ada", **change)
        assert error_of(await call_back(browser, fields))[0] == code
        assert sessions_of(world) == []

    async def test_client_switched_off_meanwhile(self, world: World) -> None:
        """A client that may not take passwords any more gets nobody in by a form of before."""
        await make_legacy(world)
        fields = await form(world.browser(), origin=ORIGIN)
        await enable(world, cross_origin_authentication=False)
        response = await call_back(world.browser(), fields, origin=ORIGIN)
        assert error_of(response)[0] == "access_denied"

    async def test_wrong_redirect_uri(self, world: World) -> None:
        """A redirect URI that is not registered is shown; nobody is signed in."""
        browser = world.browser()
        page = await call_back(browser, await form(browser, redirect_uri="https://evil.test/"))
        assert is_shown(page)
        assert sessions_of(world) == []

    @pytest.mark.parametrize("missing", ["wa", "wresult", "wctx"])
    async def test_missing_field(self, world: World, missing: str) -> None:
        """A form that lacks a field is a page that says so."""
        browser = world.browser()
        fields = {name: value for name, value in (await form(browser)).items() if name != missing}
        page = await call_back(browser, fields)
        assert is_shown(page)
        assert "wa, wresult and wctx" in text_of(page)

    async def test_another_wa(self, world: World) -> None:
        """Another kind of message is refused."""
        browser = world.browser()
        assert is_shown(await call_back(browser, {**await form(browser), "wa": "wsignout1.0"}))


@pytest.mark.parametrize(
    ("body", "status"),
    [({"state": "s"}, 200), ({}, 400), ({"other": "s"}, 400), ({"state": ["s"]}, 400)],
)
async def test_challenge(world: World, body: dict[str, Any], status: int) -> None:
    """No puzzle is required; who asks has to say in which sign-in."""
    response = await world.browser().post("/usernamepassword/challenge", json=body)
    assert response.status_code == status
    if status == 200:
        assert response.json() == {"required": False}
    else:
        assert response.json()["error"] == "invalid_request"
