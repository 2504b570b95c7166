"""The single-page application and its API, in Chromium, against a real server."""

import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect
from tests.samples.person import barriers
from tests.samples.tenant import ADA, BOB, CID
from tests.samples.timesheets_page import API, READING, add, bearer_of, row, sign_in, sign_out
from tests.support.gatewright_dev import GatewrightDev


@pytest.fixture
def signed_in(page: Page, timesheets: str) -> Page:
    """The application after Ada signed in."""
    sign_in(page, timesheets)
    return page


def test_profile(signed_in: Page) -> None:
    """The application shows who signed in."""
    expect(signed_in.locator("#person")).to_contain_text("Ada Example")


def test_add(signed_in: Page) -> None:
    """A timesheet that is added appears in the list."""
    add(signed_in, "Bridge", "7.5")
    expect(row(signed_in, "Bridge")).to_contain_text("7.5")


def test_email(signed_in: Page) -> None:
    """The list shows under which address a timesheet was entered, which the API knows from the token."""
    add(signed_in, "With address")
    expect(row(signed_in, "With address").locator(".address")).to_have_text(ADA)


def test_total(page: Page, timesheets: str) -> None:
    """The list starts empty, says so, and sums up what is added."""
    sign_in(page, timesheets, BOB)
    expect(page.locator("#empty")).to_be_visible()
    add(page, "Tunnel", "7.5")
    add(page, "Talk", "0.25")
    expect(page.locator("#total")).to_have_text("7.75 h")


def test_own_timesheets_only(signed_in: Page, timesheets: str) -> None:
    """Nobody sees the timesheets of somebody else."""
    add(signed_in, "Ada's own")
    expect(row(signed_in, "Ada's own")).to_be_visible()
    sign_out(signed_in)
    sign_in(signed_in, timesheets, BOB)
    expect(signed_in.locator("#list-loading")).to_be_hidden()
    expect(row(signed_in, "Ada's own")).to_have_count(0)


def test_project_is_text(signed_in: Page) -> None:
    """Markup in a project's name is shown, not run."""
    add(signed_in, "<img src=x onerror=alert(1)>")
    expect(row(signed_in, "<img src=x onerror=alert(1)>")).to_be_visible()


def test_scopes(signed_in: Page) -> None:
    """The page lists the scopes that were granted."""
    assert {"read:timesheets", "create:timesheets"} <= set(
        signed_in.locator("#scopes .chip").all_inner_texts()
    )


def test_reading_only(page: Page, timesheets: str) -> None:
    """Without create:timesheets there is no form, and the page says why."""
    sign_in(page, timesheets, button=READING)
    expect(page.locator("#listing")).to_be_visible()
    expect(page.locator("#adding")).to_be_hidden()
    expect(page.locator("#not-adding")).to_contain_text("create:timesheets")


def test_reading_only_survives_a_reload(page: Page, timesheets: str) -> None:
    """A person who chose only to read is not given more by a reload."""
    sign_in(page, timesheets, button=READING)
    page.reload()
    expect(page.locator("#not-adding")).to_be_visible()
    expect(page.locator("#adding")).to_be_hidden()


