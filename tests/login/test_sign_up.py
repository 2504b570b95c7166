"""Asking for an account."""

import asyncio

import httpx2
import pytest
from tests.support.world import ISSUER, PASSWORD, Browser, World, text_of

from gatewright.kernel.errors import Unavailable
from gatewright.tenants.model import TenantFlags

from .visits import (
    ADA,
    NEWCOMER,
    alert,
    codes_of,
    has,
    heading,
    href,
    is_done,
    last_mail,
    link_in,
    sign_up,
    sign_up_page,
    value_of,
)

pytestmark = pytest.mark.anyio


async def test_new_account_can_sign_in_and_is_not_verified(world: World) -> None:
    """Whoever signs up can sign in with that password; their address is not verified yet."""
    browser = world.browser()
    sent = await sign_up(browser)
    assert heading(sent) == "Look into your mailbox"
    page = await browser.get(href(sent, "continue"))
    assert value_of(page, "username") == NEWCOMER
    assert is_done(await browser.submit(page, username=NEWCOMER, password=PASSWORD))
    (user,) = [user for user in await all_users(world) if user.email == NEWCOMER]
    assert user.user_id.startswith("auth0|")
    assert not user.email_verified
    assert (user.name, user.nickname) == (NEWCOMER, "cy")


async def all_users(world: World) -> list:  # type: ignore[type-arg]
    return await world.platform.stores.users.page(world.tenant_id, after="", limit=100)


async def test_sign_up_mails_a_link_to_verify(world: World) -> None:
    """A new address gets a mail whose link begins with the configured issuer."""
    await sign_up(world.browser())
    mail = await last_mail(world)
    assert (mail["kind"], mail["to"]) == ("verify_email", NEWCOMER)
    assert link_in(mail).startswith(ISSUER + "u/email-verification?ticket=")


async def test_sign_up_is_on_record(world: World) -> None:
    """A sign-up is recorded with the new user's id."""
    await sign_up(world.browser())
    entry = (await world.logs())[0]
    assert (entry.type, entry.event, entry.user_name) == ("ss", "UserSignedUp", NEWCOMER)
    assert entry.user_id


def shown(page: httpx2.Response, email: str) -> tuple[int, str]:
    return page.status_code, text_of(page).replace(email, "…")


async def test_taken_address_gets_the_same_answer(world: World) -> None:
    """CVE class "user enumeration": sign-up answers the same for a taken address as for a free one."""
    taken = await sign_up(world.browser(), ADA)
    free = await sign_up(world.browser(), NEWCOMER)
    assert shown(taken, ADA) == shown(free, NEWCOMER)


