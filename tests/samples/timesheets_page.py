"""What a person does on the page of the timesheets, whichever library it is on."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from tests.samples.person import enter
from tests.samples.tenant import ADA

API = "**/timesheets"
READING = "Sign in, only to read"


def sign_in(page: Page, timesheets: str, email: str = ADA, button: str = "Sign in") -> None:
    page.goto(timesheets)
    page.get_by_role("button", name=button, exact=True).click()
    enter(page, email)
    expect(page.locator("#app")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#welcome")).to_be_visible()


def add(page: Page, project: str, hours: str = "8") -> None:
    page.get_by_label("Project").fill(project)
    page.get_by_label("Hours").fill(hours)
    page.get_by_role("button", name="Add").click()


def row(page: Page, project: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("cell", name=project, exact=True))


def bearer_of(page: Page, act: Callable[[], object]) -> str:
    with page.expect_request(lambda r: r.url.endswith("/timesheets") and r.method != "OPTIONS") as asked:
        act()
    return str(asked.value.all_headers()["authorization"])
