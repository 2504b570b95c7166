"""The page of the application vouches for a browser that blocks cookies of other sites (the wire §2.12)."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from tests.support.protocol import posted_message
from tests.support.world import CALLBACK, ISSUER, Browser, World, answer, forms, text_of

from .pages import LOCATION, ORIGIN, STRANGER, enable, error_of, redeem, sessions_of, ticket

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /co/verify")]
OURS = ISSUER[:-1]


@pytest.fixture
async def vouching(embedding: World) -> World:
    """A server whose web application has a page that vouches."""
    await enable(embedding, cross_origin_loc=LOCATION)
    return embedding


async def ask(world: World, **parameters: str) -> tuple[httpx2.Response, Browser, dict[str, str]]:
    """The page, in a browser that did not keep the cookie, and what the application got for the password."""
    found = await ticket(world.browser())
    browser = world.browser()
    return await redeem(browser, found["login_ticket"], **parameters), browser, found


async def verify(browser: Browser, page: httpx2.Response, *, origin: str | None = OURS, **fields: str) -> Any:
    """The page's form, sent."""
    (form,) = forms(page)
    headers = {"origin": origin} if origin else {}
    return await browser.post(form["action"], data={**form["fields"], **fields}, headers=headers)


def told(page: httpx2.Response) -> dict[str, str]:
    """What the page's script is told."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.text)
    assert found, page.text
    data: dict[str, str] = json.loads(found[1])
    return data


async def test_page(vouching: World) -> None:
    """The page has the form, the application's page in a hidden frame, and the id of the verifier."""
    page, _, found = await ask(vouching)
    (form,) = forms(page)
    assert (page.status_code, form["action"], set(form["fields"])) == (200, "/co/verify", {"state"})
    frame = re.search(r"<iframe [^>]*>", page.text)
    assert frame
    assert f'src="{LOCATION}#origin={OURS}"' in frame[0]
    assert " hidden" in frame[0]
    assert told(page) == {"id": found["co_id"], "origin": ORIGIN}
    assert found["co_verifier"] not in page.text
    assert sessions_of(vouching) == []


