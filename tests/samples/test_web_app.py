"""The server-side web application, in Chromium, against a real server."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.samples.person import barriers, enter
from tests.samples.program import Ports, sample
from tests.samples.tenant import ADA, CID
from tests.support.gatewright_dev import GatewrightDev
from tests.support.ports import free_port

SESSION = "web_app"


@pytest.fixture
def signed_in(page: Page, web_app: str) -> Page:
    """A page on which Ada sees her profile."""
    sign_in(page, web_app)
    return page


def sign_in(page: Page, web_app: str) -> None:
    page.goto(web_app)
    page.get_by_role("link", name="Sign in").click()
    enter(page)
    page.wait_for_url(web_app)


def claim(page: Page, name: str) -> str:
    row = page.locator("#claims tr").filter(has=page.get_by_text(name, exact=True))
    return row.locator(".value").inner_text()


def session_id(profile: BrowserContext) -> str:
    return next((c.get("value", "") for c in profile.cookies() if c.get("name") == SESSION), "")


def test_profile(signed_in: Page) -> None:
    """Whoever signed in is greeted by name, with a verified address."""
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Ada Example")
    expect(signed_in.locator(".person")).to_contain_text("ada@example.com verified")


def test_claims(signed_in: Page, server: GatewrightDev) -> None:
    """The profile shows the claims of the id_token."""
    shown = {name: claim(signed_in, name) for name in ("sub", "iss", "aud", "email_verified")}
    assert shown == {
        "sub": "auth0|000000000000000000000ada",
        "iss": server.issuer,
        "aud": "demo_web_app",
        "email_verified": "true",
    }


def test_userinfo(signed_in: Page) -> None:
    """The application asks /userinfo with the access token."""
    signed_in.get_by_role("link", name="Ask /userinfo").click()
    expect(signed_in.locator("pre")).to_contain_text('"email": "ada@example.com"')


def test_refresh(signed_in: Page) -> None:
    """New tokens arrive without anybody signing in."""
    signed_in.get_by_role("button", name="Renew the tokens").click()
    expect(signed_in.get_by_role("status")).to_contain_text("New tokens have arrived")


def test_refresh_twice(signed_in: Page) -> None:
    """The rotated refresh token is kept, so renewing works again and again."""
    for _ in range(2):
        signed_in.get_by_role("button", name="Renew the tokens").click()
        expect(signed_in.get_by_role("status")).to_contain_text("New tokens have arrived")
        signed_in.reload()
        expect(signed_in.get_by_role("status")).to_have_count(0)


def test_userinfo_after_refresh(signed_in: Page) -> None:
    """The renewed access token opens /userinfo."""
    signed_in.get_by_role("button", name="Renew the tokens").click()
    signed_in.get_by_role("link", name="Ask /userinfo").click()
    expect(signed_in.locator("pre")).to_contain_text("Ada Example")


def test_logout_here(signed_in: Page, web_app: str) -> None:
    """After signing out the person is back on the start page, unknown."""
    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.wait_for_url(web_app)
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Who are you?")


def test_logout_there(signed_in: Page, web_app: str) -> None:
    """Signing out ends the session at the provider, which then asks for the password again."""
    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.get_by_role("link", name="Sign in").click()
    expect(signed_in.locator("#login-form input[name=password]")).to_be_visible()


def test_single_sign_on(signed_in: Page, profile: BrowserContext, web_app: str) -> None:
    """A person whom the provider still knows signs in with one click."""
    profile.clear_cookies(name=SESSION)
    signed_in.goto(web_app)
    signed_in.get_by_role("link", name="Sign in").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Ada Example")


def test_whole_story(page: Page, web_app: str, server: GatewrightDev) -> None:
    """A person signs up, verifies the address by mail, signs in, sees the profile, and signs out."""
    email, password = "dora@example.com", "Made-Up-Passw0rd"
    page.goto(web_app)
    page.get_by_role("link", name="Sign up").click()
    page.locator("#signup-form input[name=email]").fill(email)
    page.locator("#signup-form input[name=password]").fill(password)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    page.goto(mailed_link(server, email))
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.locator("#verify-email-form")).to_have_count(0)

    page.goto(web_app)
    page.get_by_role("link", name="Sign in").click()
    enter(page, email, password)
    expect(page.locator(".person")).to_contain_text(f"{email} verified")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")


def mailed_link(server: GatewrightDev, email: str) -> str:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        for mail in server.messages():
            if mail["to"] == email and (found := re.search(r"https://\S+", mail["text"])):
                return found[0]
    raise AssertionError(f"no mail with a link to {email}")


def test_no_scripts(chromium: Browser, web_app: str) -> None:
    """Everything works in a browser that runs no scripts."""
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, web_app)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Example")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")
    context.close()


def test_cookie(signed_in: Page, profile: BrowserContext) -> None:
    """The session cookie is out of reach for scripts and for forms of other sites."""
    (cookie,) = [c for c in profile.cookies() if c.get("name") == SESSION]
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")


def test_session_id_changes(page: Page, profile: BrowserContext, web_app: str) -> None:
    """Signing in gives the session a new id."""
    page.goto(f"{web_app}login")
    before = session_id(profile)
    enter(page)
    page.wait_for_url(web_app)
    assert before
    assert session_id(profile) not in ("", before)


def test_old_session_id_is_dead(page: Page, profile: BrowserContext, web_app: str) -> None:
    """Whoever knew the session's id from before the sign-in gets nothing by it."""
    page.goto(f"{web_app}login")
    before = session_id(profile)
    enter(page)
    page.wait_for_url(web_app)
    answer = httpx2.get(web_app, cookies={SESSION: before})
    assert "Who are you?" in answer.text


