"""Signing in with a mailed code, on the hosted pages."""

import asyncio

import httpx2
import pytest
from tests.support.passwordless import CY, code_in, members, put_member, put_passwordless
from tests.support.protocol import newest_log
from tests.support.world import ISSUER, Browser, World, forms, text_of

from gatewright.protection import CODE_MAIL

from .visits import alert, has, heading, href, is_done, state_of, value_of

pytestmark = pytest.mark.anyio
WRONG_CODE = "That code or link is wrong, was used already, or is too old."


@pytest.fixture
async def by_mail(world: World) -> World:
    """The web client's only connection is passwordless."""
    (database,) = await world.platform.stores.connections.all(world.tenant_id)
    await world.commit(world.platform.stores.connections.delete(world.tenant_id, database.connection_id))
    await put_passwordless(world)
    return world


async def code_page(browser: Browser, email: str = CY, **parameters: str) -> httpx2.Response:
    """The page that asks for the code, which was mailed."""
    return await browser.submit(await browser.authorize(**parameters), email=email)


async def newest_code(world: World) -> str:
    """The code in the newest mail."""
    return code_in((await world.mails())[-1])


async def test_stranger_signs_in_and_up(by_mail: World) -> None:
    """Address, code, application: a stranger comes in, with a session and a new account."""
    browser = by_mail.browser()
    page = await browser.authorize()
    assert (page.status_code, heading(page)) == (200, "Sign in to Web App")
    page = await browser.submit(page, email=CY)
    assert (heading(page), CY in text_of(page)) == ("Enter the code", True)
    assert is_done(await browser.submit(page, code=await newest_code(by_mail)))
    (user,) = await members(by_mail)
    assert (user.user_id[:6], user.email, user.email_verified, user.logins_count) == ("email|", CY, True, 1)
    assert is_done(await browser.authorize(prompt="none"))


async def test_tokens_tell_how(by_mail: World) -> None:
    """The session remembers the connection, and that a one-time password opened it (RFC 8176)."""
    browser = by_mail.browser()
    await browser.submit(await code_page(browser), code=await newest_code(by_mail))
    ((doc,),) = by_mail.rows("SELECT doc FROM sessions")
    assert '"connection":"email"' in doc
    assert '"amr":["otp"]' in doc
    entry = await newest_log(by_mail, "s")
    assert (entry.connection, entry.user_name) == ("email", CY)


async def test_member_comes_back(by_mail: World) -> None:
    """Who has an account gets into it, in whatever spelling they type their address."""
    member = await put_member(by_mail, email_verified=False)
    browser = by_mail.browser()
    assert is_done(
        await browser.submit(await code_page(browser, " CY@example.test "), code=await newest_code(by_mail))
    )
    (user,) = await members(by_mail)
    assert (user.user_id, user.email_verified) == (member.user_id, True)


async def test_code_may_be_typed_with_spaces(by_mail: World) -> None:
    """Spaces that people put into a code do not matter."""
    browser = by_mail.browser()
    page = await code_page(browser)
    code = await newest_code(by_mail)
    assert is_done(await browser.submit(page, code=f" {code[:3]} {code[3:]} "))


async def test_wrong_code_is_told_and_can_be_corrected(by_mail: World) -> None:
    """After a wrong code the page says so and takes another one."""
    browser = by_mail.browser()
    page = await code_page(browser)
    code = await newest_code(by_mail)
    page = await browser.submit(page, code=f"{(int(code) + 1) % 10**6:06d}")
    assert (page.status_code, alert(page)) == (400, WRONG_CODE)
    assert is_done(await browser.submit(page, code=code))


async def test_old_code_leads_to_a_new_one(by_mail: World) -> None:
    """Whoever is too late is told, and has another code sent from that very page."""
    browser = by_mail.browser()
    page = await code_page(browser)
    old = await newest_code(by_mail)
    by_mail.clock.advance(180)
    page = await browser.submit(page, code=old)
    assert alert(page) == WRONG_CODE
    page = await browser.get(href(page, "again-link"))
    assert value_of(page, "email") == CY
    page = await browser.submit(page)
    assert len(await by_mail.mails()) == 2
    assert is_done(await browser.submit(page, code=await newest_code(by_mail)))


async def test_page_is_the_same_for_everybody(by_mail: World) -> None:
    """Members, strangers and the blocked see the same where sign-up is closed; only members get mail."""
    await put_passwordless(by_mail, disable_signup=True)
    await put_member(by_mail, "aa@example.test")
    await put_member(by_mail, "bb@example.test", blocked=True)
    seen = set()
    for email in ("aa@example.test", "bb@example.test", "cc@example.test"):
        page = await code_page(by_mail.browser(), email)
        seen.add((page.status_code, text_of(page).replace(email, "")))
    assert len(seen) == 1
    assert [mail["to"] for mail in await by_mail.mails()] == ["aa@example.test"]


async def test_blocked_member_is_told_after_the_proof(by_mail: World) -> None:
    """Who is blocked after the code was sent is told so once they have proved themselves."""
    member = await put_member(by_mail)
    browser = by_mail.browser()
    page = await code_page(browser)
    await by_mail.change_user(member.user_id, blocked=True)
    page = await browser.submit(page, code=await newest_code(by_mail))
    assert "This account is blocked" in alert(page)
    assert by_mail.rows("SELECT count(*) FROM sessions") == [(0,)]


