"""auth0.js in Chromium where the application's own page asks for the password, and in pop-ups."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route
from tests.clients.browser_app import BrowserApp, SdkError, sign_in_at
from tests.clients.tenant import ADA, CONNECTION, PASSWORD
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = [
    pytest.mark.library(
        "auth0.js 10", "login", "crossOriginVerification", "popup.loginWithCredentials", "popup.authorize"
    ),
    pytest.mark.library(
        "auth0.js 8", "login", "crossOriginVerification", "popup.loginWithCredentials", "popup.authorize"
    ),
    pytest.mark.library("auth0.js 7", "login", "signin"),
]

CREDENTIALS = {"realm": CONNECTION, "username": ADA, "password": PASSWORD}
OLD_CREDENTIALS = {"connection": CONNECTION, "username": ADA, "password": PASSWORD, "scope": "openid email"}
ADA_ID = "auth0|5f0000000000000000000001"


class Embedded(BrowserApp):
    """The application, with one version of the library."""

    def __init__(self, page: Page, site: str, domain: str, version: str) -> None:
        name = "" if version == "10" else f"v{version}.html"
        self.version = version
        self.site = site
        super().__init__(page, f"{site}/classic/{name}", domain)

    def use(self, client_id: str = "") -> None:
        """Makes the library's client."""
        options = {
            "domain": self.domain,
            "clientID": client_id or f"embedded_{self.version}",
            "redirectUri": self.address,
            "responseType": "token id_token",
            "scope": "openid profile email",
        }
        self.start(options)

    def login(self, **more: str) -> Any:
        """Signs in with ``login``; what ``parseHash`` makes of the fragment the browser comes back with."""
        self.use()
        self.leave("login", {**CREDENTIALS, **more})
        self.use()
        return self.call("parseHash", {})

    def refused(self, name: str, options: dict[str, Any]) -> SdkError:
        """The error that a call calls back with."""
        with pytest.raises(SdkError) as refused:
            self.call(name, options)
        return refused.value

    def popup(self, name: str, options: dict[str, Any]) -> Page:
        """The window that a call opens."""
        with self.page.expect_popup() as opened:
            self.page.evaluate("([name, options]) => app.open(name, options)", [name, options])
        return opened.value

    def session_cookies(self) -> list[str]:
        """Names of the server's session cookies."""
        return [cookie["name"] for cookie in self.page.context.cookies() if "gw_session" in cookie["name"]]


def wait_for_end(window: Page) -> None:
    """Waits until the opener has closed the window."""
    if not window.is_closed():
        window.wait_for_event("close")


def block_cookie(page: Page) -> list[str]:
    """Lets the browser keep no cookie of the cross-origin answer; tells the addresses it was kept from."""
    blocked: list[str] = []

    def without_cookie(route: Route) -> None:
        answer = route.fetch()
        blocked.append(route.request.url)
        page.context.clear_cookies(name="__Host-gw_co")  # it was fetched past the page, and kept
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(response=answer, headers=headers)

    page.route("**/co/authenticate", without_cookie)
    return blocked


@pytest.fixture(params=["10", "8"])
def app(request: pytest.FixtureRequest, page: Page, site: str, server: GatewrightDev) -> Embedded:
    """The application, opened, with either version of the library."""
    return Embedded(page, site, server.domain, request.param)


@pytest.fixture
def app_10(page: Page, site: str, server: GatewrightDev) -> Embedded:
    """The application, opened, with version 10."""
    return Embedded(page, site, server.domain, "10")


@pytest.fixture
def app_8(page: Page, site: str, server: GatewrightDev) -> Embedded:
    """The application, opened, with version 8."""
    return Embedded(page, site, server.domain, "8")


def test_login(app: Embedded) -> None:
    """login brings the password by script, comes back with tokens, and leaves a session behind."""
    found = app.login()
    assert found["idTokenPayload"]["sub"] == ADA_ID
    assert found["accessToken"]
    assert app.session_cookies()


