"""Asking for a link to choose a new password."""

import asyncio
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.support.world import ISSUER, PASSWORD, World, text_of

from .visits import (
    ADA,
    NEWCOMER,
    alert,
    ask_for_reset,
    heading,
    href,
    is_done,
    last_mail,
    link_in,
    reset_page,
    sign_up_page,
    ticket_in,
    value_of,
)

pytestmark = pytest.mark.anyio


def shown(page: httpx2.Response, email: str) -> tuple[int, str]:
    return page.status_code, text_of(page).replace(email, "…")


async def test_same_answer_whether_or_not_there_is_an_account(world: World) -> None:
    """CVE class "user enumeration": the page says the same to everybody, and only the owner gets mail."""
    known = await ask_for_reset(world.browser(), ADA)
    unknown = await ask_for_reset(world.browser(), NEWCOMER)
    assert shown(known, ADA) == shown(unknown, NEWCOMER)
    assert heading(known) == "Look into your mailbox"
    assert [mail["to"] for mail in await world.mails()] == [ADA]


async def test_one_unit_of_work_either_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE class "timing": known or unknown, one unit is committed for the wish."""
    commits: list[int] = []
    commit, mine = world.platform.bus.commit, asyncio.current_task()

    async def counted(changes: tuple[object, ...], *events: object) -> tuple[int, ...]:
        if asyncio.current_task() is mine:  # and not the sender, in the background
            commits.append(1)
        return await commit(changes, *events)  # type: ignore[arg-type]

    one, other = await reset_page(a := world.browser()), await reset_page(b := world.browser())
    monkeypatch.setattr(world.platform.bus, "commit", counted)
    await a.submit(one, email=ADA)
    known = len(commits)
    await b.submit(other, email=NEWCOMER)
    assert (known, len(commits) - known) == (1, 1)


async def test_wish_is_on_record_either_way(world: World) -> None:
    """A wish for a link is recorded with what was typed, and with the user if there is one."""
    await ask_for_reset(world.browser(), ADA)
    await ask_for_reset(world.browser(), NEWCOMER)
    later, first = [entry for entry in await world.logs() if entry.event == "PasswordChangeRequested"]
    assert (first.type, first.user_name, first.user_id) == ("scpr", ADA, "auth0|ada")
    assert (later.user_name, later.user_id) == (NEWCOMER, None)


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded", "x-original-host"])
async def test_link_comes_from_the_configured_issuer(world: World, header: str) -> None:
    """GHSA-2wmj-46rj-qm2w: no header decides where the mailed link leads."""
    browser = world.browser()
    page = await reset_page(browser)
    sent = await browser.post(
        ISSUER + "u/reset-password",
        data={"_csrf": value_of(page, "_csrf"), "state": value_of(page, "state"), "email": ADA},
        headers={header: "evil.test" if header != "forwarded" else "host=evil.test"},
    )
    if header == "host":
        assert sent.status_code == 421
        assert await world.mails() == []
    else:
        link = link_in(await last_mail(world))
        assert urlsplit(link)._replace(query="").geturl() == ISSUER + "u/reset-verify"


@pytest.mark.parametrize("address", ["dee@firm.local", "dee@firm.test", "dee@nas.home.arpa"])
async def test_address_of_a_private_network(world: World, address: str) -> None:
    """A link is mailed to an address whose domain only a private network knows."""
    await world.put_user(address, subject="dee")
    await ask_for_reset(world.browser(), address.upper())
    assert [mail["to"] for mail in await world.mails()] == [address]


@pytest.mark.parametrize("typed", ["ADA@EXAMPLE.TEST", " ada@example.test ", "ａda@example.test"])
async def test_mail_goes_to_the_stored_address(world: World, typed: str) -> None:
    """CVE class "Unicode collision": the link goes to the address on record, not to what was typed."""
    await ask_for_reset(world.browser(), typed)
    assert [mail["to"] for mail in await world.mails()] == [ADA]


async def test_username_will_do(world: World) -> None:
    """Where there are usernames, one may be typed instead of the address."""
    await world.change_connection(requires_username=True)
    browser = world.browser()
    page = await sign_up_page(browser)
    await browser.submit(page, email=NEWCOMER, username="cy", password=PASSWORD)
    await ask_for_reset(world.browser(), "CY")
    assert ((await last_mail(world))["kind"], (await last_mail(world))["to"]) == ("reset_password", NEWCOMER)


async def test_blocked_user_gets_no_link(world: World) -> None:
    """A blocked user gets the same answer and no mail."""
    await world.change_user("auth0|ada", blocked=True)
    assert heading(await ask_for_reset(world.browser())) == "Look into your mailbox"
    assert await world.mails() == []


async def test_nothing_is_mailed_where_it_is_switched_off(world: World) -> None:
    """With disable_self_service_change_password a form that is sent anyway mails nothing."""
    browser = world.browser()
    page = await reset_page(browser)
    await world.change_connection(disable_self_service_change_password=True)
    assert heading(await browser.submit(page, email=ADA)) == "Look into your mailbox"
    assert await world.mails() == []


async def test_empty_form_asks_for_the_address(world: World) -> None:
    """A form without an address is shown again with a message."""
    page = await ask_for_reset(world.browser(), "   ")
    assert (page.status_code, alert(page)) == (400, "Enter your e-mail address.")


async def test_double_click_mails_once(world: World) -> None:
    """The form sent twice at once mails one link, and that link works."""
    browser = world.browser()
    page = await reset_page(browser)
    pages = await asyncio.gather(browser.submit(page, email=ADA), browser.submit(page, email=ADA))
    assert [heading(each) for each in pages] == ["Look into your mailbox"] * 2
    (mail,) = await world.mails()
    assert (await world.browser().get(link_in(mail))).status_code == 200


async def test_reload_keeps_the_link_that_was_mailed(world: World) -> None:
    """The form sent again by a reload mails nothing more, so the link in the mailbox stays good."""
    browser = world.browser()
    page = await reset_page(browser)
    await browser.submit(page, email=ADA)
    await browser.submit(page, email=ADA)
    (mail,) = await world.mails()
    assert (await world.browser().get(link_in(mail))).status_code == 200


async def test_newer_link_voids_the_older(world: World) -> None:
    """Whoever asks again later gets a new link, and the older one no longer works."""
    browser = world.browser()
    page = await reset_page(browser)
    await browser.submit(page, email=ADA)
    world.clock.advance(120)
    await browser.submit(page, email=ADA)
    older, newer = [link_in(mail) for mail in await world.mails()]
    assert ticket_in(older) != ticket_in(newer)
    refused = await world.browser().get(older)
    assert (refused.status_code, "a newer one was asked for" in text_of(refused)) == (400, True)
    assert (await world.browser().get(newer)).status_code == 200


async def test_newer_link_leaves_other_people_s_alone(world: World) -> None:
    """A new link for one person voids nobody else's."""
    await world.put_user("bob@example.test", subject="bob")
    await ask_for_reset(world.browser(), ADA)
    await ask_for_reset(world.browser(), "bob@example.test")
    first, _ = [link_in(mail) for mail in await world.mails()]
    assert (await world.browser().get(first)).status_code == 200