async def test_taken_address_costs_a_hash_like_a_free_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CVE class "timing": the password is hashed whether or not the address is taken."""
    hashed: list[str] = []
    make = world.platform.hasher.hash

    async def counted(password: str) -> str:
        hashed.append(password)
        return await make(password)

    monkeypatch.setattr(world.platform.hasher, "hash", counted)
    await sign_up(world.browser(), ADA)
    await sign_up(world.browser(), NEWCOMER)
    assert hashed == [PASSWORD, PASSWORD]


async def test_owner_of_a_taken_address_is_told_by_mail(world: World) -> None:
    """Who has the account already gets a mail that says so, and nothing of the account changes."""
    await sign_up(world.browser(), ADA.upper(), "Another-Password-3")
    mail = await last_mail(world)
    assert (mail["kind"], mail["to"]) == ("account_exists", ADA)
    assert is_done(await world.browser().sign_in())
    assert alert(await world.browser().sign_in(password="Another-Password-3")) == "Wrong email or password."


@pytest.mark.parametrize("email", ["ADA@EXAMPLE.TEST", "ａda@example.test", "ada@example.test "])
async def test_no_second_account_looks_like_the_first(world: World, email: str) -> None:
    """CVE-2021-3754: an address that only differs in case, width or space is the same identifier."""
    await sign_up(world.browser(), email)
    assert len(await all_users(world)) == 1


async def test_mail_goes_to_the_owner_s_own_spelling(world: World) -> None:
    """CVE class "Unicode collision": a look-alike address never gets the mail meant for the owner."""
    await sign_up(world.browser(), "ａda@example.test")
    assert [mail["to"] for mail in await world.mails()] == [ADA]


async def test_tenant_may_say_that_an_address_is_taken(world: World) -> None:
    """With enable_public_signup_user_exists_error the page says it, and no mail is sent."""
    await world.change_tenant(flags=TenantFlags(enable_public_signup_user_exists_error=True))
    page = await sign_up(world.browser(), ADA)
    assert (page.status_code, alert(page)) == (400, "There is an account with that address or name already.")
    assert await world.mails() == []


async def test_taken_username_is_said(world: World) -> None:
    """A taken username is said on the page, for usernames are public; other tries do not use up mails."""
    await world.change_connection(requires_username=True)
    browser = world.browser()
    page = await sign_up_page(browser)
    await browser.submit(page, email="first@example.test", username="cy", password=PASSWORD)
    for _ in range(6):
        page = await browser.submit(page, email=NEWCOMER, username="CY", password=PASSWORD)
        assert alert(page) == "There is an account with that address or name already."
    done = await browser.submit(page, email=NEWCOMER, username="cy2", password=PASSWORD)
    assert heading(done) == "Look into your mailbox"


async def test_taken_username_tells_nothing_of_the_address(world: World) -> None:
    """CVE class "user enumeration": with a taken username the answer is the same for every address."""
    await world.change_connection(requires_username=True)
    browser = world.browser()
    page = await sign_up_page(browser)
    await browser.submit(page, email="first@example.test", username="cy", password=PASSWORD)
    pages = [await browser.submit(page, email=e, username="cy", password=PASSWORD) for e in (ADA, NEWCOMER)]
    assert shown(pages[0], ADA) == shown(pages[1], NEWCOMER)
    assert alert(pages[0]) == "There is an account with that address or name already."
    assert [mail["to"] for mail in await world.mails()] == ["first@example.test"]


@pytest.mark.parametrize("username", ["", "a@b", "x" * 16, "two words", "a/b"])
async def test_username_must_be_well_formed(world: World, username: str) -> None:
    """A username is required where the connection has them, and its length and characters are checked."""
    await world.change_connection(requires_username=True)
    browser = world.browser()
    page = await browser.submit(
        await sign_up_page(browser), email=NEWCOMER, username=username, password=PASSWORD
    )
    assert alert(page) == "A username has 1 to 15 letters, digits or _ - . + characters."
    assert value_of(page, "email") == NEWCOMER


async def test_username_is_not_asked_for_where_there_are_none(world: World) -> None:
    """Without requires_username there is no such field, and one that is sent is ignored."""
    browser = world.browser()
    page = await sign_up_page(browser)
    assert not has(page, "username")
    await browser.submit(page, email=NEWCOMER, username="sneaky", password=PASSWORD)
    assert alert(await world.browser().sign_in("sneaky")) == "Wrong email or password."


NO_ADDRESSES = (
    "",
    "ada",
    "@example.test",
    "ada@",
    "a b@example.test",
    "ada@example..test",
    "ada@[127.0.0.1]",
    '"a b"@example.test',
    "ada@example.test\r\nBcc: x@y.test",
    "<ada@example.test>",
    "a@b.test,c@d.test",
)


@pytest.mark.parametrize("email", ["cy@firm.local", "cy@firm.test", "cy@nas.home.arpa", "jürgen@firm.local"])
async def test_address_of_a_private_network(world: World, email: str) -> None:
    """An address whose domain only a private network knows signs up, is confirmed and signs in."""
    browser = world.browser()
    assert heading(await sign_up(browser, email)) == "Look into your mailbox"
    mail = await last_mail(world)
    assert mail["to"] == email
    done = await browser.submit(await browser.get(link_in(mail)))
    assert heading(done) == "Your address is confirmed"
    assert is_done(await world.browser().sign_in(email))


@pytest.mark.parametrize("email", NO_ADDRESSES)
async def test_what_is_no_address_is_refused(world: World, email: str) -> None:
    """What is not one plain address is refused with a message, and nothing is mailed."""
    page = await sign_up(world.browser(), email)
    assert (page.status_code, alert(page)) == (400, "That is not an e-mail address.")
    assert await world.mails() == []


async def test_weak_password_shows_the_verdict_on_each_rule(world: World) -> None:
    """A password that breaks rules shows each rule as met or not, and is not shown itself."""
    page = await sign_up(world.browser(), password="lowercase")
    assert alert(page) == "The password does not meet the rules below."
    assert "At least 8 characters (met)" in text_of(page)
    assert "special characters (not met)" in text_of(page)
    assert 'value="lowercase"' not in page.text
    assert value_of(page, "email") == NEWCOMER


async def test_rules_are_shown_before_anything_is_typed(world: World) -> None:
    """The sign-up page names the rules without a verdict, and leaves out what goes without saying."""
    text = text_of(await sign_up_page(world.browser()))
    assert "At least 8 characters" in text
    assert "met)" not in text
    assert "256" not in text


async def test_no_rules_no_list(world: World) -> None:
    """With the policy "none" there is no list of rules, and one character will do."""
    await world.change_connection(password_policy="none")
    browser = world.browser()
    page = await sign_up_page(browser)
    assert not has(page, "rules")
    done = await browser.submit(page, email=NEWCOMER, password="x")
    assert heading(done) == "Look into your mailbox"


async def test_password_may_not_contain_the_address(world: World) -> None:
    """With password_no_personal_info parts of the address are refused in the password."""
    options = (await world.platform.stores.connections.all(world.tenant_id))[0].options
    await world.change_connection(
        password_no_personal_info=type(options.password_no_personal_info)(enable=True)
    )
    page = await sign_up(world.browser(), "clementine@example.test", "Clementine-12")
    assert "e-mail address or username (not met)" in text_of(page)


async def test_closed_sign_up_says_so_and_leads_back(world: World) -> None:
    """Where sign-up is closed both the page and the form answer 403 with a way back to sign-in."""
    browser = world.browser()
    form = await sign_up_page(browser)
    await world.change_connection(disable_signup=True)
    for page in (
        await browser.get("/u/signup?state=" + value_of(form, "state")),
        await browser.submit(form, email=NEWCOMER, password=PASSWORD),
    ):
        assert (page.status_code, heading(page)) == (403, "Sign-up is closed")
        assert heading(await browser.get(href(page, "back"))) == "Sign in to Web App"
    assert len(await all_users(world)) == 1


async def test_closed_sign_up_speaks_the_page_s_language(world: World) -> None:
    """The page for closed sign-up is in the language of the sign-in it belongs to."""
    browser = world.browser()
    form = await sign_up_page(browser, ui_locales="de")
    await world.change_connection(disable_signup=True)
    page = await browser.get("/u/signup?state=" + value_of(form, "state"))
    assert heading(page) == "Die Registrierung ist geschlossen"


async def test_full_hasher_says_when_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the hasher's queue sign-up answers 503 with Retry-After and keeps what was typed."""

    async def busy(password: str) -> str:
        raise Unavailable("busy", retry_after=1)

    monkeypatch.setattr(world.platform.hasher, "hash", busy)
    page = await sign_up(world.browser())
    assert (page.status_code, page.headers["retry-after"]) == (503, "1")
    assert value_of(page, "email") == NEWCOMER


