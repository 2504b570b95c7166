"""Another link in the place of one that no longer confirms an address."""

import asyncio
import re
from typing import Any

import httpx2
import pytest
from tests.support.world import Browser, World, forms, text_of

from gatewright.login.tickets import LIFETIMES, MEMORY
from gatewright.tenants import Tenant

from .visits import (
    NEWCOMER,
    alert,
    has,
    heading,
    href,
    last_mail,
    link_in,
    reset_link,
    sign_up,
    ticket_in,
    user_of,
    verification_link,
)

pytestmark = pytest.mark.anyio

SENT = "Look into your mailbox"
NO_LONGER = "This link no longer works"
CONFIRMED = "Your address is confirmed"


async def old_link(world: World, email: str = NEWCOMER, **parameters: str) -> str:
    """A link that was mailed to somebody new and is too old; the sign-in it came from is forgotten."""
    await sign_up(world.browser(), email, **parameters)
    link = link_in(await last_mail(world))
    world.clock.advance(LIFETIMES["verify_email"])
    await world.platform.housekeeping.sweep()
    return link


async def fresh_mails(world: World) -> list[dict[str, Any]]:
    """The mails of the last hour, newest last."""
    return [mail for mail in await world.mails() if world.clock.now() - mail["at"] < 3_600]


