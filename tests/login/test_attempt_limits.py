"""How often one may try: passwords, sign-ups, mails, links."""

import pytest
from tests.support.world import ISSUER, PASSWORD, Browser, World, forms

from gatewright.login.tickets import LIFETIMES
from gatewright.protection import (
    MAIL_TO_ADDRESS,
    PASSWORD_PER_IP,
    RESET_PER_IP,
    SIGNUP_PER_IP,
    TICKET_PER_IP,
)
from gatewright.protection import PASSWORD as PASSWORD_LIMIT

from .visits import (
    ADA,
    NEWCOMER,
    alert,
    ask_for_reset,
    heading,
    is_done,
    reset_link,
    reset_page,
    sign_up,
    sign_up_page,
    ticket_in,
    user_of,
    verification_link,
)

pytestmark = pytest.mark.anyio
TOO_MANY = "Too many attempts. Try again in a few minutes."


async def fail(browser: Browser, times: int, email: str = ADA) -> str:
    page = await browser.authorize()
    for _ in range(times):
        page = await browser.submit(page, username=email, password="wrong")
    return alert(page)


@pytest.mark.parametrize("email", [ADA, "nobody@example.test"])
async def test_tenth_wrong_password_is_the_last(world: World, email: str) -> None:
    """Ten passwords may be tried for one identifier, whether or not anybody has it."""
    browser = world.browser()
    assert await fail(browser, PASSWORD_LIMIT.attempts, email) == "Wrong email or password."
    page = await browser.sign_in(email)
    assert (page.status_code, alert(page)) == (429, TOO_MANY)
    assert 0 < int(page.headers["retry-after"]) <= PASSWORD_LIMIT.window


async def test_limit_ends_with_its_window(world: World) -> None:
    """After the window the right password opens the door again."""
    browser = world.browser()
    await fail(browser, PASSWORD_LIMIT.attempts + 1)
    world.clock.advance(PASSWORD_LIMIT.window)
    assert is_done(await browser.sign_in())


async def test_limit_is_by_identifier_and_address_together(world: World) -> None:
    """CVE class "lockout of a victim": tries from one network do not lock the account for another."""
    await fail(world.browser(), PASSWORD_LIMIT.attempts + 1)
    elsewhere = world.browser(address="198.51.100.9")
    assert is_done(await elsewhere.sign_in())


async def test_spelling_is_no_way_around_the_limit(world: World) -> None:
    """All spellings of one address share one counter."""
    spellings = [ADA, ADA.upper(), " " + ADA, "ａda@example.test"]
    browser = world.browser()
    for number in range(PASSWORD_LIMIT.attempts):
        await browser.sign_in(spellings[number % len(spellings)], "wrong")
    assert alert(await browser.sign_in()) == TOO_MANY


async def test_right_password_clears_the_counter(world: World) -> None:
    """Whoever gets it right in between may get it wrong as often again."""
    browser = world.browser()
    await fail(browser, PASSWORD_LIMIT.attempts - 1)
    await browser.sign_in()
    other = world.browser()
    assert await fail(other, PASSWORD_LIMIT.attempts) == "Wrong email or password."


async def test_many_identifiers_from_one_address_end_at_the_limit(world: World) -> None:
    """Wrong passwords for ever new identifiers add up by network address."""
    await world.change_connection(brute_force_protection=False)
    browser = world.browser()
    page = await browser.authorize()
    for number in range(PASSWORD_PER_IP.attempts):
        page = await browser.submit(page, username=f"user{number}@example.test", password="wrong")
    assert alert(page) == "Wrong email or password."
    assert alert(await browser.submit(page, username=ADA, password=PASSWORD)) == TOO_MANY


async def test_right_passwords_do_not_add_up(world: World) -> None:
    """A house full of people who sign in rightly never meets the limit of its address."""
    for number in range(PASSWORD_LIMIT.attempts + 2):
        assert is_done(await world.browser().sign_in()), number
    assert await counted(world, f"{PASSWORD_PER_IP.name}:%") == 0


async def counted(world: World, key: str) -> int:
    rows = world.rows("SELECT coalesce(sum(count), 0) FROM attempts WHERE key LIKE ?", key)
    return int(rows[0][0])


async def test_limit_reached_is_on_record_once(world: World) -> None:
    """An attack is recorded when it reaches the limit, and not again at every try."""
    await fail(world.browser(), PASSWORD_LIMIT.attempts + 5)
    entries = [entry for entry in await world.logs() if entry.event == "LimitReached"]
    assert [entry.details for entry in entries] == [{"limit": "password"}]


async def test_sign_ups_from_one_address_end_at_the_limit(world: World) -> None:
    """So many accounts may be asked for from one address in a minute, and no more."""
    browser = world.browser()
    page = await sign_up_page(browser)
    for number in range(SIGNUP_PER_IP.attempts):
        answered = await browser.submit(page, email=f"n{number}@example.test", password=PASSWORD)
        assert answered.status_code == 200
    refused = await browser.submit(page, email="last@example.test", password=PASSWORD)
    assert (refused.status_code, alert(refused)) == (429, TOO_MANY)


