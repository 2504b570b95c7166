"""The link in the mail: it asks, signs in, and goes on as the authorization request it carries."""

import asyncio
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest
from tests.support.passwordless import CY, mailed_code, mailed_link, members, put_member, put_passwordless
from tests.support.protocol import CHALLENGE, SPA, is_shown, query_of, spa_redeem
from tests.support.world import CALLBACK, ISSUER, Browser, World, answer, forms, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /passwordless/verify_redirect")]
QUESTION = f"Do you want to sign in as {CY}?"


def sessions(world: World) -> int:
    """How many sessions there are."""
    return int(world.rows("SELECT count(*) FROM sessions")[0][0])


def changed(link: str, **parameters: str) -> str:
    """The link with other parameters; one set to ``""`` is left out."""
    query = {**query_of(link), **parameters}
    kept = urlencode({name: value for name, value in query.items() if value})
    return f"{urlsplit(link).path}?{kept}"


async def press(browser: Browser, link: str) -> httpx2.Response:
    """Opens a link and presses the button."""
    return await browser.submit(await browser.get(link))


async def test_link_signs_in(by_mail: World) -> None:
    """The link asks, the button signs in, and the application gets what it wanted, with its state."""
    link = await mailed_link(by_mail, authParams={"state": "s-1", "scope": "openid email", "nonce": "n-1"})
    browser = by_mail.browser()
    page = await browser.get(link)
    assert (page.status_code, QUESTION in text_of(page)) == (200, True)
    end = await browser.submit(page)
    assert end.headers["location"].startswith(CALLBACK)
    found = answer(end)
    assert (found["state"], found["iss"]) == ("s-1", ISSUER)
    tokens = (await browser.redeem(found["code"])).json()
    assert set(tokens) >= {"access_token", "id_token"}
    assert answer(await browser.authorize(prompt="none"))["code"]
    (user,) = await members(by_mail)
    assert (user.email, user.email_verified) == (CY, True)


async def test_looking_does_nothing(by_mail: World) -> None:
    """Programs that follow links in mail burn nothing: however often it was looked at, the link works."""
    link = await mailed_link(by_mail)
    for _ in range(8):
        await by_mail.browser().get(link)
        await by_mail.browser().client.head(link)
    assert (sessions(by_mail), await members(by_mail)) == (0, [])
    assert answer(await press(by_mail.browser(), link))["code"]


async def test_link_works_once(by_mail: World) -> None:
    """A used link says so, and offers to send a code instead."""
    link = await mailed_link(by_mail)
    await press(by_mail.browser(), link)
    page = await press(by_mail.browser(), link)
    assert page.status_code == 400
    assert "was used already" in text_of(page)
    assert 'id="again-link"' in page.text
    assert sessions(by_mail) == 1


async def test_of_many_at_once_one_signs_in(by_mail: World) -> None:
    """One link pressed in many browsers at once begins one session, and makes one account."""
    link = await mailed_link(by_mail)
    ends = await asyncio.gather(*(press(by_mail.browser(), link) for _ in range(8)))
    assert sorted(end.status_code for end in ends) == [302] + [400] * 7
    assert sessions(by_mail) == 1
    assert len(await members(by_mail)) == 1


async def test_old_link(by_mail: World) -> None:
    """A link is good as long as a code, and not a second longer."""
    link = await mailed_link(by_mail)
    by_mail.clock.advance(180)
    page = await press(by_mail.browser(), link)
    assert (page.status_code, sessions(by_mail)) == (400, 0)


async def test_code_typed_into_a_page_of_the_application(by_mail: World) -> None:
    """The wire's libraries put a typed code into the same address: it works like that of a link."""
    link = changed(await mailed_link(by_mail), verification_code="")
    code = await mailed_code(by_mail)
    assert answer(await press(by_mail.browser(), f"{link}&verification_code={code}"))["code"]


async def test_other_browser_than_asked(by_mail: World) -> None:
    """A link opened in another browser signs in that browser, to the application alone that asked."""
    link = await mailed_link(by_mail)
    first = by_mail.browser()
    await first.authorize()
    second = by_mail.browser()
    assert answer(await press(second, link))["code"]
    assert answer(await second.authorize(prompt="none"))["code"]
    assert answer(await first.authorize(prompt="none"))["error"] == "login_required"


async def test_nobody_is_signed_in_behind_their_back(by_mail: World) -> None:
    """Login CSRF: somebody else's link signs nobody in by being opened, and its form is the browser's own."""
    link = await mailed_link(by_mail, "eve@example.test")
    victim, eve = by_mail.browser(), by_mail.browser()
    page = await victim.get(link, headers={"referer": "https://app.example.test/"})
    assert "sign in as eve@example.test?" in text_of(page)
    assert sessions(by_mail) == 0
    fields = forms(await eve.get(link))[0]["fields"]
    answered = await victim.post("/u/login/email/code", data=fields)
    assert "code" not in query_of(answered.headers["location"])
    assert sessions(by_mail) == 0