def test_session_after_login(app: Embedded) -> None:
    """checkSession finds the session that login began."""
    first = app.login()
    renewed = app.call("checkSession", {"timeout": 10_000} if app.version == "10" else {})
    assert renewed["accessToken"] != first["accessToken"]


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"username": "stranger@example.test"}])
def test_wrong_password(app: Embedded, wrong: dict[str, str]) -> None:
    """A wrong password calls back with access_denied, and the page stays where it is."""
    app.use()
    error = app.refused("login", {**CREDENTIALS, **wrong})
    assert (error.code, error.description) == ("access_denied", "Wrong email or password.")
    assert app.page.url == app.address
    assert app.session_cookies() == []


def test_wrong_realm(app: Embedded) -> None:
    """A realm that is none calls back with an error that names it."""
    app.use()
    error = app.refused("login", {**CREDENTIALS, "realm": "nowhere"})
    assert error.code == "invalid_request"
    assert "nowhere" in error.description


def test_client_without_the_switch(app_10: Embedded) -> None:
    """A client that may not take passwords itself calls back with unauthorized_client."""
    app_10.use("classic_implicit")
    error = app_10.refused("login", CREDENTIALS)
    assert error.code == "unauthorized_client"
    assert "cross_origin_authentication" in error.description


def test_cross_origin_verification(app: Embedded) -> None:
    """Without the cookie the library vouches for the browser, and login ends as with it."""
    blocked = block_cookie(app.page)
    found = app.login()
    assert found["idTokenPayload"]["sub"] == ADA_ID
    assert blocked
    assert [c for c in app.page.context.cookies() if "gw_co" in c["name"]] == []
    assert app.session_cookies()


def test_page_that_does_not_vouch(app_10: Embedded) -> None:
    """Where the application's page does not answer, login ends with login_required after a while."""
    block_cookie(app_10.page)
    app_10.page.route("**/vouch-10.html", lambda route: route.fulfill(body="<title>Nothing</title>"))
    app_10.use()
    app_10.leave("login", CREDENTIALS)
    app_10.use()
    assert app_10.refused("parseHash", {}).code == "login_required"


def test_cross_origin_verification_of_another_browser(
    app_10: Embedded, lenient_page: Page, site: str, server: GatewrightDev
) -> None:
    """CVE class "login CSRF": a ticket that another browser got is vouched for by nobody."""
    addresses: list[str] = []
    app_10.page.route("**/authorize?*", lambda route: (addresses.append(route.request.url), route.abort()))
    app_10.use()
    app_10.begin("login", CREDENTIALS)
    app_10.page.wait_for_event("requestfailed", lambda request: "/authorize?" in request.url)
    lenient_page.goto(addresses[0])
    lenient_page.wait_for_url(f"{site}/classic/**")
    assert "error=login_required" in lenient_page.url


def test_popup_with_credentials(app_10: Embedded) -> None:
    """In version 10 popup.loginWithCredentials gets its tokens through a hidden frame."""
    app_10.use()
    found = app_10.call("popup.loginWithCredentials", CREDENTIALS)
    assert found["idTokenPayload"]["sub"] == ADA_ID
    assert app_10.page.url == app_10.address


def test_popup_with_credentials_without_the_cookie(app_10: Embedded) -> None:
    """Without the cookie the page that vouches stands in the hidden frame too."""
    block_cookie(app_10.page)
    app_10.use()
    found = app_10.call("popup.loginWithCredentials", CREDENTIALS)
    assert found["idTokenPayload"]["sub"] == ADA_ID


def test_popup_with_a_wrong_password(app: Embedded) -> None:
    """popup.loginWithCredentials calls back with the error of its generation."""
    app.use()
    credentials = CREDENTIALS if app.version == "10" else OLD_CREDENTIALS
    error = app.refused("popup.loginWithCredentials", {**credentials, "password": "wrong"})
    wanted = "access_denied" if app.version == "10" else "invalid_user_password"
    assert (error.code, error.description) == (wanted, "Wrong email or password.")


