"""The mailed link that sets a new password."""

import asyncio

import pytest
from tests.support.world import CONNECTION, ISSUER, PASSWORD, Browser, World, forms, text_of

from gatewright.kernel.errors import Unavailable
from gatewright.login.tickets import LIFETIMES, new_ticket

from .visits import (
    ADA,
    NEW_PASSWORD,
    NEWCOMER,
    alert,
    ask_for_reset,
    heading,
    href,
    is_done,
    last_mail,
    link_in,
    reset_link,
    verification_link,
)

pytestmark = pytest.mark.anyio


async def choose(world: World, link: str, password: str = NEW_PASSWORD) -> str:
    """What a person reads who follows the link and types a password."""
    browser = world.browser()
    return heading(await browser.submit(await browser.get(link), password=password))


async def test_new_password_replaces_the_old(world: World) -> None:
    """After the new password is saved it opens the door and the old one does not."""
    assert await choose(world, await reset_link(world)) == "Your password is changed"
    assert is_done(await world.browser().sign_in(password=NEW_PASSWORD))
    assert alert(await world.browser().sign_in()) == "Wrong email or password."


async def test_change_is_on_record_and_told_by_mail(world: World) -> None:
    """A changed password is recorded, and the owner gets a mail that holds no ticket."""
    await choose(world, await reset_link(world))
    entry = (await world.logs())[0]
    assert (entry.type, entry.user_id) == ("scp", "auth0|ada")
    mail = await last_mail(world)
    assert (mail["kind"], mail["to"]) == ("password_changed", ADA)
    assert "ticket=" not in mail["text"]


async def test_link_confirms_the_address_too(world: World) -> None:
    """Who sets a password by a mailed link has shown that the address is theirs."""
    user = await world.put_user(NEWCOMER)
    await choose(world, await reset_link(world, NEWCOMER))
    changed = await world.platform.users.get(world.tenant_id, user.user_id)
    assert changed is not None
    assert (changed.email_verified, changed.last_password_reset) == (True, world.clock.now())


async def test_sessions_of_before_end(world: World) -> None:
    """Every session of before is over, in every browser."""
    browsers = [world.browser(), world.browser()]
    for browser in browsers:
        assert is_done(await browser.sign_in())
    await choose(world, await reset_link(world))
    for browser in browsers:
        assert heading(await browser.authorize()) == "Sign in to Web App"