async def twice(browser: Browser, page: httpx2.Response, **fields: str) -> list[httpx2.Response]:
    return list(await asyncio.gather(browser.submit(page, **fields), browser.submit(page, **fields)))


async def test_double_click_makes_one_account_and_one_mail(world: World) -> None:
    """The form sent twice at once makes one account, mails once, and says the same twice."""
    browser = world.browser()
    pages = await twice(browser, await sign_up_page(browser), email=NEWCOMER, password=PASSWORD)
    assert [heading(page) for page in pages] == ["Look into your mailbox"] * 2
    assert [mail["kind"] for mail in await world.mails()] == ["verify_email"]
    assert len(await all_users(world)) == 2


@pytest.mark.parametrize("email", [ADA, NEWCOMER], ids=["taken", "free"])
async def test_reload_mails_nothing_more(world: World, email: str) -> None:
    """The form sent again by a reload answers the same and mails nothing more."""
    browser = world.browser()
    page = await sign_up_page(browser)
    first = await browser.submit(page, email=email, password=PASSWORD)
    again = await browser.submit(page, email=email, password=PASSWORD)
    assert text_of(first) == text_of(again)
    assert len(await world.mails()) == 1


async def test_asking_again_later_mails_again(world: World) -> None:
    """Whoever asks again a few minutes later gets another mail."""
    browser = world.browser()
    page = await sign_up_page(browser)
    await browser.submit(page, email=NEWCOMER, password=PASSWORD)
    world.clock.advance(300)
    await browser.submit(page, email=NEWCOMER, password=PASSWORD)
    assert [mail["kind"] for mail in await world.mails()] == ["verify_email", "account_exists"]


async def test_two_people_take_one_address_at_once(world: World) -> None:
    """Of two browsers that ask for one address in the same moment one gets the account; both see the same."""
    one, other = world.browser(), world.browser()
    pages = await asyncio.gather(sign_up(one), sign_up(other, password="Other-Password-4"))
    assert [heading(page) for page in pages] == ["Look into your mailbox"] * 2
    assert len(await all_users(world)) == 2
    assert sorted(mail["kind"] for mail in await world.mails()) == ["account_exists", "verify_email"]


async def test_login_hint_stands_in_the_address_field(world: World) -> None:
    """A login_hint that is an address fills the sign-up form; a username does not."""
    assert (
        value_of(await sign_up_page(world.browser(), login_hint="x@example.test"), "email")
        == "x@example.test"
    )
    assert value_of(await sign_up_page(world.browser(), login_hint="somebody"), "email") == ""


async def test_sign_up_starts_no_session(world: World) -> None:
    """Signing up proves nothing yet, so no session begins."""
    browser = world.browser()
    await sign_up(browser)
    assert "__Host-gw_session" not in browser.client.cookies
    assert "LoginSucceeded" not in await codes_of(world)
