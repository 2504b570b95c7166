"""Every hosted page, looked at once in a real browser."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.journeys.application import Application
from tests.journeys.person import Person
from tests.journeys.tour import TOUR
from tests.support.gatewright_dev import GatewrightDev

_LIGHTEST_PAGE = 1_000
_HEAVIEST_PAGE = 30_000
_PHONE = {"width": 320, "height": 640}
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

every_page = pytest.mark.parametrize("name", list(TOUR))


@dataclass(frozen=True)
class Seen:
    """What was noticed on a page: what axe found by colour scheme, bytes, overflow in pixels, complaints."""

    found: dict[str, list[str]]
    weight: int
    overflow: int
    language: str
    complaints: list[str]


@pytest.fixture(scope="module")
def seen(chromium: Browser, server: GatewrightDev, application: Application, axe: str) -> dict[str, Seen]:
    """Every page of the tour, visited once."""
    return {name: _look(name, Person(chromium, server, application), axe) for name in TOUR}


def _look(name: str, person: Person, axe: str) -> Seen:
    with person:
        complaints: list[str] = []
        person.page.context.on("console", lambda message: complaints.append(message.text))
        person.page.context.on("weberror", lambda error: complaints.append(str(error.error)))
        TOUR[name](person)
        page = person.page
        page.evaluate(f"() => {{ {axe} }}")
        found = {}
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found[scheme] = _checked(page.evaluate(f"axe.run({_RULES})"))
        weight = page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize")
        page.set_viewport_size(_PHONE)  # type: ignore[arg-type]
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return Seen(found, weight, overflow, page.get_attribute("html", "lang") or "", complaints)


def _checked(result: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(seen: dict[str, Seen], name: str, scheme: str) -> None:
    """The accessibility checker finds nothing on the page, on light and on dark screens."""
    assert seen[name].found[scheme] == []


@every_page
def test_page_is_light(seen: dict[str, Seen], name: str) -> None:
    """The page weighs less than 30 KB, uncompressed and with its style."""
    if name != "messages":  # holds whatever was mailed
        assert _LIGHTEST_PAGE < seen[name].weight < _HEAVIEST_PAGE


@every_page
def test_narrow_phone_has_nothing_to_push_sideways(seen: dict[str, Seen], name: str) -> None:
    """On a screen of 320 pixels the page does not scroll sideways (WCAG 2.2, 1.4.10)."""
    assert seen[name].overflow <= 0


@every_page
def test_browser_has_nothing_to_complain_about(seen: dict[str, Seen], name: str) -> None:
    """The browser's console stays empty but for the statuses of refused forms."""
    others = [text for text in seen[name].complaints if "the server responded with a status of" not in text]
    assert others == []


@every_page
def test_page_says_its_language(seen: dict[str, Seen], name: str) -> None:
    """The page says that it is English, as the browser asked."""
    assert seen[name].language == "en"
