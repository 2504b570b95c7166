"""auth0.js 8 and 10 in Chromium, with what they still have of the legacy pipeline, and ``getSSOData``."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError, sign_in_at
from tests.clients.tenant import ADA, CONNECTION, OLD_CLASSIC, PASSWORD
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = [
    pytest.mark.library(
        "auth0.js 10", "client.loginWithResourceOwner", "client.delegation", "client.getSSOData"
    ),
    pytest.mark.library(
        "auth0.js 8", "client.loginWithResourceOwner", "client.delegation", "client.getSSOData"
    ),
]

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PAGES = {"8": "/classic/v8.html", "10": "/classic/"}


class Classic(BrowserApp):
    """The application."""

    def use(self, client_id: str = "old_page") -> None:
        """Makes the library's client."""
        self.start({"domain": self.domain, "clientID": client_id, "redirectUri": self.address})

    def own_login(self, **more: str) -> Any:
        """Signs in within the page. Raises ``SdkError``."""
        typed = {"username": OLD_CLASSIC, "password": PASSWORD, "connection": CONNECTION}
        return self.call("client.loginWithResourceOwner", {**typed, "scope": "openid", **more})

    def sign_in(self, client_id: str, email: str) -> None:
        """Signs in by redirect."""
        self.use(client_id)
        self.begin("authorize", {"responseType": "token id_token", "scope": "openid", "nonce": "n"})
        sign_in_at(self.page, email)
        self.page.wait_for_url(self._is_ours)
        self.use(client_id)


@pytest.fixture(params=["8", "10"])
def app(page: Page, site: str, server: GatewrightDev, request: pytest.FixtureRequest) -> Classic:
    """The application on each version, opened."""
    made = Classic(page, site + PAGES[request.param], server.domain)
    made.use()
    return made


@pytest.fixture
def v8(page: Page, site: str, server: GatewrightDev) -> Classic:
    """The application on version 8, opened."""
    return Classic(page, site + PAGES["8"], server.domain)


@pytest.fixture
def v10(page: Page, site: str, server: GatewrightDev) -> Classic:
    """The application on version 10, opened."""
    return Classic(page, site + PAGES["10"], server.domain)


def test_login(app: Classic) -> None:
    """client.loginWithResourceOwner calls back with the tokens in the library's own spelling."""
    found = app.own_login(scope="openid email")
    assert (found["tokenType"], found["expiresIn"]) == ("bearer", 86_400)
    assert claims_of(found["idToken"])["email"] == OLD_CLASSIC
    assert app.call("client.userInfo", found["accessToken"])["email"] == OLD_CLASSIC


def test_refresh_token(app: Classic) -> None:
    """For a device that the application names it gets a refresh token."""
    assert app.own_login(scope="openid offline_access", device="Browser")["refreshToken"]


def test_wrong_password(app: Classic) -> None:
    """A wrong password calls back with the wire's code and words."""
    with pytest.raises(SdkError) as refused:
        app.own_login(password="wrong")
    told = (refused.value.code, refused.value.description)
    assert told == ("invalid_user_password", "Wrong email or password.")


def test_conformant_client(app: Classic) -> None:
    """A conformant client is called back with unauthorized_client, and why."""
    app.use("classic")
    with pytest.raises(SdkError, match="OIDC-conformant") as refused:
        app.own_login()
    assert refused.value.code == "unauthorized_client"


def test_delegation(app: Classic) -> None:
    """client.delegation turns the id_token into one for the API."""
    asked = {"grant_type": JWT_BEARER, "target": "legacy_api", "id_token": app.own_login()["idToken"]}
    found = app.call("client.delegation", asked)
    assert claims_of(found["idToken"])["aud"] == "legacy_api"


def test_sso_data_of_version_8(v8: Classic) -> None:
    """getSSOData of version 8 reads the session of a legacy application at /user/ssodata."""
    v8.use()
    assert v8.call("client.getSSOData", False) == {"sso": False}
    v8.sign_in("old_page", OLD_CLASSIC)
    found = v8.call("client.getSSOData", False)
    assert (found["sso"], found["lastUsedUsername"]) == (True, OLD_CLASSIC)


def test_sso_data_of_version_10(v10: Classic) -> None:
    """getSSOData of version 10 asks for tokens silently, as conformant applications do."""
    v10.use("classic_implicit")
    assert v10.call("client.getSSOData") == {"sso": False}
    v10.sign_in("classic_implicit", ADA)
    found = v10.call("client.getSSOData")
    assert (found["sso"], found["lastUsedUsername"]) == (True, ADA)
    assert found["sessionClients"] == ["classic_implicit"]
