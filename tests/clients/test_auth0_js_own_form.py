"""auth0.js 10 and 8 in Chromium with forms of the application's own: sign-up and forgotten password."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError
from tests.clients.mailbox import mailed
from tests.clients.tenant import ADA, CONNECTION, PASSWORD
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0.js 10", "signup", "changePassword"),
    pytest.mark.library("auth0.js 8", "signup", "changePassword"),
]

CLIENT = "classic_password"
PAGES = {"10": "/classic/", "8": "/classic/v8.html"}
# All that the library's error holds, which the application's own code would see.
RAW = """(options) => new Promise((resolve) =>
    app.webAuth.signup(options, (error) => resolve(JSON.parse(JSON.stringify(error)))))"""


class Form(BrowserApp):
    """The application. ``label`` tells its users from those of the other version."""

    label = ""

    def use(self, client_id: str = CLIENT, **more: str) -> None:
        """Makes the library's client."""
        self.start({"domain": self.domain, "clientID": client_id, "redirectUri": self.address, **more})

    def address_of(self, name: str) -> str:
        """An e-mail address that no other test uses."""
        return f"{name}-{self.label}@example.test"

    def sign_up(self, email: str, **more: Any) -> Any:
        """What the library makes of the answer. Raises ``SdkError``."""
        return self.call("signup", {"connection": CONNECTION, "email": email, "password": PASSWORD, **more})


@pytest.fixture(params=PAGES)
def app(request: pytest.FixtureRequest, page: Page, site: str, server: GatewrightDev) -> Form:
    """The application with either version, opened."""
    made = Form(page, site + PAGES[request.param], server.domain)
    made.label = f"js{request.param}"
    made.use()
    return made


def test_signup(app: Form, server: GatewrightDev) -> None:
    """signup makes a user who is mailed and signs in, and the callback gets the fields."""
    email = app.address_of("new")
    told = app.sign_up(email, user_metadata={"favouriteColour": "red"}, given_name="New")
    assert (told["email"], told["emailVerified"], told["givenName"]) == (email, False, "New")
    assert len(told["Id"]) == 24
    assert mailed(server, email) == ["verify_email"]
    asked = {"username": email, "password": PASSWORD, "scope": "openid profile"}
    tokens = app.call("client.login", {**asked, "realm": CONNECTION})
    user = app.call("client.userInfo", tokens["accessToken"])
    assert (user["sub"], user["given_name"]) == (f"auth0|{told['Id']}", "New")


def test_signup_with_a_taken_address(app: Form, server: GatewrightDev) -> None:
    """signup with a taken address calls back as if it were free, and its owner is mailed."""
    email = app.address_of("taken")
    first, second = app.sign_up(email), app.sign_up(email)
    assert first.keys() == second.keys()
    assert first["Id"] != second["Id"]
    assert mailed(server, email) == ["verify_email", "account_exists"]


def test_signup_with_a_weak_password(app: Form) -> None:
    """signup with a weak password calls back with the rules, their verdicts and the policy as text."""
    asked = {"connection": CONNECTION, "email": app.address_of("weak"), "password": "lowercase"}
    error = app.page.evaluate(RAW, asked)
    assert (error["code"], error["name"]) == ("invalid_password", "PasswordStrengthError")
    assert [rule["verified"] for rule in error["description"]["rules"]] == [True, False]
    assert error["policy"].startswith("* At least 8 characters\n")


def test_signup_at_a_database_that_is_none(app: Form) -> None:
    """signup at an unknown connection calls back with words that name it."""
    with pytest.raises(SdkError, match="nowhere") as refused:
        app.sign_up(app.address_of("lost"), connection="nowhere")
    assert refused.value.code == "invalid_request"


def test_change_password(app: Form, server: GatewrightDev) -> None:
    """changePassword calls back with a sentence, the same for everybody, and only the owner is mailed."""
    email, nobody = app.address_of("forgetful"), app.address_of("nobody")
    app.sign_up(email)
    sentences = [app.call("changePassword", {"connection": CONNECTION, "email": e}) for e in (email, nobody)]
    assert sentences == ["If there is an account, we have mailed a link to choose a new password."] * 2
    assert mailed(server, email) == ["verify_email", "reset_password"]
    assert mailed(server, nobody) == []


def test_change_password_too_often(app: Form) -> None:
    """changePassword too often for one address calls back with too_many_requests."""
    asked = {"connection": CONNECTION, "email": app.address_of("flooded")}
    for _ in range(5):
        app.call("changePassword", asked)
    with pytest.raises(SdkError) as refused:
        app.call("changePassword", asked)
    assert refused.value.code == "too_many_requests"


def test_no_country(app: Form) -> None:
    """client.getUserCountry calls back without an error and without a country."""
    assert set(app.call("client.getUserCountry").values()) == {None}


def test_page_of_another_origin(page: Page, plain_site: str, server: GatewrightDev) -> None:
    """From an origin that the client does not list the library cannot read the answer."""
    app = Form(page, f"{plain_site}/classic/", server.domain)
    app.use("classic")
    with pytest.raises(SdkError) as refused:
        app.sign_up(ADA, password="weak")
    assert (refused.value.name, refused.value.code) == ("Error", "")


@pytest.mark.parametrize("name", ["getSignupChallenge", "getPasswordResetChallenge"])
def test_no_riddle(page: Page, site: str, server: GatewrightDev, name: str) -> None:
    """auth0.js 10 with a state asks for a riddle before the form, and is told that there is none."""
    app = Form(page, f"{site}/classic/", server.domain)
    app.use(state="a-state")
    assert app.call(f"client.dbConnection.{name}") == {"required": False}
    assert app.call("client.passwordless.getChallenge") == {"required": False}