def test_old_popup_with_credentials(app_8: Embedded) -> None:
    """In version 8 popup.loginWithCredentials tells a window of ours the password and is told the tokens."""
    app_8.use()
    window = app_8.popup("popup.loginWithCredentials", OLD_CREDENTIALS)
    found = app_8.outcome()
    assert found["accessToken"]
    assert found["tokenType"] == "Bearer"
    wait_for_end(window)
    assert app_8.session_cookies()


def test_popup_authorize_with_owp(app: Embedded) -> None:
    """popup.authorize with owp signs in on our pages and is told the tokens by the window itself."""
    app.use()
    window = app.popup("popup.authorize", {"owp": True, "nonce": "n-1"})
    sign_in_at(window)
    found = app.outcome()
    assert claims_of(found["idToken"])["sub"] == ADA_ID
    assert app.page.url == app.address
    wait_for_end(window)


def test_popup_authorize_with_a_callback_page(app: Embedded) -> None:
    """popup.authorize without owp ends on a page of the application, which tells the tokens."""
    app.use()
    stored = f'{{"domain": "{app.domain}", "clientID": "embedded_{app.version}"}}'
    app.page.evaluate("(stored) => localStorage.setItem('popup', stored)", stored)
    redirect = f"{app.site}/classic/popup-{app.version}.html"
    window = app.popup("popup.authorize", {"redirectUri": redirect})
    sign_in_at(window)
    found = app.outcome()
    assert found["idTokenPayload"]["sub"] == ADA_ID


def test_popup_of_a_stranger(page: Page, site: str, plain_site: str, server: GatewrightDev) -> None:
    """A page that the client does not list opens the window and is told nothing; the window says why."""
    app = Embedded(page, plain_site, server.domain, "10")
    app.use("embedded_10")
    window = app.popup("popup.authorize", {"owp": True, "nonce": "n-1", "redirectUri": f"{site}/classic/"})
    sign_in_at(window)
    window.wait_for_selector("#refused:not([hidden])")
    assert window.inner_text("#seen") == plain_site
    assert app.page.evaluate("() => Promise.race([app.pending, Promise.resolve('nothing')])") == "nothing"


class Old(BrowserApp):
    """The application on auth0.js 7."""

    def use(self) -> None:
        """Makes the library's client."""
        options = {"domain": self.domain, "clientID": "embedded_legacy", "callbackURL": self.address}
        self.start({**options, "responseType": "token", "scope": "openid email"})


@pytest.fixture
def old(page: Page, site: str, server: GatewrightDev) -> Old:
    """The application on auth0.js 7, opened."""
    made = Old(page, f"{site}/legacy/v7.html", server.domain)
    made.use()
    return made


def old_popup(app: Old, options: dict[str, Any]) -> Page:
    """The window that ``login`` opens."""
    with app.page.expect_popup() as opened:
        app.page.evaluate("(options) => app.open('login', options)", options)
    return opened.value


def test_login_of_version_7(old: Old) -> None:
    """In version 7 login posts the form of /usernamepassword/login and comes back with both tokens."""
    old.leave("login", OLD_CREDENTIALS)
    old.use()
    found = old.page.evaluate("() => app.auth.parseHash(location.hash)")
    assert found["idTokenPayload"]["email"] == ADA
    assert found["accessToken"]


def test_popup_of_version_7(old: Old) -> None:
    """In version 7 login with a callback tells a window of ours the password and is told the tokens."""
    old_popup(old, OLD_CREDENTIALS)
    found = old.outcome()
    assert found["idTokenPayload"]["email"] == ADA


def test_wrong_password_in_a_popup_of_version_7(old: Old) -> None:
    """A wrong password calls back with the code and the words of the database endpoints."""
    old_popup(old, {**OLD_CREDENTIALS, "password": "wrong"})
    with pytest.raises(SdkError) as refused:
        old.outcome()
    assert refused.value.code == "invalid_user_password"
    assert refused.value.description == "Wrong email or password."


def test_popup_with_our_pages_of_version_7(old: Old) -> None:
    """In version 7 login with popup signs in on our pages and is told the tokens."""
    window = old_popup(old, {"popup": True, "connection": CONNECTION})
    sign_in_at(window)
    assert old.outcome()["idTokenPayload"]["email"] == ADA
