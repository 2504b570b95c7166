"""The AngularJS application and its API, in Chromium, against a real server."""

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Route, expect
from tests.samples.person import barriers, enter
from tests.samples.program import Ports
from tests.samples.tenant import ADA, BOB, demo_tenant
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

API = re.compile(r"/(timesheets|payroll)$")


@pytest.fixture
def signed_in(page: Page, angular: str) -> Page:
    """The application after Ada signed in."""
    sign_in(page, angular)
    return page


@pytest.fixture
def short_lived(server: GatewrightDev, ports: Ports) -> Iterator[None]:
    """While the test runs, id_tokens of the application live for a second."""
    tenant = demo_tenant(ports)
    changed = copy.deepcopy(tenant)
    client = next(one for one in changed["clients"] if one["client_id"] == "demo_angular")
    client["jwt_configuration"]["lifetime_in_seconds"] = 1
    server.apply(changed)
    yield
    server.apply(tenant)


def sign_in(page: Page, angular: str, email: str = ADA) -> None:
    page.goto(angular)
    page.get_by_role("button", name="Sign in").click()
    enter(page, email)
    expect(page.locator("#add")).to_be_visible()


def add(page: Page, project: str, hours: str = "8") -> None:
    page.get_by_label("Project").fill(project)
    page.get_by_label("Hours").fill(hours)
    page.get_by_role("button", name="Add").click()


def row(page: Page, project: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("cell", name=project, exact=True))


def called(page: Page, path: str, act: Callable[[], object]) -> Request:
    """The call of the API at `path` that `act` causes."""
    with page.expect_request(lambda r: r.url.endswith(path) and r.method != "OPTIONS") as asked:
        act()
    return asked.value


def token_in(request: Request) -> dict[str, Any]:
    return claims_of(request.all_headers()["authorization"].removeprefix("Bearer "))


def test_login_page_first(page: Page, angular: str) -> None:
    """Whoever is not signed in finds the login page, and the API is not asked."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(angular)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.url == f"{angular}#/login"
    assert [url for url in asked if API.search(url)] == []


def test_profile(signed_in: Page) -> None:
    """The application shows who signed in."""
    expect(signed_in.locator("#person")).to_contain_text("Ada Example")


def test_add(signed_in: Page) -> None:
    """A timesheet that is added appears in the list, with the address that the token told the API."""
    add(signed_in, "Bridge", "7.5")
    expect(row(signed_in, "Bridge")).to_contain_text("7.5")
    expect(row(signed_in, "Bridge").locator(".address")).to_have_text(ADA)


def test_bearer(signed_in: Page) -> None:
    """The interceptor sends the id_token: of the application, with the attributes that were asked for."""
    claims = token_in(called(signed_in, "/timesheets", lambda: add(signed_in, "Bearer")))
    assert (claims["aud"], claims["sub"]) == ("demo_angular", "auth0|000000000000000000000ada")
    assert claims["email"] == ADA
    assert "name" not in claims


def test_bearer_for_the_api_only(page: Page, angular: str) -> None:
    """No other call carries the token in its header."""
    carrying: list[str] = []

    def listen(request: Request) -> None:
        if "authorization" in request.headers:
            carrying.append(request.url)

    page.on("request", listen)
    sign_in(page, angular)
    add(page, "Only the API")
    expect(row(page, "Only the API").first).to_be_visible()
    assert carrying
    assert [url for url in carrying if not API.search(url)] == []


def test_own_timesheets_only(signed_in: Page, angular: str) -> None:
    """Nobody sees the timesheets of somebody else."""
    add(signed_in, "Ada's own")
    expect(row(signed_in, "Ada's own")).to_be_visible()
    signed_in.get_by_role("button", name="Sign out").click()
    sign_in(signed_in, angular, BOB)
    expect(signed_in.get_by_text("Asking the API")).to_have_count(0)
    expect(row(signed_in, "Ada's own")).to_have_count(0)


def test_project_is_text(signed_in: Page) -> None:
    """Markup and AngularJS expressions in a project's name are shown, not run."""
    add(signed_in, "<img src=x onerror=alert(1)>{{ 7 * 7 }}")
    expect(row(signed_in, "<img src=x onerror=alert(1)>{{ 7 * 7 }}")).to_be_visible()


def test_no_tokens_in_the_address(signed_in: Page, angular: str) -> None:
    """After signing in neither the address bar nor the way back holds tokens."""
    assert signed_in.url == f"{angular}#/"
    signed_in.go_back()
    assert "token" not in signed_in.url


def test_no_token_on_disk(signed_in: Page) -> None:
    """No token is in the storage of the browser."""
    kept = signed_in.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "eyJ" not in kept


def test_expired(short_lived: None, page: Page, angular: str) -> None:
    """When the API refuses an expired token, the application signs out, goes to /login and says why."""
    page.goto(angular)
    page.get_by_role("button", name="Sign in").click()
    enter(page)
    until_refused(page)
    assert page.url == f"{angular}#/login"
    expect(page.get_by_role("alert")).to_contain_text("jwt expired")
    expect(page.locator("#person")).to_have_count(0)


def until_refused(page: Page) -> None:
    """Asks the API again and again, until the login page is there."""
    expect(page.locator("#refresh").or_(page.locator("#notice"))).to_be_visible()
    page.evaluate("setInterval(() => document.getElementById('refresh')?.click(), 100); 0")
    expect(page.locator("#notice")).to_be_visible()


