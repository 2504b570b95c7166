"""Which of your accounts?"""

import pytest
from tests.support.world import PASSWORD, Browser, World, answer, claims_of, text_of

from .visits import ADA, heading, is_done, value_of

pytestmark = pytest.mark.anyio


async def subject_of(browser: Browser, code: str) -> str:
    tokens = (await browser.redeem(code)).json()
    subject: str = claims_of(tokens["id_token"])["sub"]
    return subject


async def test_choice_is_shown_with_name_and_address(world: World) -> None:
    """prompt=select_account shows who is signed in."""
    browser = world.browser()
    await browser.sign_in()
    page = await browser.authorize(prompt="select_account")
    assert heading(page) == "Choose an account"
    assert "Continue as Ada Example ada@example.test" in text_of(page)


async def test_choosing_oneself_needs_no_password(world: World) -> None:
    """Whoever chooses the account that is signed in goes on in the same session."""
    browser = world.browser()
    first = claims_of((await browser.tokens())["id_token"])
    page = await browser.authorize(prompt="select_account")
    code = answer(await browser.submit(page, session="current"))["code"]
    second = claims_of((await browser.redeem(code)).json()["id_token"])
    assert (second["sub"], second["sid"]) == (first["sub"], first["sid"])


@pytest.mark.parametrize("chosen", [{"action": "other"}, {"session": "foreign-key"}, {}])
async def test_anybody_else_has_to_sign_in(world: World, chosen: dict[str, str]) -> None:
    """Choosing another account asks for its password, and that account arrives at the application."""
    await world.put_user("bob@example.test", subject="bob")
    browser = world.browser()
    await browser.sign_in()
    page = await browser.submit(await browser.authorize(prompt="select_account"), **chosen)
    assert heading(page) == "Sign in to Web App"
    done = await browser.submit(page, username="bob@example.test", password=PASSWORD)
    assert await subject_of(browser, answer(done)["code"]) == "auth0|bob"


async def test_other_account_ends_the_session_of_the_first(world: World) -> None:
    """A browser has one session: the account chosen later replaces the earlier one."""
    await world.put_user("bob@example.test", subject="bob")
    browser = world.browser()
    await browser.sign_in()
    page = await browser.submit(await browser.authorize(prompt="select_account"), action="other")
    await browser.submit(page, username="bob@example.test", password=PASSWORD)
    assert await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada") == []
    assert await subject_of(browser, answer(await browser.authorize())["code"]) == "auth0|bob"


async def test_nobody_signed_in_nothing_to_choose(world: World) -> None:
    """Without a session prompt=select_account leads straight to the sign-in page."""
    browser = world.browser()
    page = await browser.authorize(prompt="select_account")
    assert heading(page) == "Sign in to Web App"
    assert is_done(await browser.submit(page, username=ADA, password=PASSWORD))


async def test_signed_out_meanwhile(world: World) -> None:
    """Whoever signed out in another tab before choosing is asked to sign in and sees no name."""
    browser = world.browser()
    await browser.sign_in()
    page = await browser.authorize(prompt="select_account")
    state = value_of(page, "state")
    await browser.get("/v2/logout")
    shown = await browser.follow(await browser.get(f"/u/select-account?state={state}"))
    assert heading(shown) == "Sign in to Web App"
    assert "Ada" not in text_of(shown)
    assert heading(await browser.submit(page, session="current")) == "Sign in to Web App"


async def test_back_and_choose_again(world: World) -> None:
    """Whoever chose another account, goes back and chooses themselves after all has to prove it."""
    browser = world.browser()
    await browser.sign_in()
    page = await browser.authorize(prompt="select_account")
    await browser.submit(page, action="other")
    again = await browser.submit(page, session="current")
    assert heading(again) == "Sign in to Web App"
    assert is_done(await browser.submit(again, username=ADA, password=PASSWORD))
