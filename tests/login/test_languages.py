"""Every page and mail of the door in the reader's language."""

import re

import httpx2
import pytest
from tests.support.world import PASSWORD, World, text_of

from gatewright.login.transaction import LIFETIME
from gatewright.web.languages import translator

from .visits import (
    ADA,
    NEW_PASSWORD,
    NEWCOMER,
    ask_for_reset,
    heading,
    href,
    last_mail,
    link_in,
    reset_page,
    sign_up,
    sign_up_page,
    state_of,
)

pytestmark = pytest.mark.anyio
GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}


def language(page: httpx2.Response) -> str:
    found = re.search(r'<html lang="([^"]+)">', page.text)
    assert found
    return found[1]


async def test_browser_s_language_is_spoken(world: World) -> None:
    """Accept-Language chooses the language of the page."""
    browser = world.browser()
    browser.client.headers.update(GERMAN)
    page = await browser.authorize()
    assert (language(page), heading(page)) == ("de", "Anmelden bei Web App")


async def test_application_s_wish_goes_first(world: World) -> None:
    """ui_locales beats Accept-Language."""
    browser = world.browser()
    browser.client.headers.update(GERMAN)
    assert language(await browser.authorize(ui_locales="en")) == "en"
    browser.client.headers.update({"accept-language": "en"})
    assert language(await browser.authorize(ui_locales="fr-CA de")) == "de"


@pytest.mark.parametrize("ui_locales", ["tlh", "x", "*", "de;DROP", "a" * 300])
async def test_unknown_wish_is_passed_over(world: World, ui_locales: str) -> None:
    """A language nobody speaks, or nonsense, falls back to the browser's."""
    browser = world.browser()
    browser.client.headers.update(GERMAN)
    assert language(await browser.authorize(ui_locales=ui_locales)) == "de"


async def test_language_must_be_enabled(world: World) -> None:
    """A tenant that enables English alone speaks English to everybody."""
    await world.change_tenant(enabled_locales=("en",))
    assert language(await world.browser().authorize(ui_locales="de")) == "en"


async def test_whole_door_speaks_the_application_s_language(world: World) -> None:
    """Every page of sign-up, verification, reset, consent and their errors keeps the language of the wish."""
    browser = world.browser()  # that itself prefers English
    browser.client.headers.update({"accept-language": "en"})
    wish = {"ui_locales": "de"}
    pages = [await browser.authorize(**wish), await browser.sign_in(password="wrong", **wish)]
    pages += [await sign_up_page(browser, **wish), await sign_up(browser, "x", **wish)]
    pages += [await sign_up(browser, password="weak", **wish), await sign_up(browser, **wish)]
    verify = link_in(await last_mail(world))
    pages += [page := await browser.get(verify), await browser.submit(page), await browser.submit(page)]
    pages += [await reset_page(browser, **wish), await ask_for_reset(browser, **wish)]
    reset = link_in(await last_mail(world))
    pages += [form := await browser.get(reset), await browser.submit(form, password="weak")]
    pages += [await browser.submit(form, password=NEW_PASSWORD), await browser.submit(form, password="x")]
    third = {"client_id": "third", "redirect_uri": "https://third.example.test/callback", **wish}
    pages += [consent := await browser.sign_in(password=NEW_PASSWORD, **third)]
    await browser.submit(consent, action="accept")
    pages += [await browser.submit(consent, action="accept")]
    pages += [await browser.authorize(prompt="select_account", **wish)]
    assert {language(page) for page in pages} == {"de"}
    assert not [heading(page) for page in pages if translator("de").gettext(heading(page)) != heading(page)]


async def test_fresh_start_keeps_the_language(world: World) -> None:
    """The message of a fresh start is in the language of the sign-in that expired."""
    browser = world.browser()
    page = await browser.authorize(ui_locales="de")
    world.clock.advance(LIFETIME)
    fresh = await browser.submit(page, username=ADA, password=PASSWORD)
    assert "Jene Anmeldung war abgelaufen. Hier ist eine neue." in text_of(fresh)


@pytest.mark.parametrize(
    ("ui_locales", "subject"),
    [
        ("de", "Bestätigen Sie Ihre E-Mail-Adresse für Web App"),
        ("en", "Confirm your e-mail address for Web App"),
    ],
)
async def test_mail_speaks_the_language_of_the_page(world: World, ui_locales: str, subject: str) -> None:
    """The mail to verify an address is in the language of the sign-up page."""
    await sign_up(world.browser(), ui_locales=ui_locales)
    mail = await last_mail(world)
    assert mail["subject"] == subject
    assert f'<html lang="{ui_locales}">' in mail["html"]


async def test_notice_of_a_changed_password_speaks_the_same_language(world: World) -> None:
    """The mail after a new password is in the language in which its link was asked for."""
    await ask_for_reset(world.browser(), ui_locales="de")
    browser = world.browser()
    page = await browser.get(link_in(await last_mail(world)))
    await browser.submit(page, password=NEW_PASSWORD)
    assert '<html lang="de">' in (await last_mail(world))["html"]


async def test_rules_of_a_password_are_translated(world: World) -> None:
    """Password rules and their verdicts are in the page's language."""
    page = await sign_up(world.browser(), NEWCOMER, "kurz", ui_locales="de")
    assert "Mindestens 8 Zeichen (nicht erfüllt)" in text_of(page)


async def test_links_between_pages_keep_the_language(world: World) -> None:
    """Going from sign-in to sign-up and back keeps the language."""
    browser = world.browser()
    page = await sign_up_page(browser, ui_locales="de")
    assert language(await browser.get(href(page, "login-link"))) == "de"
    assert state_of(page)
