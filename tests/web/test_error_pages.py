"""Pages that tell of an error, in the reader's language."""

import re
from functools import cache

import httpx2
import pytest
from tests.support.keys import quick_keys
from tests.support.world import World
from tests.web.error_visits import VISITS
from tests.web.markup import Markup
from tests.web.test_languages import marked

__all__ = ["quick_keys"]

pytestmark = pytest.mark.anyio

_PLACES = {
    "login/forms.py",
    "login/steps/mailed_link.py",
    "login/way_back.py",
    "oauth/checks.py",
    "oauth/end_session.py",
    "oauth/logout_hint.py",
    "oauth/shown.py",
    "web/hosting.py",
    "web/parameters.py",
    "web/templates/error.html",
    "web/unknown_host.py",
}
"""Where the texts of error pages stand."""


@cache
def texts() -> dict[str, str]:
    """Every marked text, with the file it stands in."""
    return {text: place.split(":")[0] for text, place in marked().items() if isinstance(text, str)}


def told(page: httpx2.Response) -> list[tuple[str, str]]:
    """What the page says, in its order: each piece of text with the element that holds it."""
    markup = Markup(page.text)
    reference = next((element.text for element in markup.all("code")), " ")
    pieces = markup.all("h1", "h2", "p", "dt", "dd", "a", "button", "label", "div")
    found = ((piece, piece.text.replace(reference, " ")) for piece in pieces if piece["class"] != "brand")
    return [(piece.tag, " ".join(text.split())) for piece, text in found if text.strip()]


def reads(text: str, seen: str) -> bool:
    """Whether ``seen`` is the marked ``text`` with its values filled in."""
    return re.fullmatch(re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(text)), seen, re.DOTALL) is not None


def is_ours(value: str) -> bool:
    """Whether what stands as a value is a text of the house, and nothing that was seen."""
    return any(reads(text, value) for text in texts())


async def visited(world: World, name: str, language: str) -> httpx2.Response:
    browser = world.browser()
    browser.client.headers["accept-language"] = language
    return await VISITS[name](world, browser)


@pytest.mark.parametrize("name", VISITS)
async def test_error_page_speaks_german(world: World, name: str) -> None:
    """A German error page shares no sentence, heading, label or button with the English one of its kind."""
    english, german = told(await visited(world, name, "en")), told(await visited(world, name, "de"))
    assert [tag for tag, _ in german] == [tag for tag, _ in english]
    alike = [(tag, text) for tag, text in german if (tag, text) in english]
    assert [text for tag, text in alike if tag != "dd" or is_ours(text)] == []


@pytest.mark.parametrize(("language", "spoken"), [("de-AT,en;q=0.5", "de"), ("en", "en"), ("tlh", "en")])
async def test_error_page_says_its_language(world: World, language: str, spoken: str) -> None:
    """The page says which language it speaks, English to whoever reads none of ours."""
    for name in ("callback mismatch", "unknown host", "nothing to show"):
        page = await visited(world, name, language)
        assert f'<html lang="{spoken}">' in page.text


async def test_every_text_of_an_error_was_seen(world: World) -> None:
    """No text of an error page goes untried: the visits come past each that is marked."""
    wanted = {text for text, place in texts().items() if place in _PLACES}
    seen = [text for name in VISITS for _, text in told(await visited(world, name, "en"))]
    assert {texts()[text] for text in wanted} == _PLACES
    assert {text for text in wanted if not any(reads(text, one) for one in seen)} == set()
