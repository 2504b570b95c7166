"""auth0.js in Chromium as it is mostly used: tokens in the fragment, and ``checkSession`` to renew them."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError, sign_in_at
from tests.clients.tenant import ADA, TIMESHEETS
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = [
    pytest.mark.library("auth0.js 10", "authorize", "parseHash", "client.userInfo", "checkSession", "logout"),
    pytest.mark.library("auth0.js 8", "authorize", "parseHash", "client.userInfo", "checkSession", "logout"),
]

TOKENS = "token id_token"
PAGES = {"10": "/classic/", "8": "/classic/v8.html"}
"""The application on either version of the library."""


class Classic(BrowserApp):
    """The application."""

    def use(self, **more: str) -> None:
        """Makes the library's client."""
        options = {"domain": self.domain, "clientID": "classic_implicit", "redirectUri": self.address}
        self.start({**options, "responseType": TOKENS, "scope": "openid profile email", **more})

    def sign_in(self, **more: str) -> Any:
        """Signs in; what ``parseHash`` makes of the fragment the browser comes back with."""
        self.use(**more)
        self.begin("authorize", {})
        sign_in_at(self.page)
        self.page.wait_for_url(self._is_ours)
        self.use(**more)
        return self.call("parseHash", {})


@pytest.fixture(params=PAGES)
def app(request: pytest.FixtureRequest, page: Page, site: str, server: GatewrightDev) -> Classic:
    """The application, opened."""
    return Classic(page, site + PAGES[request.param], server.domain)


def test_parse_hash(app: Classic) -> None:
    """parseHash verifies the id_token by our published keys, with nonce, state and at_hash."""
    found = app.sign_in()
    assert found["idTokenPayload"]["email"] == ADA
    assert found["expiresIn"] == 7200
    assert found["tokenType"] == "Bearer"


def test_access_token_for_an_api(app: Classic) -> None:
    """With an audience the access token in the fragment is a JWT for that API."""
    found = app.sign_in(audience=TIMESHEETS, scope="openid read:timesheets")
    assert claims_of(found["accessToken"])["aud"][0] == TIMESHEETS
    assert found["scope"] == "openid read:timesheets"


def test_user_info(app: Classic) -> None:
    """client.userInfo tells the profile for the token of the fragment."""
    user = app.call("client.userInfo", app.sign_in()["accessToken"])
    assert (user["sub"], user["email"]) == ("auth0|5f0000000000000000000001", ADA)


def test_check_session(app: Classic) -> None:
    """checkSession renews both tokens through a hidden frame."""
    first = app.sign_in()
    renewed = app.call("checkSession", {"timeout": 10_000})
    assert renewed["idTokenPayload"]["sub"] == first["idTokenPayload"]["sub"]
    assert renewed["accessToken"] != first["accessToken"]


def test_check_session_after_logout(app: Classic) -> None:
    """checkSession ends with login_required once the person has logged out."""
    app.sign_in()
    app.leave("logout", {"returnTo": app.address})
    app.use()
    with pytest.raises(SdkError) as refused:
        app.call("checkSession", {"timeout": 10_000})
    assert refused.value.code == "login_required"