async def test_refresh_tokens_of_before_end(world: World) -> None:
    """Every refresh token of before is over."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid offline_access")
    await choose(world, await reset_link(world))
    answer = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_other_people_stay_signed_in(world: World) -> None:
    """One person's new password ends nobody else's session."""
    await world.put_user("bob@example.test")
    bob = world.browser()
    await bob.sign_in("bob@example.test")
    await choose(world, await reset_link(world))
    assert is_done(await bob.authorize())


async def test_sign_in_under_way_elsewhere_ends_too(world: World) -> None:
    """CVE-2026-18963: whoever stands before the consent page with the old password has to sign in anew."""
    browser = world.browser()
    third = {"client_id": "third", "redirect_uri": "https://third.example.test/callback"}
    consent = await browser.sign_in(**third)
    await choose(world, await reset_link(world))
    assert heading(await browser.submit(consent, action="accept")) == "Sign in to Third Party"


async def test_link_is_spent_once(world: World) -> None:
    """CVE-2023-26481: the link sets one password; the second one is refused."""
    link, browser = await reset_link(world), world.browser()
    form = await browser.get(link)
    await browser.submit(form, password=NEW_PASSWORD)
    again = await browser.submit(form, password="Another-Password-5")
    assert (again.status_code, heading(again)) == (400, "This link no longer works")
    assert (await world.browser().get(link)).status_code == 400
    assert is_done(await world.browser().sign_in(password=NEW_PASSWORD))


async def test_link_is_spent_once_under_a_race(world: World) -> None:
    """Of five forms sent at once exactly one sets its password."""
    link = await reset_link(world)
    browsers = [world.browser() for _ in range(5)]
    pages = [await browser.get(link) for browser in browsers]
    answers = await asyncio.gather(
        *(
            browser.submit(page, password=f"Battery-Staple-{number}")
            for number, (browser, page) in enumerate(zip(browsers, pages, strict=True))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    assert is_done(await world.browser().sign_in(password=f"Battery-Staple-{winner}"))


async def test_old_link_is_refused(world: World) -> None:
    """After its hour the link opens nothing, and the form behind it neither."""
    link, browser = await reset_link(world), world.browser()
    form = await browser.get(link)
    world.clock.advance(LIFETIMES["reset_password"])
    for page in (await browser.get(link), await browser.submit(form, password=NEW_PASSWORD)):
        assert page.status_code == 400
        assert "This link is too old." in text_of(page)
    assert is_done(await world.browser().sign_in())


async def test_used_link_voids_the_others(world: World) -> None:
    """Once a password is set no other link sets one, not even one made in the very same moment."""
    secret, twin = new_ticket(
        "reset_password",
        "auth0|ada",
        email=ADA,
        connection=CONNECTION,
        client_id="web",
        home_url="",
        locale="en",
        now=world.clock.now(),
    )
    link = await reset_link(world)
    await world.platform.bus.commit((world.platform.stores.tickets.insert(world.tenant_id, twin),))
    other = f"/u/reset-verify?ticket={secret}"
    assert (await world.browser().get(other)).status_code == 200
    await choose(world, link)
    assert (await world.browser().get(other)).status_code == 400


@pytest.mark.parametrize("ticket", ["", "guess", "A" * 43])
async def test_ticket_is_the_only_key(world: World, ticket: str) -> None:
    """CVE-2026-18963: no form without a mailed ticket sets a password, whatever else it carries."""
    browser = world.browser()
    await ask_for_reset(browser)
    form = forms(await world.browser().get(link_in(await last_mail(world))))[0]["fields"]
    data = {**form, "ticket": ticket, "password": NEW_PASSWORD, "user_id": "auth0|ada", "email": ADA}
    page = await browser.post(ISSUER + "u/reset-verify", data=data)
    assert page.status_code == 400
    assert is_done(await world.browser().sign_in())


async def test_verification_link_sets_no_password(world: World) -> None:
    """CVE class "ticket confusion": a ticket to verify an address does not open the password form."""
    ticket = (await verification_link(world)).partition("ticket=")[2]
    assert (await world.browser().get(f"/u/reset-verify?ticket={ticket}")).status_code == 400


async def test_weak_password_is_refused_and_the_link_stays_good(world: World) -> None:
    """A weak password shows the verdict per rule; a good one in the next try is saved."""
    browser = world.browser()
    page = await browser.submit(await browser.get(await reset_link(world)), password="short")
    assert (page.status_code, alert(page)) == (400, "The password does not meet the rules below.")
    assert "At least 8 characters (not met)" in text_of(page)
    assert heading(await browser.submit(page, password=NEW_PASSWORD)) == "Your password is changed"


async def test_own_name_is_refused_where_the_connection_says_so(world: World) -> None:
    """With password_no_personal_info the stored name counts as personal."""
    options = (await world.platform.stores.connections.all(world.tenant_id))[0].options
    await world.change_connection(
        password_no_personal_info=type(options.password_no_personal_info)(enable=True)
    )
    browser = world.browser()
    page = await browser.submit(await browser.get(await reset_link(world)), password="Example-12345")
    assert page.status_code == 400


async def test_form_from_elsewhere_sets_nothing(world: World) -> None:
    """CVE class "cross-site request forgery": only the page shown to this browser can set a password."""
    form = await world.browser().get(await reset_link(world))
    page = await world.browser().submit(form, password=NEW_PASSWORD)
    assert page.status_code == 400
    assert "Allow cookies for this site" in alert(page)
    assert is_done(await world.browser().sign_in())


async def test_blocked_meanwhile(world: World) -> None:
    """The link of a user who was blocked meanwhile opens nothing."""
    link = await reset_link(world)
    await world.change_user("auth0|ada", blocked=True)
    assert (await world.browser().get(link)).status_code == 400


async def test_address_changed_meanwhile(world: World) -> None:
    """A link mailed to an address that the user gave up opens nothing."""
    link = await reset_link(world)
    await world.change_user("auth0|ada", email="elsewhere@example.test")
    assert (await world.browser().get(link)).status_code == 400


async def test_full_hasher_leaves_the_link_good(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the hasher's queue the page answers 503 with Retry-After, and the link is not spent."""
    link, browser = await reset_link(world), world.browser()
    form = await browser.get(link)

    async def busy(password: str) -> str:
        raise Unavailable("busy", retry_after=1)

    with monkeypatch.context() as patched:
        patched.setattr(world.platform.hasher, "hash", busy)
        page = await browser.submit(form, password=NEW_PASSWORD)
    assert (page.status_code, page.headers["retry-after"]) == (503, "1")
    assert heading(await browser.submit(page, password=NEW_PASSWORD)) == "Your password is changed"


async def way_on(browser: Browser, link: str) -> str:
    done = await browser.submit(await browser.get(link), password=NEW_PASSWORD)
    return heading(await browser.follow(await browser.get(href(done, "continue"))))


async def test_way_on_is_the_sign_in_that_wanted_it(world: World) -> None:
    """In the same browser the way on is the same sign-in, which then ends at the application."""
    browser = world.browser()
    await ask_for_reset(browser)
    link = link_in(await last_mail(world))
    assert await way_on(browser, link) == "Sign in to Web App"


async def test_way_on_in_another_browser_is_a_fresh_sign_in(world: World) -> None:
    """In another browser the way on is a fresh sign-in to the same application."""
    assert await way_on(world.browser(), await reset_link(world)) == "Sign in to Web App"


async def test_page_tells_password_managers_whose_password_it_is(world: World) -> None:
    """The page carries the address for password managers, and does not send it."""
    page = await world.browser().get(await reset_link(world))
    assert f'<input id="email" type="email" value="{ADA}" autocomplete="username" readonly>' in page.text
    assert 'autocomplete="new-password"' in page.text
    assert set(forms(page)[0]["fields"]) == {"_csrf", "ticket", "password"}


async def test_page_leaks_its_address_nowhere(world: World) -> None:
    """The page with the ticket in its address sends no referrer and is not stored."""
    page = await world.browser().get(await reset_link(world))
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert PASSWORD not in page.text