async def test_asking_changes_nothing_yet(world: World) -> None:
    """Whoever asks for a link for somebody else ends neither their password nor their sessions."""
    owner = world.browser()
    await owner.sign_in()
    await ask_for_reset(world.browser())
    assert is_done(await owner.authorize())
    assert is_done(await world.browser().sign_in())


async def test_page_leads_back_to_sign_in(world: World) -> None:
    """Both pages lead back to the sign-in they came from."""
    browser = world.browser()
    for page in (await reset_page(browser), await ask_for_reset(browser)):
        assert heading(await browser.get(href(page, "login-link"))) == "Sign in to Web App"


async def test_sign_in_page_remembers_the_address(world: World) -> None:
    """Whoever asked for a link and goes back to sign in finds the address filled in."""
    browser = world.browser()
    sent = await ask_for_reset(browser, NEWCOMER)
    assert value_of(await browser.get(href(sent, "login-link")), "username") == NEWCOMER


async def test_secret_of_the_link_is_not_stored(world: World) -> None:
    """CVE-2026-105211: the database holds no mailed secret in clear, and no page shows it."""
    page = await ask_for_reset(world.browser())
    secret = ticket_in(link_in(await last_mail(world)))
    assert secret not in page.text
    stored = "\n".join(world.dump())
    assert "tickets" in stored
    assert secret not in stored
