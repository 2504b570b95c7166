"""auth0-angular 4 in Chromium: an AngularJS application of the legacy pipeline."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError, sign_in_at
from tests.clients.tenant import CONNECTION, OLD_ANGULAR, PASSWORD
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = pytest.mark.library(
    "auth0-angular 4", "signin", "getToken", "renewIdToken", "refreshIdToken", "getProfile", "signout"
)

CLIENT = "old_page"


class Angular(BrowserApp):
    """The application. Its events are lists: the name, and what the handler was told."""

    def use(self) -> None:
        """Starts AngularJS and makes the library's client."""
        self.start({"domain": self.domain, "clientID": CLIENT, "callbackURL": self.address})

    def own_sign_in(self, scope: str = "openid", **more: Any) -> Any:
        """Signs in within the page; the profile that the callback gets. Raises ``SdkError``."""
        typed = {"username": OLD_ANGULAR, "password": PASSWORD, "connection": CONNECTION, "sso": False}
        asked = {"scope": scope, "device": "Browser"} if "offline_access" in scope else {"scope": scope}
        return self.call("signin", {**typed, **more, "authParams": asked})

    def sign_in(self) -> None:
        """Signs in by redirect, and waits until the handler of ``loginSuccess`` was called."""
        self.begin("signin", {"authParams": {"scope": "openid name offline_access", "device": "Browser"}})
        sign_in_at(self.page, OLD_ANGULAR)
        self.page.wait_for_url(self._is_ours)
        self.page.wait_for_function("app.events.some(([name]) => name === 'loginSuccess')")

    def known(self, name: str) -> Any:
        """A property of the library's service."""
        return self.page.evaluate("(name) => app.auth[name]", name)

    def told(self, event: str) -> list[Any]:
        """What the handlers of an event were told, one list a time."""
        return [told for name, *told in self.page.evaluate("app.events") if name == event]


@pytest.fixture(params=["v4.0", "v4.2"])
def app(page: Page, site: str, server: GatewrightDev, request: pytest.FixtureRequest) -> Angular:
    """The application on each version, started."""
    made = Angular(page, f"{site}/angular/{request.param}.html", server.domain)
    made.use()
    return made


def test_sign_in_within_the_page(app: Angular) -> None:
    """signin with a password gets the whole profile, and the service knows both tokens."""
    profile = app.own_sign_in()
    assert profile["email"] == OLD_ANGULAR
    assert app.known("isAuthenticated") is True
    assert claims_of(app.known("idToken"))["aud"] == CLIENT
    assert app.known("accessToken")


def test_wrong_password(app: Angular) -> None:
    """A wrong password is called back, and the handler of loginFailure hears of it."""
    with pytest.raises(SdkError) as refused:
        app.own_sign_in(password="wrong")
    assert refused.value.code == "invalid_user_password"
    assert len(app.told("loginFailure")) == 1
    assert app.known("isAuthenticated") is False


def test_sign_in_by_redirect(app: Angular) -> None:
    """signin by redirect comes back with all three tokens, and the service reads the profile."""
    app.sign_in()
    ((id_token, access_token, _, refresh_token),) = app.told("loginSuccess")
    assert claims_of(id_token)["name"] == OLD_ANGULAR
    assert access_token
    assert refresh_token
    app.page.wait_for_function("app.auth.profile")
    assert app.known("profile")["clientID"] == CLIENT


def test_token_for_an_api(app: Angular) -> None:
    """getToken trades the id_token for one of the API."""
    app.own_sign_in()
    found = app.call("getToken", {"targetClientId": "legacy_api", "api": "app", "scope": "openid"})
    assert claims_of(found["id_token"])["aud"] == "legacy_api"


def test_renewal(app: Angular) -> None:
    """renewIdToken resolves with a fresh id_token of the same attributes."""
    app.own_sign_in("openid email")
    token = app.call("renewIdToken")
    assert (claims_of(token)["aud"], claims_of(token)["email"]) == (CLIENT, OLD_ANGULAR)


def test_refresh(app: Angular) -> None:
    """refreshIdToken resolves with a fresh id_token by the refresh token of the sign-in."""
    app.own_sign_in("openid email offline_access")
    assert claims_of(app.call("refreshIdToken"))["email"] == OLD_ANGULAR


def test_profile(app: Angular) -> None:
    """getProfile reads the whole profile for an id_token that tells little."""
    app.own_sign_in()
    assert app.call("getProfile", app.known("idToken"))["identities"][0]["provider"] == "auth0"


def test_signout(app: Angular) -> None:
    """signout forgets everything in the page, and the handler of logout hears of it."""
    app.own_sign_in()
    app.page.evaluate("app.auth.signout()")
    assert app.known("isAuthenticated") is False
    assert app.known("idToken") is None
    assert len(app.told("logout")) == 1
