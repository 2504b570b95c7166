"""auth0.js 4 to 7 in Chromium, the class ``Auth0``, as applications of the legacy pipeline use it."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError, sign_in_at
from tests.clients.tenant import CONNECTION, OLD_SCRIPT, PASSWORD
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = [
    pytest.mark.library(
        "auth0.js 7",
        "login",
        "parseHash",
        "getSSOData",
        "logout",
        "getDelegationToken",
        "renewIdToken",
        "refreshToken",
        "getUserInfo",
        "loginWithSocialAccessToken",
    ),
    pytest.mark.library("auth0.js 4 and 6", "login", "parseHash"),
]

CLIENT = "old_page"
LASTING = "openid offline_access"
IN_LIST = ("profile", "id_token", "access_token", "state", "refresh_token")


class Legacy(BrowserApp):
    """The application. ``named`` reads what the library calls back with, by the names of version 4."""

    def use(self) -> None:
        """Makes the library's client."""
        self.start(
            {
                "domain": self.domain,
                "clientID": CLIENT,
                "callbackURL": self.address,
                "callbackOnLocationHash": True,
            }
        )

    def own_login(self, **more: Any) -> dict[str, Any]:
        """Signs in within the page, as ``login`` does with a password and without ``sso``."""
        typed = {"username": OLD_SCRIPT, "password": PASSWORD, "connection": CONNECTION, "sso": False}
        return named(self.call("login", {**typed, "scope": "openid", **more}))

    def sign_in(self, **more: str) -> dict[str, Any]:
        """Signs in by redirect; what ``parseHash`` reads in the address the browser comes back to."""
        self.begin("login", {"scope": "openid name", **more})
        sign_in_at(self.page, OLD_SCRIPT)
        self.page.wait_for_url(self._is_ours)
        self.use()
        return named(self.page.evaluate("app.auth.parseHash(location.hash)"))


def named(found: Any) -> dict[str, Any]:
    """A result of any version: versions 4 to 6 call back with a list, or use the wire's own names."""
    if isinstance(found, list):
        found = dict(zip(IN_LIST, found, strict=False))
    spelled = {"idTokenPayload": "profile", "idToken": "id_token", "accessToken": "access_token"}
    spelled["refreshToken"] = "refresh_token"
    return {spelled.get(name, name): value for name, value in found.items() if value is not None}


@pytest.fixture(params=["v4", "v6", "v7"])
def app(page: Page, site: str, server: GatewrightDev, request: pytest.FixtureRequest) -> Legacy:
    """The application on each version, opened."""
    made = Legacy(page, f"{site}/legacy/{request.param}.html", server.domain)
    made.use()
    return made


@pytest.fixture
def v7(page: Page, site: str, server: GatewrightDev) -> Legacy:
    """The application on the last of the versions, opened."""
    made = Legacy(page, f"{site}/legacy/v7.html", server.domain)
    made.use()
    return made


def test_login_within_the_page(app: Legacy) -> None:
    """login with a password calls back with both tokens, and the id_token is for the client."""
    found = app.own_login(scope="openid email")
    assert (claims_of(found["id_token"])["aud"], claims_of(found["id_token"])["email"]) == (
        CLIENT,
        OLD_SCRIPT,
    )
    assert found["access_token"]
    assert "refresh_token" not in found


def test_refresh_token_of_a_login_within_the_page(app: Legacy) -> None:
    """With offline_access and the name of a device the callback gets a refresh token."""
    assert app.own_login(scope=LASTING, device="Browser")["refresh_token"]


def test_profile_of_a_login_within_the_page(app: Legacy) -> None:
    """getProfile reads the whole profile from /tokeninfo where the id_token does not tell it."""
    profile = app.call("getProfile", app.own_login()["id_token"])
    assert profile["email"] == OLD_SCRIPT
    assert profile["identities"][0]["connection"] == CONNECTION
    assert profile["clientID"] == CLIENT


