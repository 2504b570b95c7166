"""The mailed link that confirms an address."""

import pytest
from tests.support.world import PASSWORD, World, forms, text_of

from gatewright.login.tickets import LIFETIMES
from gatewright.tenants import Tenant

from .visits import (
    NEWCOMER,
    alert,
    has,
    heading,
    href,
    is_done,
    sign_up,
    ticket_in,
    verification_link,
)

pytestmark = pytest.mark.anyio


async def is_verified(world: World, email: str = NEWCOMER) -> bool:
    users = await world.platform.stores.users.page(world.tenant_id, after="", limit=100)
    (user,) = [user for user in users if user.email == email]
    return user.email_verified


async def test_button_confirms(world: World) -> None:
    """A person who presses the button has a confirmed address, and it is on record."""
    link, browser = await verification_link(world), world.browser()
    page = await browser.submit(await browser.get(link))
    assert heading(page) == "Your address is confirmed"
    assert await is_verified(world)
    entry = (await world.logs())[0]
    assert (entry.type, entry.user_name) == ("sv", NEWCOMER)


async def test_mail_scanner_changes_nothing(world: World) -> None:
    """A program that opens every link (GET and HEAD, twice) neither confirms nor spends it."""
    link, scanner = await verification_link(world), world.browser()
    for _ in range(2):
        assert (await scanner.get(link)).status_code == 200
        assert (await scanner.client.head(link)).status_code == 200
    assert not await is_verified(world)
    person = world.browser()
    await person.submit(await person.get(link))
    assert await is_verified(world)


async def test_following_the_link_again_says_that_it_is_done(world: World) -> None:
    """Whoever follows the link a second time reads that the address is confirmed."""
    link, browser = await verification_link(world), world.browser()
    form = await browser.get(link)
    await browser.submit(form)
    assert heading(await world.browser().get(link)) == "Your address is confirmed"
    again = await browser.submit(form)
    assert (again.status_code, heading(again)) == (200, "Your address is confirmed")
    assert [entry.type for entry in await world.logs()].count("sv") == 1


async def test_old_link_is_refused(world: World) -> None:
    """After its five days the link confirms nothing, says so, and leads on."""
    link = await verification_link(world)
    world.clock.advance(LIFETIMES["verify_email"])
    browser = world.browser()
    page = await browser.get(link)
    assert (page.status_code, heading(page)) == (400, "This link no longer works")
    assert "This link is too old." in text_of(page)
    assert heading(await browser.follow(await browser.get(href(page, "continue")))) == "Sign in to Web App"


async def test_form_of_an_old_link_is_refused(world: World) -> None:
    """A page opened in time and sent too late confirms nothing."""
    link, browser = await verification_link(world), world.browser()
    form = await browser.get(link)
    world.clock.advance(LIFETIMES["verify_email"])
    assert (await browser.submit(form)).status_code == 400
    assert not await is_verified(world)


@pytest.mark.parametrize("ticket", ["", "short-one", "A" * 43, "%00", "ü" * 500])
async def test_unknown_link_is_refused(world: World, ticket: str) -> None:
    """What was never mailed opens nothing, and is on record without the secret."""
    page = await world.browser().get(f"/u/email-verification?ticket={ticket}")
    assert (page.status_code, heading(page)) == (400, "This link no longer works")
    entry = (await world.logs())[0]
    assert (entry.event, entry.type) == ("TicketRefused", "fv")
    assert not ticket or ticket not in str(entry)


async def test_link_of_another_tenant_opens_nothing(world: World) -> None:
    """CVE-2026-55670: a link mailed by one tenant is unknown to another one on the same server."""
    link = await verification_link(world)
    other = Tenant(tenant_id="other", issuer="https://other.example.test/", hosts=("other.example.test",))
    await world.platform.bus.commit(world.platform.stores.tenants.put(other))
    stranger = world.browser(base=other.issuer)
    page = await stranger.get(f"/u/email-verification?ticket={ticket_in(link)}")
    assert (page.status_code, heading(page)) == (400, "This link no longer works")


async def test_link_to_an_address_the_user_no_longer_has(world: World) -> None:
    """CVE-2026-27946: a link confirms the address it was mailed to and no other."""
    link = await verification_link(world)
    users = await world.platform.stores.users.page(world.tenant_id, after="", limit=100)
    (user,) = [user for user in users if user.email == NEWCOMER]
    await world.change_user(user.user_id, email="new@example.test")
    assert (await world.browser().get(link)).status_code == 400
    assert not await is_verified(world, "new@example.test")


