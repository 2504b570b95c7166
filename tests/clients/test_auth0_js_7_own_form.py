"""auth0.js 7 in Chromium with forms of the application's own, which it sends as forms and asks by JSONP."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError
from tests.clients.mailbox import mailed
from tests.clients.tenant import ADA, CONNECTION, PASSWORD
from tests.support.gatewright_dev import GatewrightDev

pytestmark = pytest.mark.library("auth0.js 7", "signup", "changePassword", "getConnections", "validateUser")

CLIENT = "own_form_legacy"


class Form(BrowserApp):
    """The application."""

    def use(self, client_id: str = CLIENT) -> None:
        """Makes the library's client."""
        self.start({"domain": self.domain, "clientID": client_id, "callbackURL": self.address})

    def sign_up(self, email: str, **more: Any) -> Any:
        """Signs up and stays on the page. Raises ``SdkError``."""
        asked = {"connection": CONNECTION, "email": email, "password": PASSWORD, "auto_login": False}
        return self.call("signup", {**asked, **more})

    def is_valid(self, email: str, password: str) -> Any:
        """Whether ``validateUser`` finds the password right."""
        return self.call("validateUser", {"connection": CONNECTION, "username": email, "password": password})


@pytest.fixture
def app(page: Page, site: str, server: GatewrightDev) -> Form:
    """The application, opened."""
    made = Form(page, f"{site}/legacy/v7.html", server.domain)
    made.use()
    return made


def test_signup(app: Form, server: GatewrightDev) -> None:
    """signup makes a user, who is mailed and whose password is right from then on."""
    email = "new-js7@example.test"
    app.sign_up(email, user_metadata={"plan": "silver"})
    assert mailed(server, email) == ["verify_email"]
    assert app.is_valid(email, PASSWORD) is True


def test_signup_with_a_weak_password(app: Form) -> None:
    """signup with a weak password calls back with invalid_password."""
    with pytest.raises(SdkError) as refused:
        app.sign_up("weak-js7@example.test", password="weak")
    assert refused.value.code == "invalid_password"


def test_change_password(app: Form, server: GatewrightDev) -> None:
    """changePassword calls back with the sentence; a password sent along sets nothing."""
    email = "forgetful-js7@example.test"
    app.sign_up(email)
    asked = {"connection": CONNECTION, "email": email, "password": "Battery-Staple-2"}
    assert app.call("changePassword", asked).startswith("If there is an account")
    assert mailed(server, email) == ["verify_email", "reset_password"]
    assert app.is_valid(email, "Battery-Staple-2") is False
    assert app.is_valid(email, PASSWORD) is True


def test_get_connections(app: Form) -> None:
    """getConnections gets the client's connections by JSONP."""
    assert app.call("getConnections") == [{"name": CONNECTION, "strategy": "auth0", "status": True}]


def test_get_connections_of_nobody(app: Form) -> None:
    """getConnections of an unknown client is called back at once with what is wrong."""
    app.use("nobody")
    assert app.call("getConnections") == {"status": 404, "error": "There is no such client."}


def test_validate_user(app: Form) -> None:
    """validateUser is true for the right password, and false for a wrong one and for nobody."""
    assert app.is_valid(ADA, PASSWORD) is True
    assert app.is_valid("nobody-js7@example.test", PASSWORD) is False


def test_validate_user_of_a_conformant_client(page: Page, site: str, server: GatewrightDev) -> None:
    """validateUser of a conformant client calls back with an error that says where to go."""
    app = Form(page, f"{site}/legacy/v7.html", server.domain)
    app.use("classic")
    with pytest.raises(SdkError, match="/oauth/token"):
        app.is_valid(ADA, PASSWORD)


def test_no_country(app: Form) -> None:
    """getUserCountry calls back without an error and without a country."""
    assert app.call("getUserCountry") is None