@pytest.mark.parametrize("username", [OLD_SCRIPT, "stranger@example.test"], ids=["known", "unknown"])
def test_wrong_password(app: Legacy, username: str) -> None:
    """A wrong password calls back with the wire's code and words, whoever it is."""
    with pytest.raises(SdkError) as refused:
        app.own_login(username=username, password="wrong")
    told = (refused.value.code, refused.value.description)
    assert told == ("invalid_user_password", "Wrong email or password.")


def test_login_by_redirect(app: Legacy) -> None:
    """login without a password comes back with both tokens, and parseHash believes the id_token."""
    found = app.sign_in()
    assert found["profile"]["name"] == OLD_SCRIPT
    assert found["access_token"]
    assert claims_of(found["id_token"])["sub"] == found["profile"]["sub"]


def test_refusal_by_redirect(app: Legacy) -> None:
    """parseHash reads the refusal of a connection that is none."""
    app.leave("login", {"connection": "nowhere"})
    app.use()
    found = app.page.evaluate("app.auth.parseHash(location.hash)")
    assert found["error"] == "invalid_request"


def test_sso_data(v7: Legacy) -> None:
    """getSSOData tells whether somebody is signed in, and who, from where and to what."""
    assert v7.call("getSSOData", False) == {"sso": False}
    v7.sign_in()
    found = v7.call("getSSOData", False)
    assert found["sso"] is True
    assert (found["lastUsedUsername"], found["lastUsedClientID"]) == (OLD_SCRIPT, CLIENT)
    assert found["lastUsedConnection"] == {"name": CONNECTION, "strategy": "auth0"}


def test_logout(v7: Legacy) -> None:
    """logout comes back to the application, and nobody is signed in."""
    v7.sign_in()
    options = {"version": "v2"}
    v7.leave("logout", {"returnTo": v7.address, "client_id": CLIENT}, options)
    v7.use()
    assert v7.call("getSSOData", False) == {"sso": False}


def test_delegation_token(v7: Legacy) -> None:
    """getDelegationToken turns the id_token into one for the API."""
    asked = {"targetClientId": "legacy_api", "api": "app", "id_token": v7.own_login()["id_token"]}
    found = v7.call("getDelegationToken", asked)
    assert (found["token_type"], claims_of(found["id_token"])["aud"]) == ("Bearer", "legacy_api")


def test_delegation_refused(v7: Legacy) -> None:
    """getDelegationToken calls back with our error and its words."""
    with pytest.raises(SdkError) as refused:
        v7.call("getDelegationToken", {"id_token": "x.y.z", "api": "app"})
    assert refused.value.code == "invalid_grant"
    assert "id_token is refused" in refused.value.description


def test_renew_id_token(v7: Legacy) -> None:
    """renewIdToken gives an id_token of what the old one told, time and again."""
    token = v7.own_login(scope="openid email")["id_token"]
    for _ in range(2):
        token = v7.call("renewIdToken", token)["id_token"]
    assert claims_of(token)["email"] == OLD_SCRIPT


def test_refresh_token(v7: Legacy) -> None:
    """refreshToken gives an id_token by the refresh token that the library got for the device it names."""
    refresh_token = v7.own_login(scope=f"{LASTING} email")["refresh_token"]
    found = v7.call("refreshToken", refresh_token)
    assert claims_of(found["id_token"])["email"] == OLD_SCRIPT


def test_user_info(v7: Legacy) -> None:
    """getUserInfo tells the whole profile for the access token."""
    found = v7.call("getUserInfo", v7.own_login()["access_token"])
    assert (found["email"], found["clientID"]) == (OLD_SCRIPT, CLIENT)


def test_social_access_token(v7: Legacy) -> None:
    """loginWithSocialAccessToken calls back with our refusal: there is no such connection."""
    with pytest.raises(SdkError, match="the connection was not found") as refused:
        v7.call("loginWithSocialAccessToken", {"access_token": "x", "connection": "facebook"})
    assert refused.value.code == "invalid_request"