@pytest.mark.parametrize("path", ["logout", "refresh"])
def test_foreign_form(signed_in: Page, web_app: str, path: str) -> None:
    """A form that another site sends is refused, and the person stays signed in."""
    answer = signed_in.request.post(f"{web_app}{path}", headers={"origin": "https://evil.example"})
    assert answer.status == 403
    signed_in.goto(web_app)
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Ada Example")


def test_state_mismatch(page: Page, web_app: str) -> None:
    """A callback with an unknown state gets 400 and a page that names the cause."""
    answer = page.goto(f"{web_app}callback?code=x&state=y")
    assert answer is not None
    assert answer.status == 400
    expect(page.get_by_role("alert")).to_contain_text("state mismatch")


def test_state_of_another_browser(page: Page, chromium: Browser, web_app: str) -> None:
    """A state works in the browser that it was given to, and in no other."""
    with page.expect_request("**/authorize?*") as asked:
        page.goto(f"{web_app}login")
    (state,) = parse_qs(urlsplit(asked.value.url).query)["state"]
    other = chromium.new_context()
    answer = other.new_page().goto(f"{web_app}callback?code=x&state={state}")
    assert answer is not None
    assert answer.status == 400
    other.close()


def test_foreign_error_text(page: Page, web_app: str) -> None:
    """The words of an error that nobody asked for are not shown."""
    page.goto(f"{web_app}callback?error=x&error_description=Call+0900-EVIL&state=y")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("0900-EVIL")


def test_stays_signed_in_after_a_mismatch(signed_in: Page, web_app: str) -> None:
    """A forged callback does not sign anybody out."""
    signed_in.goto(f"{web_app}callback?code=x&state=y")
    signed_in.goto(web_app)
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Ada Example")


def test_denied(page: Page, web_app: str) -> None:
    """A person who does not allow access reads that sign-in was refused, and why."""
    page.goto(f"{web_app}login?prompt=consent")
    enter(page, CID)
    page.get_by_role("button", name="Do not allow").click()
    expect(page.get_by_role("alert")).to_contain_text("Sign-in was refused")
    expect(page.locator("blockquote")).to_contain_text("access_denied")


def test_login_hint(page: Page, web_app: str) -> None:
    """What the link to /login knows about the person arrives on the sign-in page."""
    page.goto(f"{web_app}login?login_hint={ADA}")
    expect(page.locator("#login-form input[name=username]")).to_have_value(ADA)


def test_unknown_page(page: Page, web_app: str) -> None:
    """An address that does not exist gets 404 and a page."""
    answer = page.goto(f"{web_app}nowhere")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("alert")).to_contain_text("Not Found")


def test_wrong_secret(page: Page, web_app_settings: dict[str, str], ports: Ports) -> None:
    """A wrong client secret ends on a page that names CLIENT_SECRET."""
    settings = {**web_app_settings, "PORT": str(ports.second_web_app), "CLIENT_SECRET": "wrong-secret"}
    with sample("web_app", settings) as address:
        page.goto(f"{address}login")
        enter(page)
        expect(page.get_by_role("alert")).to_contain_text("CLIENT_SECRET")


def test_provider_away(page: Page, server: GatewrightDev) -> None:
    """While the provider is away, signing in ends on a page that says so."""
    nowhere = {"ISSUER_BASE_URL": f"https://localhost:{free_port()}", "PORT": str(free_port())}
    with sample("web_app", {**server.trust, **nowhere}) as address:
        answer = page.goto(f"{address}login")
    assert answer is not None
    assert answer.status == 502
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


def test_untrusted_provider(page: Page, server: GatewrightDev) -> None:
    """A provider whose certificate is not trusted ends on a page that names SSL_CERT_FILE."""
    settings = {"ISSUER_BASE_URL": server.issuer, "PORT": str(free_port())}
    trust = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}
    with sample("web_app", {**settings, **trust}) as address:
        page.goto(f"{address}login")
    expect(page.get_by_role("alert")).to_contain_text("SSL_CERT_FILE")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "userinfo", "callback"])
def test_barriers(signed_in: Page, web_app: str, path: str, scheme: str) -> None:
    """Axe finds nothing on the profile and problem pages, by day and by night."""
    signed_in.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    signed_in.goto(f"{web_app}{path}")
    assert barriers(signed_in) == []


@pytest.mark.parametrize("path", ["", "userinfo", "callback"])
def test_phone(signed_in: Page, web_app: str, path: str) -> None:
    """On a phone no page has to be pushed sideways."""
    signed_in.set_viewport_size({"width": 360, "height": 740})
    signed_in.goto(f"{web_app}{path}")
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= 360
