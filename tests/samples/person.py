"""What a person does on the hosted pages, and what a person's tools see on any page."""

from pathlib import Path

from playwright.sync_api import Page
from tests.samples.tenant import ADA, PASSWORDS

_AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
_RULES = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
_TOLD = "v => v.nodes.map(n => v.id + ' ' + n.html)"


def enter(page: Page, email: str = ADA, password: str = "") -> None:
    """Fills the sign-in page and sends it."""
    page.locator("#login-form input[name=username]").fill(email)
    page.locator("#login-form input[name=password]").fill(password or PASSWORDS[email])
    page.get_by_role("button", name="Sign in").click()


def barriers(page: Page) -> list[str]:
    """What axe finds on the page, as it is now."""
    page.evaluate(_AXE.read_text(encoding="utf-8") + ";0")
    found = page.evaluate(f"{_RULES}.then(r => r.violations.flatMap({_TOLD}))")
    return list(found)
