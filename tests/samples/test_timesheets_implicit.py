"""The page of the timesheets on auth0.js and the implicit grant, in Chromium, against a real server."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect
from tests.samples.person import barriers
from tests.samples.tenant import ADA, CID
from tests.samples.timesheets_page import API, READING, add, bearer_of, row, sign_in, sign_out
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

TWO_HOURS = 7200


@pytest.fixture
def signed_in(page: Page, timesheets_implicit: str) -> Page:
    """The page after Ada signed in."""
    sign_in(page, timesheets_implicit)
    return page


@pytest.fixture
def renewing(lenient_page: Page, timesheets_implicit: str) -> Page:
    """The same in a profile that lets frames have their cookies, with a clock that the test moves."""
    lenient_page.clock.install()
    sign_in(lenient_page, timesheets_implicit)
    return lenient_page


def token_of(page: Page, act: Callable[[], object]) -> dict[str, Any]:
    """The claims of the access token with which `act` calls the API."""
    return claims_of(bearer_of(page, act).removeprefix("Bearer "))


def refuse(page: Page, status: int, **body: str) -> None:
    """Lets the API answer every call like this."""
    headers = {"access-control-allow-origin": "*"}
    page.route(API, lambda route: route.fulfill(status=status, json=body, headers=headers))


def test_what_is_asked(page: Page, timesheets_implicit: str) -> None:
    """The page asks for both tokens in the fragment, for the API, with its scopes."""
    with page.expect_request("**/authorize?*") as asked:
        sign_in(page, timesheets_implicit)
    assert "response_type=token%20id_token" in asked.value.url
    assert "scope=openid%20profile%20read%3Atimesheets%20create%3Atimesheets" in asked.value.url
    assert "audience=https%3A%2F%2Ftimesheets.example%2Fapi" in asked.value.url


def test_profile(page: Page, timesheets_implicit: str) -> None:
    """The page asks /userinfo who signed in, and shows it."""
    with page.expect_response("**/userinfo") as answer:
        sign_in(page, timesheets_implicit)
    assert answer.value.status == 200
    expect(page.locator("#person")).to_contain_text("Ada Example")


def test_add(signed_in: Page) -> None:
    """A timesheet that is added appears in the list, with the address that the token told the API."""
    add(signed_in, "Bridge", "7.5")
    expect(row(signed_in, "Bridge")).to_contain_text("7.5")
    expect(row(signed_in, "Bridge").locator(".address")).to_have_text(ADA)


def test_lifetime(signed_in: Page) -> None:
    """An access token from the fragment lives for two hours."""
    claims = token_of(signed_in, lambda: add(signed_in, "Two hours"))
    assert claims["exp"] - claims["iat"] == TWO_HOURS


def test_claims(signed_in: Page) -> None:
    """The access token carries the subject, the scopes, and the address under the tenant's own name."""
    claims = token_of(signed_in, lambda: add(signed_in, "Claims"))
    assert claims["sub"] == "auth0|000000000000000000000ada"
    assert claims["scope"] == "openid profile read:timesheets create:timesheets"
    assert claims["https://timesheets.example/email"] == ADA


def test_reading_only(page: Page, timesheets_implicit: str) -> None:
    """Without create:timesheets there is no form, and the page says why."""
    sign_in(page, timesheets_implicit, button=READING)
    expect(page.locator("#listing")).to_be_visible()
    expect(page.locator("#adding")).to_be_hidden()
    expect(page.locator("#not-adding")).to_contain_text("create:timesheets")


def test_fewer_scopes_than_asked(page: Page, timesheets_implicit: str) -> None:
    """Scopes that were asked but not granted do not count: without a role there is neither list nor form."""
    sign_in(page, timesheets_implicit, CID)
    expect(page.locator("#not-reading")).to_be_visible()
    expect(page.locator("#adding")).to_be_hidden()


