"""auth0.js in Chromium with a password field of the application's own: ``client.login`` and its sister."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError
from tests.clients.tenant import ADA, CONNECTION, PASSWORD, TIMESHEETS
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = [
    pytest.mark.library("auth0.js 10", "client.login", "client.loginWithDefaultDirectory"),
    pytest.mark.library("auth0.js 8", "client.login", "client.loginWithDefaultDirectory"),
]

CLIENT = "classic_password"
SCOPE = "openid profile email offline_access"

# How each of the two grants is asked for: the function, and what it takes besides the password.
WAYS = [("client.login", {"realm": CONNECTION}), ("client.loginWithDefaultDirectory", {})]
NAMES = ["login", "loginWithDefaultDirectory"]
PAGES = {"10": "/classic/", "8": "/classic/v8.html"}
"""The application on either version of the library."""


class Classic(BrowserApp):
    """The application."""

    def use(self, client_id: str = CLIENT) -> None:
        """Makes the library's client."""
        self.start({"domain": self.domain, "clientID": client_id, "redirectUri": self.address})

    def login(self, way: tuple[str, dict[str, str]], **more: str) -> Any:
        """What the library makes of the answer. Raises ``SdkError``."""
        name, extra = way
        asked = {"username": ADA, "password": PASSWORD, "scope": SCOPE, **extra, **more}
        return self.call(name, asked)


@pytest.fixture(params=PAGES)
def app(request: pytest.FixtureRequest, page: Page, site: str, server: GatewrightDev) -> Classic:
    """The application, opened."""
    made = Classic(page, site + PAGES[request.param], server.domain)
    made.use()
    return made


@pytest.fixture(params=WAYS, ids=NAMES)
def way(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """Either grant."""
    found: tuple[str, dict[str, str]] = request.param
    return found


def test_login(app: Classic, way: tuple[str, dict[str, str]]) -> None:
    """The callback gets all three tokens in the library's own spelling."""
    found = app.login(way)
    assert (found["tokenType"], found["expiresIn"]) == ("Bearer", 86_400)
    assert claims_of(found["idToken"])["email"] == ADA
    assert found["refreshToken"]


def test_user_info(app: Classic, way: tuple[str, dict[str, str]]) -> None:
    """client.userInfo tells the profile for the token of the password."""
    user = app.call("client.userInfo", app.login(way)["accessToken"])
    assert (user["sub"], user["email"]) == ("auth0|5f0000000000000000000001", ADA)


def test_access_token_for_an_api(app: Classic, way: tuple[str, dict[str, str]]) -> None:
    """With an audience the access token is a JWT for that API."""
    found = app.login(way, audience=TIMESHEETS, scope="openid read:timesheets")
    assert claims_of(found["accessToken"])["aud"][0] == TIMESHEETS
    assert found["scope"] == "openid read:timesheets"


def test_wrong_password(app: Classic, way: tuple[str, dict[str, str]]) -> None:
    """A wrong password calls back with invalid_grant in the wire's words, which the script can read."""
    with pytest.raises(SdkError) as refused:
        app.login(way, username="stranger@example.test", password="wrong")
    assert (refused.value.code, refused.value.description) == ("invalid_grant", "Wrong email or password.")


def test_unknown_realm(app: Classic) -> None:
    """A realm that is none calls back with an error that names it."""
    with pytest.raises(SdkError, match="nowhere") as refused:
        app.login(("client.login", {"realm": "nowhere"}))
    assert refused.value.code == "invalid_request"


def test_grant_that_is_not_listed(app: Classic, way: tuple[str, dict[str, str]]) -> None:
    """A client that does not list the grant is called back with unauthorized_client."""
    app.use("classic")
    with pytest.raises(SdkError) as refused:
        app.login(way)
    assert refused.value.code == "unauthorized_client"


def test_no_session(app: Classic, way: tuple[str, dict[str, str]]) -> None:
    """Whoever typed the password into the application is not signed in at the server."""
    app.login(way)
    assert [cookie["name"] for cookie in app.page.context.cookies() if "session" in cookie["name"]] == []