async def ask(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """Presses the button for another link."""
    return await browser.submit(page, action="again")


async def test_old_link_leads_to_a_new_one(world: World) -> None:
    """Whoever comes too late asks for a new mail with one button, and its link confirms the address."""
    browser = world.browser()
    page = await browser.get(await old_link(world))
    assert (page.status_code, heading(page)) == (400, NO_LONGER)
    sent = await ask(browser, page)
    assert (sent.status_code, heading(sent)) == (200, SENT)
    mail = await last_mail(world)
    assert (mail["kind"], mail["to"]) == ("verify_email", NEWCOMER)
    assert heading(await browser.submit(await browser.get(link_in(mail)))) == CONFIRMED
    assert (await user_of(world, NEWCOMER)).email_verified


async def test_link_that_was_replaced_leads_to_a_new_one(world: World) -> None:
    """A link that a newer one replaced offers the button, too, and voids the newer one when it is used."""
    browser, first = world.browser(), await old_link(world)
    await ask(browser, await browser.get(first))
    second = link_in(await last_mail(world))
    world.clock.advance(60)
    await ask(browser, await browser.get(first))
    third = link_in(await last_mail(world))
    replaced = await browser.get(second)
    assert "a newer one was asked for" in text_of(replaced)
    assert heading(await browser.get(third)) == "Confirm your address"
    world.clock.advance(60)
    assert heading(await ask(browser, replaced)) == SENT
    assert ticket_in(link_in(await last_mail(world))) not in (ticket_in(second), ticket_in(third))


async def test_form_sent_too_late_offers_a_new_one(world: World) -> None:
    """Whoever opened the page in time and pressed too late is offered a new mail at once."""
    link, browser = await verification_link(world), world.browser()
    form = await browser.get(link)
    world.clock.advance(LIFETIMES["verify_email"])
    page = await browser.submit(form)
    assert (page.status_code, heading(page)) == (400, NO_LONGER)
    assert heading(await ask(browser, page)) == SENT
    assert len(await fresh_mails(world)) == 1


@pytest.mark.parametrize("what", ["verified", "blocked", "moved"])
async def test_same_answer_whatever_the_account(world: World, what: str) -> None:
    """The answer is the same to the byte, and nothing is mailed, where nobody waits to confirm."""
    waiting, other = world.browser(), "dee@example.test"
    first = await waiting.get(await old_link(world))
    expected = await ask(waiting, first)
    link = await old_link(world, other)
    user_id = (await user_of(world, other)).user_id
    change = {"verified": "email_verified", "blocked": "blocked"}.get(what)
    await world.change_user(user_id, **({change: True} if change else {"email": "new@example.test"}))
    browser = world.browser()
    page = await browser.get(link)
    assert text_of(page) == text_of(first)
    answer = await ask(browser, page)
    assert (answer.status_code, answer.text) == (expected.status_code, expected.text)
    assert sorted(answer.headers) == sorted(expected.headers)
    assert await fresh_mails(world) == []
    assert text_of(await browser.get(link)) == text_of(await waiting.get(str(first.url)))


async def test_link_of_a_removed_user_is_as_one_that_never_was(world: World) -> None:
    """With a user go their links: following one and making one up end on the same page."""
    link, browser = await verification_link(world), world.browser()
    made_up = await browser.get(re.sub(r"ticket=[^&]+", "ticket=made-up", link))
    await world.platform.users.delete(world.tenant_id, (await user_of(world, NEWCOMER)).user_id)
    page = await browser.get(link)
    assert (page.status_code, text_of(page)) == (made_up.status_code, text_of(made_up))


async def test_link_in_force_of_a_blocked_user_mails_nothing(world: World) -> None:
    """The link of a blocked user opens nothing, and asking for another one mails nothing."""
    link, browser = await verification_link(world), world.browser()
    await world.change_user((await user_of(world, NEWCOMER)).user_id, blocked=True)
    page = await browser.get(link)
    assert heading(page) == NO_LONGER
    assert heading(await ask(browser, page)) == SENT
    assert len(await fresh_mails(world)) == 1


async def test_whoever_confirmed_by_the_link_is_told(world: World) -> None:
    """A link that did confirm its address says so instead of mailing another one."""
    link, browser = await verification_link(world), world.browser()
    form = await browser.get(link)
    other = world.browser()
    await other.submit(await other.get(link))
    page = await ask(browser, form)
    assert (page.status_code, heading(page)) == (200, CONFIRMED)
    assert len(await fresh_mails(world)) == 1


async def test_link_that_works_needs_no_other(world: World) -> None:
    """Asking for another link while this one works leads back to its page, and mails nothing."""
    link, browser = await verification_link(world), world.browser()
    page = await ask(browser, await browser.get(link))
    assert heading(page) == "Confirm your address"
    assert len(await fresh_mails(world)) == 1
    assert heading(await browser.submit(page)) == CONFIRMED


@pytest.mark.parametrize("ticket", ["", "short-one", "A" * 43, "%00", "ü" * 500])
async def test_unknown_link_offers_nothing(world: World, ticket: str) -> None:
    """What was never mailed is answered alike on opening and on asking, without a button."""
    browser = world.browser()
    opened = await browser.get(f"/u/email-verification?ticket={ticket}")
    asked = await browser.post("/u/email-verification", data={"ticket": "B" * 43, "action": "again"})
    for page in (opened, asked):
        assert (page.status_code, heading(page)) == (400, NO_LONGER)
        assert "This link is not one of ours." in text_of(page)
        assert "<form" not in page.text
    assert await fresh_mails(world) == []


async def test_link_of_another_kind_offers_nothing(world: World) -> None:
    """The secret of a link for a new password asks for no verification."""
    ticket = ticket_in(await reset_link(world))
    page = await world.browser().post("/u/email-verification", data={"ticket": ticket, "action": "again"})
    assert "This link is not one of ours." in text_of(page)
    assert len(await fresh_mails(world)) == 1


async def test_link_of_another_tenant_offers_nothing(world: World) -> None:
    """CVE-2026-55670: a link mailed by one tenant is unknown to another one on the same server."""
    link = await old_link(world)
    other = Tenant(tenant_id="other", issuer="https://other.example.test/", hosts=("other.example.test",))
    await world.platform.bus.commit(world.platform.stores.tenants.put(other))
    page = await world.browser(base=other.issuer).get(f"/u/email-verification?ticket={ticket_in(link)}")
    assert "<form" not in page.text


async def test_old_reset_link_offers_no_verification(world: World) -> None:
    """A link for a new password that is too old has no such button."""
    link = await reset_link(world)
    world.clock.advance(LIFETIMES["reset_password"])
    page = await world.browser().get(link)
    assert (heading(page), "<form" in page.text) == (NO_LONGER, False)


async def test_form_from_elsewhere_mails_nothing(world: World) -> None:
    """CVE class "cross-site request forgery": only the page shown to this browser can ask."""
    form = await world.browser().get(await old_link(world))
    browser = world.browser()
    page = await ask(browser, form)
    assert page.status_code == 400
    assert "Allow cookies for this site" in alert(page)
    assert await fresh_mails(world) == []
    assert heading(await ask(browser, page)) == SENT


async def test_form_of_a_foreign_origin_mails_nothing(world: World) -> None:
    """CVE-2024-7341: a form with the right proof is refused when the browser names a foreign origin."""
    browser = world.browser()
    page = await browser.get(await old_link(world))
    data = {**forms(page)[0]["fields"], "action": "again"}
    answered = await browser.post(str(page.url), data=data, headers={"origin": "https://evil.test"})
    assert answered.status_code == 400
    assert await fresh_mails(world) == []


async def test_scanner_asks_for_nothing(world: World) -> None:
    """A program that opens old links mails nobody."""
    link = await old_link(world)
    for _ in range(3):
        await world.browser().get(link)
    assert await fresh_mails(world) == []


async def test_double_click_mails_once(world: World) -> None:
    """The button pressed twice at once mails one link, and that link works."""
    browser = world.browser()
    page = await browser.get(await old_link(world))
    pages = await asyncio.gather(ask(browser, page), ask(browser, page))
    assert [heading(each) for each in pages] == [SENT, SENT]
    (mail,) = await fresh_mails(world)
    assert heading(await browser.get(link_in(mail))) == "Confirm your address"


async def test_asking_again_later_mails_again(world: World) -> None:
    """Whoever finds nothing in the mailbox asks once more, and the newest link works."""
    browser = world.browser()
    page = await browser.get(await old_link(world))
    await ask(browser, page)
    world.clock.advance(60)
    assert heading(await ask(browser, page)) == SENT
    first, second = [link_in(mail) for mail in await fresh_mails(world)]
    assert heading(await browser.get(first)) == NO_LONGER
    assert heading(await browser.get(second)) == "Confirm your address"


async def test_wish_is_on_record_either_way(world: World) -> None:
    """A wish for another link is recorded with the person and the application, and whether it was mailed."""
    browser = world.browser()
    page = await browser.get(await old_link(world))
    await ask(browser, page)
    await world.change_user((await user_of(world, NEWCOMER)).user_id, blocked=True)
    world.clock.advance(60)
    await ask(browser, page)
    later, first = [entry for entry in await world.logs() if entry.event == "VerificationRequested"]
    assert (first.type, first.user_name, first.client_id) == ("svr", NEWCOMER, "web")
    assert (first.details, later.details) == ({"mailed": True}, {"mailed": False})
    assert first.user_id == later.user_id == (await user_of(world, NEWCOMER)).user_id


async def test_new_mail_is_like_the_first(world: World) -> None:
    """The new mail has the words and the language of the first, and its link leads to the application."""
    browser = world.browser()
    page = await browser.get(await old_link(world, ui_locales="de"))
    assert 'lang="de"' in (await ask(browser, page)).text
    (mail,) = await fresh_mails(world)
    assert mail["subject"] == "Bestätigen Sie Ihre E-Mail-Adresse für Web App"
    done = await browser.submit(await browser.get(link_in(mail)))
    assert href(done, "continue") == "https://app.example.test"


async def test_pages_do_not_tell_the_address(world: World) -> None:
    """Whoever finds an old link somewhere learns from it neither the address nor a name."""
    browser = world.browser()
    page = await browser.get(await old_link(world))
    assert NEWCOMER not in page.text
    assert NEWCOMER not in (await ask(browser, page)).text


async def test_pages_lead_on(world: World) -> None:
    """Both pages lead on to the application, for whoever confirmed the address meanwhile."""
    browser = world.browser()
    page = await browser.get(await old_link(world))
    for each in (page, await ask(browser, page)):
        assert href(each, "continue") == "https://app.example.test"


async def test_old_link_is_remembered_for_a_while(world: World) -> None:
    """For thirty days after its end a link offers another one; then it is unknown."""
    link = await old_link(world)
    world.clock.advance(MEMORY["verify_email"] - 1)
    await world.platform.housekeeping.sweep()
    assert has(await world.browser().get(link), "verify-again-form")
    world.clock.advance(1)
    await world.platform.housekeeping.sweep()
    assert "This link is not one of ours." in text_of(await world.browser().get(link))