@pytest.mark.parametrize("email", [ADA, NEWCOMER], ids=["taken", "free"])
async def test_sign_up_limit_does_not_tell_whether_the_address_is_taken(world: World, email: str) -> None:
    """CVE class "user enumeration": the limit on mails to one address is the same for taken and free ones."""
    statuses = [
        (await sign_up(world.browser(), email)).status_code for _ in range(MAIL_TO_ADDRESS.attempts + 1)
    ]
    assert statuses == [200] * MAIL_TO_ADDRESS.attempts + [429]


@pytest.mark.parametrize("email", [ADA, "nobody@example.test"])
async def test_reset_mails_to_one_address_end_at_the_limit(world: World, email: str) -> None:
    """So many mails may be caused to one address, whether or not anybody has it."""
    statuses = [
        (await ask_for_reset(world.browser(), email)).status_code for _ in range(MAIL_TO_ADDRESS.attempts + 1)
    ]
    assert statuses == [200] * MAIL_TO_ADDRESS.attempts + [429]


@pytest.mark.parametrize("is_blocked", [False, True])
async def test_new_links_to_one_address_end_at_the_limit(world: World, is_blocked: bool) -> None:
    """So many links to confirm an address may be asked for, whether or not any is mailed."""
    link, browser = await verification_link(world), world.browser()
    if is_blocked:
        await world.change_user((await user_of(world, NEWCOMER)).user_id, blocked=True)
    world.clock.advance(LIFETIMES["verify_email"])
    page = await browser.get(link)
    answers = [await browser.submit(page, action="again") for _ in range(MAIL_TO_ADDRESS.attempts + 1)]
    assert [each.status_code for each in answers] == [200] * MAIL_TO_ADDRESS.attempts + [429]
    assert alert(answers[-1]) == TOO_MANY
    assert 1 <= int(answers[-1].headers["retry-after"]) <= MAIL_TO_ADDRESS.window
    world.clock.advance(MAIL_TO_ADDRESS.window)
    assert (await browser.submit(answers[-1], action="again")).status_code == 200


async def test_reset_requests_from_one_address_end_at_the_limit(world: World) -> None:
    """So many links may be asked for from one network address, whoever they are for."""
    browser = world.browser()
    page = await reset_page(browser)
    for number in range(RESET_PER_IP.attempts):
        assert (await browser.submit(page, email=f"n{number}@example.test")).status_code == 200
    assert (await browser.submit(page, email=ADA)).status_code == 429


@pytest.mark.parametrize("path", ["/u/email-verification", "/u/reset-verify"])
async def test_guessed_links_end_at_the_limit(world: World, path: str) -> None:
    """Guessing mailed links ends in 429, also for the right one, and the page says why."""
    link = await (reset_link(world) if "reset" in path else verification_link(world))
    guesser = world.browser()
    for number in range(TICKET_PER_IP.attempts):
        assert (await guesser.get(f"{path}?ticket=guess-{number}")).status_code == 400
    assert (await guesser.get(f"{path}?ticket=one-more")).status_code == 429
    page = await guesser.get(link)
    assert (page.status_code, heading(page)) == (429, "This link no longer works")
    assert TOO_MANY in page.text
    assert int(page.headers["retry-after"]) > 0
    assert (await world.browser(address="198.51.100.9").get(link)).status_code == 200


async def test_guessing_by_form_counts_like_guessing_by_address(world: World) -> None:
    """The limit on mailed links also holds for the forms behind them."""
    page = await world.browser().get(await reset_link(world))
    fields = forms(page)[0]["fields"]
    guesser = world.browser()
    for number in range(TICKET_PER_IP.attempts + 1):
        answered = await guesser.post(
            ISSUER + "u/reset-verify", data={**fields, "ticket": f"{number}", "password": PASSWORD}
        )
    assert answered.status_code == 429


async def test_every_route_that_checks_a_secret_of_a_person_is_named(world: World) -> None:
    """The routes of login that check a secret say so, for the test that holds them to the limiter."""
    named = {
        path: route.checks_secret
        for path, route in world.app.router.routes.items()
        if path.startswith("/u/") and route.checks_secret
    }
    assert named == {
        "/u/login": "password",
        "/u/login/email/code": "one-time code",
        "/u/email-verification": "mailed link",
        "/u/reset-verify": "mailed link",
    }


async def test_ticket_of_one_kind_opens_no_page_of_the_other(world: World) -> None:
    """A link that verifies an address does not set a password, and counts as a guess there."""
    ticket = ticket_in(await verification_link(world))
    page = await world.browser().get(f"/u/reset-verify?ticket={ticket}")
    assert (page.status_code, heading(page)) == (400, "This link no longer works")
    assert await counted(world, f"{TICKET_PER_IP.name}:%") == 1