def test_empty_scope(page: Page, timesheets_implicit: str, server: GatewrightDev) -> None:
    """An answer without a scope grants all that was asked."""

    dropped: list[int] = []

    def without_scope(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        # Requests that follow a redirect pass no route, so they are made here.
        resume = urljoin(server.issuer, route.fetch(max_redirects=0).headers["location"])
        answer = page.request.get(resume, max_redirects=0).headers["location"]
        location, count = re.subn(r"\bscope=[^&]*&", "", answer)
        dropped.append(count)
        return route.fulfill(status=302, headers={"location": location})

    page.route(f"{server.issuer}u/login*", without_scope)
    sign_in(page, timesheets_implicit)
    expect(page.locator("#adding")).to_be_visible()
    assert dropped == [1]
    assert page.locator("#scopes .chip").all_inner_texts() == [
        "openid",
        "profile",
        "read:timesheets",
        "create:timesheets",
    ]


def test_no_tokens_in_the_address(signed_in: Page, timesheets_implicit: str) -> None:
    """After signing in the address bar holds no tokens."""
    assert signed_in.url == timesheets_implicit


def test_no_token_on_disk(signed_in: Page) -> None:
    """No token is in the storage of the browser."""
    kept = signed_in.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "eyJ" not in kept


def test_renewed_before_the_end(renewing: Page) -> None:
    """Minutes before the token ends the page gets a new one in a frame, while nobody does anything."""
    before = bearer_of(renewing, lambda: add(renewing, "First token"))
    expires = renewing.locator("#expires").get_attribute("datetime")
    with renewing.expect_response(re.compile("response_mode=web_message")):
        renewing.clock.fast_forward("01:56:00")
    expect(renewing.locator("#expires")).not_to_have_attribute("datetime", str(expires))
    after = bearer_of(renewing, lambda: add(renewing, "Second token"))
    assert before != after
    expect(row(renewing, "Second token")).to_be_visible()


def test_not_renewed_early(renewing: Page) -> None:
    """As long as the token is good for more than five minutes, the page asks for no other."""
    asked: list[str] = []
    renewing.on("request", lambda request: asked.append(request.url))
    renewing.clock.fast_forward("01:54:00")
    add(renewing, "Same token")
    expect(row(renewing, "Same token")).to_be_visible()
    assert [url for url in asked if "/authorize" in url] == []


def test_session_over_when_renewing(renewing: Page, server: GatewrightDev) -> None:
    """When the session has ended by the time of renewal, the page asks to sign in again."""
    renewing.context.clear_cookies()
    renewing.clock.fast_forward("01:56:00")
    expect(renewing.get_by_role("alert")).to_contain_text("Please sign in again")
    renewing.get_by_role("alert").get_by_role("button", name="Sign in").click()
    expect(renewing.locator("#login-form")).to_be_visible()


def test_expired(signed_in: Page) -> None:
    """A token whose time is up is not sent any more."""
    asked: list[str] = []
    signed_in.clock.install()
    signed_in.clock.set_fixed_time(signed_in.evaluate("Date.now() + 3 * 3600 * 1000"))
    signed_in.on("request", lambda r: asked.append(r.url) if r.url.endswith("/timesheets") else None)
    add(signed_in, "Too late")
    expect(signed_in.get_by_role("alert")).to_contain_text("Please sign in again")
    assert asked == []


def test_renew_now(lenient_page: Page, timesheets_implicit: str) -> None:
    """The button gets a new token at once."""
    sign_in(lenient_page, timesheets_implicit)
    lenient_page.get_by_role("button", name="Renew it now").click()
    expect(lenient_page.locator("#renewed")).to_have_text("A new one is here.")


def test_refused_token(renewing: Page) -> None:
    """When the API refuses a token, the page renews it and asks once more."""
    answers = iter([401])

    def once_refused(route: Route) -> None:
        if route.request.method == "POST" and next(answers, 0):
            route.fulfill(status=401, json={}, headers={"access-control-allow-origin": "*"})
        else:
            route.continue_()

    renewing.route(API, once_refused)
    add(renewing, "Second try")
    expect(row(renewing, "Second try")).to_be_visible()


def test_refused_for_good(renewing: Page) -> None:
    """When the API keeps refusing the token, the page shows its words."""
    refuse(
        renewing, 401, message="Missing or invalid token", error_description="Its audience is another API."
    )
    add(renewing, "Never")
    expect(renewing.get_by_role("alert")).to_contain_text("Missing or invalid token")
    expect(renewing.get_by_role("alert")).to_contain_text("Its audience is another API.")


def test_scope_missing(page: Page, timesheets_implicit: str) -> None:
    """When the API misses a scope, the page shows what it says, and asks for no other token."""
    sign_in(page, timesheets_implicit, button=READING)
    page.locator("#adding").evaluate("section => { section.hidden = false }")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    add(page, "Not allowed")
    expect(page.get_by_role("alert")).to_contain_text("create:timesheets")
    assert [url for url in asked if "/authorize" in url] == []


def test_reload(signed_in: Page) -> None:
    """A reload keeps the person signed in, even where frames get no cookies."""
    add(signed_in, "Before the reload")
    expect(row(signed_in, "Before the reload")).to_be_visible()
    signed_in.reload()
    expect(row(signed_in, "Before the reload").first).to_be_visible()


def test_reload_in_a_frame(lenient_page: Page, timesheets_implicit: str) -> None:
    """Where frames get their cookies, a reload asks the server in one, and the page stays where it is."""
    sign_in(lenient_page, timesheets_implicit)
    visited: list[str] = []
    lenient_page.on("request", lambda r: visited.append(r.url) if r.is_navigation_request() else None)
    lenient_page.reload()
    expect(lenient_page.locator("#app")).to_be_visible()
    framed = [url for url in visited if "response_mode=web_message" in url]
    assert (visited[0], len(framed), len(visited)) == (timesheets_implicit, 1, 2)


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


@pytest.mark.parametrize(
    "fragment", ["access_token=x&id_token=y&state=z", "error=x&error_description=y&state=z"]
)
def test_answer_nobody_asked_for(page: Page, timesheets_implicit: str, fragment: str) -> None:
    """Tokens or an error with an unknown state end on a message and a way out."""
    page.goto(f"{timesheets_implicit}#{fragment}")
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    assert page.url == timesheets_implicit
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_policy(page: Page, timesheets_implicit: str) -> None:
    """The page keeps to its own content security policy, hidden frame included."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if re.search("Content.Security.Policy", message.text):
            complaints.append(message.text)

    page.on("console", listen)
    sign_in(page, timesheets_implicit)
    with page.expect_response(re.compile("response_mode=web_message")):
        page.reload()
    expect(page.locator("#app")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_barriers(signed_in: Page, scheme: str) -> None:
    """Axe finds nothing on the page with timesheets, by day and by night."""
    signed_in.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    add(signed_in, "Accessible")
    expect(row(signed_in, "Accessible").first).to_be_visible()
    assert barriers(signed_in) == []


def test_phone(page: Page, timesheets_implicit: str) -> None:
    """On a phone the page does not have to be pushed sideways."""
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, timesheets_implicit)
    add(page, "A" * 60)
    expect(row(page, "A" * 60).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