async def test_double_click_is_one_mail(by_mail: World) -> None:
    """The same form sent twice, one after the other or at once, is one mail."""
    browser = by_mail.browser()
    page = await browser.authorize()
    ends = await asyncio.gather(*(browser.submit(page, email=CY) for _ in range(3)))
    assert {heading(end) for end in ends} == {"Enter the code"}
    await browser.submit(page, email=CY)
    assert len(await by_mail.mails()) == 1


async def test_one_code_in_two_tabs_is_one_session(by_mail: World) -> None:
    """One code sent by two tabs at once begins one session; nobody meets an accident."""
    browser = by_mail.browser()
    page = await code_page(browser)
    code = await newest_code(by_mail)
    fields = {**forms(page)[0]["fields"], "code": code}
    ends = await asyncio.gather(*(browser.post("/u/login/email/code", data=fields) for _ in range(4)))
    assert all(end.status_code in (303, 400) for end in ends)
    assert by_mail.rows("SELECT count(*) FROM sessions") == [(1,)]


async def test_too_many_mails(by_mail: World) -> None:
    """The page says when an address got too many codes."""
    for _ in range(CODE_MAIL.attempts):
        assert heading(await code_page(by_mail.browser())) == "Enter the code"
    page = await code_page(by_mail.browser())
    assert (page.status_code, alert(page)) == (429, "Too many attempts. Try again in a few minutes.")
    assert int(page.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "typed", ["", "no address", "a@b@c", "x" * 300 + "@example.test", "ada@example.test\n.x"]
)
async def test_what_is_no_address(by_mail: World, typed: str) -> None:
    """What is no e-mail address is refused on the page, and stays in the field."""
    browser = by_mail.browser()
    page = await browser.submit(await browser.authorize(), email=typed)
    assert (page.status_code, alert(page)) == (400, "That is not an e-mail address.")


async def test_code_page_before_the_address(by_mail: World) -> None:
    """Whoever opens the code page without having said an address is asked that first."""
    browser = by_mail.browser()
    page = await browser.authorize()
    again = await browser.follow(await browser.get(f"/u/login/email/code?state={state_of(page)}"))
    assert has(again, "ask-code-form")


async def test_address_of_the_application_is_filled_in(by_mail: World) -> None:
    """``login_hint`` is the address that the page proposes."""
    page = await by_mail.browser().authorize(login_hint=CY)
    assert value_of(page, "email") == CY


async def test_both_ways_where_there_are_both(world: World) -> None:
    """With a database beside it, the sign-in page has a way to the code, and that one a way back."""
    assert not has(await world.browser().authorize(), "code-link")
    await put_passwordless(world)
    browser = world.browser()
    page = await browser.authorize()
    page = await browser.get(href(page, "code-link"))
    assert has(page, "ask-code-form")
    page = await browser.get(href(page, "login-link"))
    assert has(page, "login-form")


async def test_connection_of_the_request_decides(world: World) -> None:
    """``connection=email`` leads to the code at once, and that of a database offers no code."""
    await put_passwordless(world)
    page = await world.browser().authorize(connection="email")
    assert has(page, "ask-code-form")
    assert not has(page, "login-link")
    page = await world.browser().authorize(connection="Username-Password-Authentication")
    assert has(page, "login-form")
    assert not has(page, "code-link")


async def test_client_without_the_connection(world: World) -> None:
    """A client that has no passwordless connection has no such pages, wherever its people come from."""
    await put_passwordless(world, clients=("third",))
    browser = world.browser()
    state = state_of(await browser.authorize())
    page = await browser.get(f"/u/login/email?state={state}")
    assert heading(page) == "Nobody can sign in here yet"


async def test_other_user_than_expected(by_mail: World) -> None:
    """A request that names a user takes no other one, whose code stays good."""
    first = by_mail.browser()
    await first.submit(await code_page(first), code=await newest_code(by_mail))
    other = await put_member(by_mail, "other@example.test")
    claims = f'{{"id_token":{{"sub":{{"value":"{other.user_id}"}}}}}}'
    browser = by_mail.browser()
    page = await browser.submit(await code_page(browser, claims=claims), code=await newest_code(by_mail))
    assert alert(page) == "The application expects another account. Sign in with that one."


async def test_form_from_elsewhere_does_nothing(by_mail: World) -> None:
    """A right code in a form that carries no proof of our page signs nobody in."""
    browser = by_mail.browser()
    page = await code_page(browser)
    data = {"state": state_of(page), "code": await newest_code(by_mail)}
    for proof in ({}, {"_csrf": "guess"}):
        answered = await browser.post(
            "/u/login/email/code", data=data | proof, headers={"origin": ISSUER[:-1]}
        )
        assert answered.headers["location"].startswith("/authorize?")
    assert by_mail.rows("SELECT count(*) FROM sessions") == [(0,)]


async def test_pages_and_mail_speak_german(by_mail: World) -> None:
    """Both pages and the mail speak the language of the request."""
    browser = by_mail.browser()
    page = await browser.authorize(ui_locales="de")
    assert "Code schicken" in text_of(page)
    page = await browser.submit(page, email=CY)
    assert heading(page) == "Code eingeben"
    assert (await by_mail.mails())[-1]["subject"] == "Ihr Code für Web App"
    assert alert(await browser.submit(page, code="000000")).startswith("Dieser Code oder Link ist falsch")