async def test_session_of_another_is_replaced(by_mail: World) -> None:
    """Whoever presses the button in a browser where another person is signed in takes their place."""
    browser = by_mail.browser()
    await browser.sign_in()
    await press(browser, await mailed_link(by_mail))
    assert sessions(by_mail) == 1
    ((user_id,),) = by_mail.rows("SELECT user_id FROM sessions")
    assert user_id.startswith("email|")


async def test_page_keeps_the_code_to_itself(by_mail: World) -> None:
    """The page is not cached, not framed, and sends its address to nobody."""
    page = await by_mail.browser().get(await mailed_link(by_mail))
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-frame-options"] == "DENY"


async def test_public_client_with_its_challenge(by_mail: World) -> None:
    """The code that a link leads to is bound to the challenge in ``authParams``."""
    params = {
        "redirect_uri": SPA["redirect_uri"],
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    link = await mailed_link(by_mail, client_id="spa", authParams=params)
    browser = by_mail.browser()
    code = answer(await press(browser, link))["code"]
    assert (await spa_redeem(browser, code)).status_code == 200


async def test_consent_is_asked_for(by_mail: World) -> None:
    """A foreign application asks for consent after the link as after every other sign-in."""
    link = await mailed_link(by_mail, client_id="third")
    page = await press(by_mail.browser(), link)
    assert "asks for access to your account" in text_of(page)


async def test_client_and_redirect_uri_are_checked_first(by_mail: World) -> None:
    """Until client and redirect URI are known to be good, nothing is redirected (invariant 3)."""
    link = await mailed_link(by_mail)
    for changes in (
        {"client_id": "nobody"},
        {"client_id": ""},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{CALLBACK}/../x"},
        {"redirect_uri": ""},
    ):
        assert is_shown(await by_mail.browser().get(changed(link, **changes))), changes


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "x"}, "unsupported_response_type"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"email": ""}, "invalid_request"),
        ({"email": "no address"}, "invalid_request"),
        ({"verification_code": ""}, "invalid_request"),
        ({"verification_code": "x" * 5_000}, "invalid_request"),
        ({"connection": "sms"}, "invalid_request"),
        ({"connection": ""}, "invalid_request"),
        ({"prompt": "sometimes"}, "invalid_request"),
    ],
)
async def test_what_is_wrong_is_redirected(by_mail: World, changes: dict[str, str], error: str) -> None:
    """What else is wrong goes back to the application, with its state."""
    link = await mailed_link(by_mail, authParams={"state": "s-2"})
    response = await by_mail.browser().get(changed(link, **changes))
    found = answer(response)
    assert response.headers["location"].startswith(CALLBACK)
    assert (found["error"], found["state"]) == (error, "s-2")


@pytest.mark.parametrize(
    "query", ["", "client_id=%ff", "client_id=%00", "client_id=web&client_id=web", "a" * 20_000]
)
async def test_malformed_link_is_a_page(by_mail: World, query: str) -> None:
    """What cannot be read is a page that says so."""
    assert is_shown(await by_mail.browser().get(f"/passwordless/verify_redirect?{query}"))


async def test_audience_is_checked_after_all(by_mail: World) -> None:
    """An API nobody knows is refused as at the authorization endpoint."""
    link = await mailed_link(by_mail, authParams={"audience": "urn:unknown"})
    assert answer(await press(by_mail.browser(), link))["error"] == "access_denied"


async def test_blocked_meanwhile(by_mail: World) -> None:
    """Who was blocked since does not come in by a link."""
    member = await put_member(by_mail)
    link = await mailed_link(by_mail)
    await by_mail.change_user(member.user_id, blocked=True)
    page = await press(by_mail.browser(), link)
    assert "This account is blocked" in text_of(page)
    assert sessions(by_mail) == 0


async def test_connection_closed_meanwhile(by_mail: World) -> None:
    """A connection that is closed to the client ends its links at once, also on the page that asks."""
    link = await mailed_link(by_mail)
    browser = by_mail.browser()
    page = await browser.get(link)
    await put_passwordless(by_mail, clients=("third",))
    assert "Nobody can sign in here yet" in text_of(await browser.submit(page))
    assert answer(await by_mail.browser().get(link))["error"] == "invalid_request"


async def test_lost_cookie_begins_anew(by_mail: World) -> None:
    """A browser that keeps no cookie is sent to a fresh sign-in with the address filled in."""
    link = await mailed_link(by_mail)
    browser = by_mail.browser()
    page = await browser.get(link)
    browser.client.cookies.clear()
    page = await browser.submit(page)
    assert forms(page)[0]["fields"]["email"] == CY
    assert sessions(by_mail) == 0