def test_signing_in_again_after_expiry(short_lived: None, page: Page, angular: str) -> None:
    """The sign-in after an expired token takes one click: the provider still knows the person."""
    page.goto(angular)
    page.get_by_role("button", name="Sign in").click()
    enter(page)
    until_refused(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#add, #notice").first).to_be_visible()
    assert page.url.startswith(angular)


def test_tampered(signed_in: Page, angular: str) -> None:
    """When the API refuses a token that was changed on its way, the application signs out and says why."""

    def tamper(route: Route) -> None:
        headers = route.request.all_headers()
        if "authorization" in headers:
            head, body, signature = headers["authorization"].split(".")
            headers["authorization"] = f"{head}.{body}.{signature[::-1]}"
        route.continue_(headers=headers)

    signed_in.route(API, tamper)
    add(signed_in, "Never")
    expect(signed_in.get_by_role("alert")).to_contain_text("invalid signature")
    assert signed_in.url == f"{angular}#/login"


def test_payroll(signed_in: Page) -> None:
    """For an API with a secret of its own the application trades its token at /delegation."""
    add(signed_in, "Paid", "0.5")
    expect(row(signed_in, "Paid").first).to_be_visible()
    button = signed_in.get_by_role("button", name="How many hours are paid?")
    with signed_in.expect_response("**/delegation") as traded:
        claims = token_in(called(signed_in, "/payroll", button.click))
    assert traded.value.status == 200
    assert (claims["aud"], claims["azp"]) == ("demo_payroll", "demo_angular")
    expect(signed_in.locator("#paid")).to_contain_text("demo_payroll")


def test_delegation_refused(signed_in: Page, server: GatewrightDev, ports: Ports) -> None:
    """When payroll does not allow the application to ask, the page shows what the provider says."""
    tenant = demo_tenant(ports)
    changed = copy.deepcopy(tenant)
    payroll = next(one for one in changed["clients"] if one["client_id"] == "demo_payroll")
    payroll["allowed_clients"] = ["demo_job"]
    server.apply(changed)
    try:
        signed_in.get_by_role("button", name="How many hours are paid?").click()
        expect(signed_in.get_by_role("alert")).to_contain_text("allowed_clients")
    finally:
        server.apply(tenant)


def test_api_away(signed_in: Page) -> None:
    """While the API is away the page says so."""
    signed_in.route(API, lambda route: route.abort())
    signed_in.get_by_role("button", name="Ask again").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("is it running?")


def test_bad_hours(signed_in: Page) -> None:
    """What the API finds wrong with a timesheet is told in its words, and the entry stays."""
    add(signed_in, "Odd", "0.3")
    expect(signed_in.get_by_role("alert")).to_contain_text("hours: ")
    expect(signed_in.get_by_label("Project")).to_have_value("Odd")


def test_reload(signed_in: Page) -> None:
    """A reload forgets the token; signing in again takes one click."""
    signed_in.reload()
    signed_in.get_by_role("button", name="Sign in").click()
    expect(signed_in.locator("#person")).to_contain_text("Ada Example")


def test_logout(signed_in: Page) -> None:
    """Signing out leads to the login page, and the server asks for the password again."""
    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.get_by_role("button", name="Sign in").click()
    expect(signed_in.locator("#login-form input[name=password]")).to_be_visible()


@pytest.mark.parametrize("told", ["access_token=x&id_token=y", "error=x&error_description=Call+0900-EVIL"])
def test_answer_nobody_asked_for(page: Page, angular: str, told: str) -> None:
    """Tokens or an error with a state of somebody else are dropped unread, with a message."""
    page.goto(f"{angular}#{told}&state=z")
    expect(page.get_by_role("alert")).to_contain_text("was not started here")
    expect(page.locator("body")).not_to_contain_text("0900-EVIL")
    assert page.url == f"{angular}#/login"


def test_tokens_of_another_browser(signed_in: Page, angular: str, page: Page) -> None:
    """Good tokens that were made for another browser sign nobody in here."""
    request = called(signed_in, "/timesheets", lambda: add(signed_in, "Mine"))
    token = request.all_headers()["authorization"].removeprefix("Bearer ")
    signed_in.goto("about:blank")
    signed_in.goto(f"{angular}#access_token=x&id_token={token}&state=mine&token_type=Bearer")
    expect(signed_in.get_by_role("alert")).to_contain_text("was not started here")
    expect(signed_in.locator("#person")).to_have_count(0)


def test_sign_in_refused(page: Page, angular: str) -> None:
    """An error that the provider sends back is shown on the login page."""
    page.goto(angular)
    page.evaluate("sessionStorage.setItem('state', 'mine')")
    page.goto("about:blank")
    page.goto(f"{angular}#error=access_denied&error_description=Not+today&state=mine")
    expect(page.get_by_role("alert")).to_have_text("Sign-in was refused: Not today")


def test_policy(page: Page, angular: str) -> None:
    """The page keeps to its own content security policy, and no script of it fails."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if re.search("Content.Security.Policy", message.text):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, angular)
    page.get_by_role("button", name="How many hours are paid?").click()
    expect(page.locator("#paid")).not_to_be_empty()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_barriers(page: Page, angular: str, scheme: str) -> None:
    """Axe finds nothing on either page, nor on a problem, by day and by night."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{angular}#error=x&state=y")
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []
    sign_in(page, angular)
    add(page, "Accessible")
    expect(row(page, "Accessible").first).to_be_visible()
    assert barriers(page) == []
    page.route(API, lambda route: route.abort())
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []


def test_phone(page: Page, angular: str) -> None:
    """On a phone the page does not have to be pushed sideways."""
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, angular)
    add(page, "A" * 60)
    expect(row(page, "A" * 60).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