async def test_page_may_be_framed_by_the_application_alone(vouching: World) -> None:
    """The page stands in frames of the application and of nobody else, and shows nobody else's page."""
    page, _, _ = await ask(vouching)
    policy = dict(each.split(" ", 1) for each in page.headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == f"'self' {ORIGIN}"
    assert policy["frame-src"] == ORIGIN
    assert "unsafe" not in policy["script-src"]
    assert "x-frame-options" not in page.headers
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"


async def test_page_without_scripts(vouching: World) -> None:
    """Without scripts the page says why it cannot go on, and its button leads back to the application."""
    page, browser, _ = await ask(vouching)
    assert "needs JavaScript" in text_of(page)
    assert error_of(await verify(browser, page, action="default"))[0] == "login_required"


async def test_page_in_german(vouching: World) -> None:
    """The page speaks the language that the application asks for."""
    page, _, _ = await ask(vouching, ui_locales="de")
    assert "Sie werden bei Web App angemeldet" in text_of(page)


async def test_verifier(vouching: World) -> None:
    """With the verifier the browser gets a session and the application its code."""
    page, browser, found = await ask(vouching)
    response = await verify(browser, page, verifier=found["co_verifier"])
    assert answer(response)["state"] == "the-state"
    assert "__Host-gw_session" in response.cookies
    assert (await browser.redeem(answer(response)["code"])).status_code == 200
    assert "code" in answer(await browser.authorize(prompt="none"))


async def test_prompt_login(vouching: World) -> None:
    """A fresh proof that was asked for has been given; nobody is asked again."""
    page, browser, found = await ask(vouching, prompt="login", max_age="0")
    assert "code" in answer(await verify(browser, page, verifier=found["co_verifier"]))


async def test_web_message(vouching: World) -> None:
    """In a frame of the application the answer comes by web_message."""
    page, browser, found = await ask(vouching, response_mode="web_message", prompt="none")
    message = posted_message(await verify(browser, page, verifier=found["co_verifier"]))
    assert message["origin"] == ORIGIN
    assert "code" in message["response"]


@pytest.mark.parametrize("verifier", ["", "wrong", "0" * 43])
async def test_wrong_verifier(vouching: World, verifier: str) -> None:
    """Without the right verifier the application is told login_required, and there is no second try."""
    page, browser, found = await ask(vouching)
    assert error_of(await verify(browser, page, verifier=verifier))[0] == "login_required"
    response = await verify(browser, page, verifier=found["co_verifier"])
    assert response.status_code == 400
    assert "sign-in that is over" in text_of(response)
    assert sessions_of(vouching) == []


async def test_verifier_of_another_ticket(vouching: World) -> None:
    """A verifier vouches for its own ticket alone."""
    page, browser, _ = await ask(vouching)
    other = await ticket(vouching.browser())
    response = await verify(browser, page, verifier=other["co_verifier"])
    assert error_of(response)[0] == "login_required"


@pytest.mark.parametrize("origin", [STRANGER, ORIGIN, "null", None, "http://id.example.test"])
async def test_form_from_elsewhere(vouching: World, origin: str | None) -> None:
    """CVE class "login CSRF": state and verifier of an attacker's ticket sign nobody in from another page."""
    page, _, found = await ask(vouching)
    victim = vouching.browser()
    response = await verify(victim, page, origin=origin, verifier=found["co_verifier"])
    assert response.status_code == 403
    assert "location" not in response.headers
    assert sessions_of(vouching) == []


async def test_ticket_is_spent_by_the_page(vouching: World) -> None:
    """The page takes the ticket's place: the address that showed it is good for nothing more."""
    found, browser = await ticket(vouching.browser()), vouching.browser()
    await redeem(browser, found["login_ticket"])
    assert error_of(await redeem(browser, found["login_ticket"]))[0] == "login_required"


async def test_parallel_forms(vouching: World) -> None:
    """Ten forms at once begin one session."""
    page, browser, found = await ask(vouching)
    ends = await asyncio.gather(
        *(verify(browser, page, verifier=found["co_verifier"]) for _ in range(10)), return_exceptions=False
    )
    outcomes = [answer(end) for end in ends if end.status_code == 302]
    assert sum("code" in outcome for outcome in outcomes) == 1
    assert len(sessions_of(vouching)) == 1


async def test_late_form(vouching: World) -> None:
    """Whoever takes more than ten minutes has to start again."""
    page, browser, found = await ask(vouching)
    vouching.clock.advance(600)
    response = await verify(browser, page, verifier=found["co_verifier"])
    assert response.status_code == 400


@pytest.mark.parametrize("change", [{"blocked": True}, {"last_password_reset": 1}])
async def test_what_changed_meanwhile(vouching: World, change: dict[str, object]) -> None:
    """Whoever was blocked, or got a new password, before the form came does not get in."""
    page, browser, found = await ask(vouching)
    await vouching.change_user("auth0|ada", **change)
    assert error_of(await verify(browser, page, verifier=found["co_verifier"]))[0] == "access_denied"


async def test_redirect_uri_removed_meanwhile(vouching: World) -> None:
    """The request is checked anew: a redirect URI that was removed meanwhile is not redirected to."""
    page, browser, found = await ask(vouching)
    await vouching.change_client("web", callbacks=("https://app.example.test/other",))
    response = await verify(browser, page, verifier=found["co_verifier"])
    assert "location" not in response.headers
    assert sessions_of(vouching) == []


async def test_login_ticket_is_no_state(vouching: World) -> None:
    """A ticket of one kind does not pass for one of the other kind."""
    found = await ticket(vouching.browser())
    data = {"state": found["login_ticket"], "verifier": found["co_verifier"]}
    response = await vouching.browser().post("/co/verify", data=data, headers={"origin": OURS})
    assert response.status_code == 400
    page, browser, _ = await ask(vouching)
    state = forms(page)[0]["fields"]["state"]
    assert error_of(await redeem(browser, state))[0] == "login_required"


async def test_two_fields(vouching: World) -> None:
    """A form with a field twice is refused."""
    headers = {"origin": OURS, "content-type": "application/x-www-form-urlencoded"}
    response = await vouching.browser().post("/co/verify", content=b"state=a&state=b", headers=headers)
    assert response.status_code == 400


@pytest.mark.parametrize("location", ["javascript:alert(1)", "not an address", "com.app:/x"])
async def test_unusable_location(embedding: World, location: str) -> None:
    """Where cross_origin_loc is no web address there is no such page."""
    await enable(embedding, cross_origin_loc=location)
    page, _, _ = await ask(embedding)
    assert error_of(page)[0] == "login_required"


HOSTILE = "\"><script>alert(1)</script>'</script>"


async def test_injection(vouching: World) -> None:
    """CVE-2024-21637: nothing of the request or of the settings becomes markup or script on the page."""
    await enable(vouching, cross_origin_loc=f"{LOCATION}?x='y", name=HOSTILE)
    page, _, _ = await ask(vouching, state=HOSTILE, nonce=HOSTILE, scope="openid", login_hint=HOSTILE)
    assert page.text.count("<script") == 2
    assert "alert(1)" not in page.text.replace("alert(1)&lt;/script&gt;", "")


async def test_injection_in_the_answer(vouching: World) -> None:
    """The state comes back to the application as it was sent, encoded."""
    page, browser, found = await ask(vouching, state=HOSTILE)
    response = await verify(browser, page, verifier=found["co_verifier"])
    assert response.headers["location"].startswith(f"{CALLBACK}?")
    assert answer(response)["state"] == HOSTILE
    assert urlencode({"state": HOSTILE}) in response.headers["location"]