def test_no_role(page: Page, timesheets: str) -> None:
    """Somebody without a role is told so, and the API is not asked."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, timesheets, CID)
    expect(page.locator("#not-reading")).to_contain_text("read:timesheets")
    assert not [url for url in asked if url.endswith("/timesheets")]


def test_reload(signed_in: Page) -> None:
    """A reload keeps the person signed in, even where frames get no cookies."""
    add(signed_in, "Before the reload")
    expect(row(signed_in, "Before the reload")).to_be_visible()
    signed_in.reload()
    expect(row(signed_in, "Before the reload").first).to_be_visible()


def test_reload_in_a_frame(lenient_page: Page, timesheets: str) -> None:
    """Where frames get their cookies, a reload asks the server in one, and the page stays where it is."""
    sign_in(lenient_page, timesheets)
    visited: list[str] = []
    lenient_page.on("request", lambda r: visited.append(r.url) if r.is_navigation_request() else None)
    lenient_page.reload()
    expect(lenient_page.locator("#app")).to_be_visible()
    framed = [url for url in visited if "response_mode=web_message" in url]
    assert (visited[0], len(framed), len(visited)) == (timesheets, 1, 2)


def test_no_code_in_the_address(signed_in: Page, timesheets: str) -> None:
    """After signing in the address bar holds no code."""
    assert signed_in.url == timesheets


def test_no_token_on_disk(signed_in: Page) -> None:
    """No token is in the storage of the browser."""
    kept = signed_in.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "eyJ" not in kept


def test_renew(signed_in: Page) -> None:
    """A renewed access token replaces the old one, and the API takes it."""
    before = bearer_of(signed_in, lambda: add(signed_in, "Old token"))
    signed_in.get_by_role("button", name="Renew it now").click()
    expect(signed_in.locator("#renewed")).to_have_text("A new one is here.")
    after = bearer_of(signed_in, lambda: add(signed_in, "New token"))
    assert before != after
    expect(row(signed_in, "New token")).to_be_visible()


def test_refused_token(signed_in: Page) -> None:
    """When the API refuses a token, the page renews it and asks once more."""
    answers = iter([401])

    def once_refused(route: Route) -> None:
        if route.request.method == "POST" and next(answers, 0):
            route.fulfill(status=401, json={}, headers={"access-control-allow-origin": "*"})
        else:
            route.continue_()

    signed_in.route(API, once_refused)
    add(signed_in, "Second try")
    expect(row(signed_in, "Second try")).to_be_visible()


def test_refused_for_good(signed_in: Page) -> None:
    """When the API keeps refusing, the page shows its words."""
    body = {"message": "Missing or invalid token", "error_description": "Its audience is another API."}
    signed_in.route(
        API, lambda route: route.fulfill(status=401, json=body, headers={"access-control-allow-origin": "*"})
    )
    add(signed_in, "Never")
    expect(signed_in.get_by_role("alert")).to_contain_text("Missing or invalid token")
    expect(signed_in.get_by_role("alert")).to_contain_text("Its audience is another API.")


def test_api_away(signed_in: Page) -> None:
    """While the API is away the page says so, and “Try again” works when it is back."""
    signed_in.route(API, lambda route: route.abort())
    add(signed_in, "Later")
    expect(signed_in.get_by_role("alert")).to_contain_text("The API does not answer")
    signed_in.unroute(API)
    signed_in.get_by_role("button", name="Try again").click()
    expect(row(signed_in, "Later")).to_be_visible()
    expect(signed_in.get_by_role("alert")).to_be_hidden()


def test_bad_hours(signed_in: Page) -> None:
    """What the API finds wrong with a timesheet is told in its words."""
    signed_in.locator("#add").evaluate("form => { form.noValidate = true }")
    add(signed_in, "Long day", "25")
    expect(signed_in.get_by_role("alert")).to_contain_text("hours: ")


def test_loading(signed_in: Page) -> None:
    """While the API thinks, the page says that it waits."""
    held: list[Route] = []
    signed_in.route(API, lambda route: held.append(route))
    signed_in.reload()
    expect(signed_in.locator("#list-loading")).to_be_visible()
    held[0].continue_()
    expect(signed_in.locator("#list-loading")).to_be_hidden()


def test_logout(signed_in: Page) -> None:
    """Signing out leads to the welcome page, and the server asks for the password again."""
    sign_out(signed_in)
    signed_in.get_by_role("button", name="Sign in", exact=True).click()
    expect(signed_in.locator("#login-form input[name=password]")).to_be_visible()


def test_signed_out_elsewhere(signed_in: Page, server: GatewrightDev) -> None:
    """When the session ended elsewhere, a reload shows the welcome page."""
    other_tab = signed_in.context.new_page()
    other_tab.goto(f"{server.issuer}v2/logout")
    signed_in.reload()
    expect(signed_in.locator("#welcome")).to_be_visible()


def test_session_over(signed_in: Page, server: GatewrightDev) -> None:
    """When neither the refresh token nor the session is good, the page asks to sign in again."""
    signed_in.context.clear_cookies()
    words = {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}
    signed_in.context.route(
        f"{server.issuer}oauth/token",
        lambda route: route.fulfill(status=400, json=words, headers={"access-control-allow-origin": "*"}),
    )
    signed_in.get_by_role("button", name="Renew it now").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("Please sign in again")
    signed_in.get_by_role("alert").get_by_role("button", name="Sign in").click()
    expect(signed_in.locator("#login-form")).to_be_visible()


def test_answer_nobody_asked_for(page: Page, timesheets: str) -> None:
    """A callback with an unknown state ends on a message and a way out."""
    page.goto(f"{timesheets}?code=x&state=y")
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_sign_in_given_up(page: Page, timesheets: str) -> None:
    """Whoever turns back from the sign-in page finds the welcome page."""
    page.goto(timesheets)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#login-form")).to_be_visible()
    page.goto(timesheets)
    expect(page.locator("#welcome")).to_be_visible()


def test_policy(page: Page, timesheets: str) -> None:
    """The page keeps to its own content security policy."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if re.search("Content.Security.Policy", message.text):
            complaints.append(message.text)

    page.on("console", listen)
    sign_in(page, timesheets)
    page.get_by_role("button", name="Renew it now").click()
    expect(page.locator("#renewed")).not_to_be_empty()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_barriers(page: Page, timesheets: str, scheme: str) -> None:
    """Axe finds nothing before and after signing in, nor on a problem, by day and by night."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(timesheets)
    expect(page.locator("#welcome")).to_be_visible()
    assert barriers(page) == []
    sign_in(page, timesheets)
    add(page, "Accessible")
    expect(row(page, "Accessible").first).to_be_visible()
    assert barriers(page) == []
    page.route(API, lambda route: route.abort())
    add(page, "Away")
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []


def test_phone(page: Page, timesheets: str) -> None:
    """On a phone the page does not have to be pushed sideways."""
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, timesheets)
    add(page, "A" * 60)
    expect(row(page, "A" * 60).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