@pytest.mark.parametrize("what", ["blocked", "deleted"])
async def test_link_of_a_user_who_is_shut_out(world: World, what: str) -> None:
    """The link of a blocked or deleted user opens nothing."""
    link = await verification_link(world)
    users = await world.platform.stores.users.page(world.tenant_id, after="", limit=100)
    (user,) = [user for user in users if user.email == NEWCOMER]
    if what == "blocked":
        await world.change_user(user.user_id, blocked=True)
    else:
        await world.platform.users.delete(world.tenant_id, user.user_id)
    assert (await world.browser().get(link)).status_code == 400


async def test_form_from_elsewhere_confirms_nothing(world: World) -> None:
    """CVE class "cross-site request forgery": only the page shown to this browser can confirm."""
    link = await verification_link(world)
    form = await world.browser().get(link)
    page = await world.browser().submit(form)
    assert page.status_code == 400
    assert "Allow cookies for this site" in alert(page)
    assert not await is_verified(world)


async def test_browser_that_lost_its_cookie_can_try_again(world: World) -> None:
    """After a lost cookie the page comes again with a message, and then the button works."""
    link, browser = await verification_link(world), world.browser()
    form = await browser.get(link)
    browser.client.cookies.clear()
    again = await browser.submit(form)
    assert alert(again)
    assert heading(await browser.submit(again)) == "Your address is confirmed"


async def test_continue_leads_to_the_sign_in_that_wanted_it(world: World) -> None:
    """In the browser that signed up the way on is the sign-in page of the same request."""
    browser = world.browser()
    await sign_up(browser)
    link = (await world.mails())[-1]["text"].split("\n\n")
    address = next(part.strip() for part in link if part.startswith("https://"))
    done = await browser.submit(await browser.get(address))
    page = await browser.follow(await browser.get(href(done, "continue")))
    assert is_done(await browser.submit(page, username=NEWCOMER, password=PASSWORD))


async def test_continue_leads_to_the_application_when_the_sign_in_is_done(world: World) -> None:
    """Whoever signed in already and then confirms goes on in the application."""
    browser = world.browser()
    sent = await sign_up(browser)
    page = await browser.get(href(sent, "continue"))
    assert is_done(await browser.submit(page, username=NEWCOMER, password=PASSWORD))
    mail = (await world.mails())[-1]
    address = next(part for part in mail["text"].split() if part.startswith("https://"))
    done = await browser.submit(await browser.get(address))
    assert href(done, "continue") == "https://app.example.test"


async def test_continue_in_another_browser_begins_anew(world: World) -> None:
    """In another browser the way on is a fresh sign-in to the same application."""
    link, browser = await verification_link(world), world.browser()
    done = await browser.submit(await browser.get(link))
    page = await browser.follow(await browser.get(href(done, "continue")))
    assert heading(page) == "Sign in to Web App"
    assert is_done(await browser.submit(page, username=NEWCOMER, password=PASSWORD))


async def test_link_outlives_the_sign_in_it_came_from(world: World) -> None:
    """When the sign-in is forgotten the link still confirms, and leads to the application."""
    link, browser = await verification_link(world), world.browser()
    world.clock.advance(3 * 86_400)
    await world.platform.housekeeping.sweep()
    done = await browser.submit(await browser.get(link))
    assert heading(done) == "Your address is confirmed"
    assert href(done, "continue") == "https://app.example.test"


async def test_link_without_application_leads_to_the_tenant_s_default(world: World) -> None:
    """An unknown link leads to default_redirection_uri, or nowhere when there is none."""
    assert not has(await world.browser().get("/u/email-verification?ticket=x"), "continue")
    await world.change_tenant(default_redirection_uri="https://www.example.test/start")
    page = await world.browser().get("/u/email-verification?ticket=x")
    assert href(page, "continue") == "https://www.example.test/start"


async def test_page_names_the_address_and_holds_one_button(world: World) -> None:
    """The page asks about the very address the link was mailed to."""
    page = await world.browser().get(await verification_link(world))
    assert f"Does {NEWCOMER} belong to you?" in text_of(page)
    assert set(forms(page)[0]["fields"]) == {"_csrf", "ticket"}
