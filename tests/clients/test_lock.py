"""Lock 14 in Chromium, which learns from our scripts which application it stands for."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.clients.browser_app import BrowserApp
from tests.clients.mailbox import mailed
from tests.clients.tenant import ADA, PASSWORD
from tests.support.gatewright_dev import GatewrightDev

pytestmark = pytest.mark.library("Lock 14", "show", "sign in", "sign up", "forgotten password")

BOX = ".auth0-lock-opened .auth0-lock-widget"
SUBMIT = f"{BOX} .auth0-lock-submit"
# How Lock learns of its client: by the client's script, or by the tenant's.
WAYS: dict[str, dict[str, Any]] = {"client": {}, "tenant": {"__useTenantInfo": True}}


class Lock(BrowserApp):
    """The application with its login box."""

    def open(self, client_id: str = "lock", *, screen: str = "login", **options: Any) -> None:
        """Opens the box. It does not sign in after sign-up, nor look for an earlier sign-in."""
        fixed = {"clientID": client_id, "domain": self.domain, "rememberLastLogin": False}
        self.start({**fixed, "loginAfterSignUp": False, "initialScreen": screen, **options})
        self.begin("show")

    def fill(self, **fields: str) -> None:
        """Fills fields of the box and sends it."""
        for name, value in fields.items():
            self.page.fill(f"{BOX} input[name={name}]", value)
        self.page.click(SUBMIT)

    def wait_for(self, event: str) -> Any:
        """What ``event`` carried, once Lock tells of it."""
        script = "(wanted) => app.events.find(([event]) => event === wanted)"
        return self.page.wait_for_function(script, arg=event).json_value()[1]


@pytest.fixture
def lock(page: Page, site: str, server: GatewrightDev) -> Lock:
    """The application, opened."""
    return Lock(page, f"{site}/lock/", server.domain)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Either way for Lock to learn of its client."""
    return WAYS[request.param]


def test_it_opens(lock: Lock, way: dict[str, Any]) -> None:
    """The box opens with the fields of a database, a sign-up tab and the link for a forgotten password."""
    lock.open(**way)
    box = lock.page.locator(BOX)
    expect(box.locator("input[name=username], input[name=email]")).to_be_visible()
    expect(box.locator("input[name=password]")).to_be_visible()
    expect(box.get_by_role("link", name="Sign Up")).to_be_visible()
    expect(box.get_by_text("Don't remember your password?")).to_be_visible()


def signing_in(lock: Lock, **options: Any) -> dict[str, Any]:
    """Options with which the box signs in and the browser comes back with tokens in the fragment."""
    scopes = {"params": {"scope": "openid profile email"}}
    auth = {"redirectUrl": lock.address, "responseType": "token id_token", **scopes}
    return {"auth": auth, **options}


def test_sign_in(lock: Lock) -> None:
    """The box signs in within the page; the browser comes back, and Lock tells of the tokens it verified."""
    options = signing_in(lock)
    lock.open(**options)
    with lock.page.expect_navigation(url=lambda url: url.startswith(lock.address)):
        lock.fill(email=ADA, password=PASSWORD)
    lock.start({"clientID": "lock", "domain": lock.domain, **options})
    told = lock.wait_for("authenticated")
    assert told["idTokenPayload"]["email"] == ADA
    assert told["accessToken"]


def test_wrong_password(lock: Lock) -> None:
    """The box says that the password is wrong, and stays open."""
    lock.open(**signing_in(lock))
    lock.fill(email=ADA, password="Wrong-Password-1")
    expect(lock.page.locator(f"{BOX} .auth0-global-message-error")).to_contain_text("Wrong email or password")


def test_sign_in_after_sign_up(lock: Lock) -> None:
    """Left to its defaults the box signs in whoever it signed up; their address waits to be confirmed."""
    options = signing_in(lock, loginAfterSignUp=True)
    lock.open(screen="signUp", **options)
    with lock.page.expect_navigation(url=lambda url: url.startswith(lock.address)):
        lock.fill(email="straight-lock@example.test", password=PASSWORD)
    lock.start({"clientID": "lock", "domain": lock.domain, **options})
    claims = lock.wait_for("authenticated")["idTokenPayload"]
    assert (claims["email"], claims["email_verified"]) == ("straight-lock@example.test", False)


def test_closed_database(lock: Lock, way: dict[str, Any]) -> None:
    """A database without sign-up and reset opens a box without the tab and without the link."""
    lock.open("lock_closed", **way)
    box = lock.page.locator(BOX)
    expect(box.locator("input[name=password]")).to_be_visible()
    expect(box.get_by_role("link", name="Sign Up")).to_have_count(0)
    expect(box.get_by_text("Don't remember your password?")).to_have_count(0)


def test_sign_up(lock: Lock, server: GatewrightDev) -> None:
    """The sign-up tab makes a user, who is mailed, and tells the page."""
    lock.open()
    lock.page.locator(BOX).get_by_role("link", name="Sign Up").click()
    lock.fill(email="new-lock@example.test", password=PASSWORD)
    told = lock.wait_for("signup success")
    assert told["email"] == "new-lock@example.test"
    assert mailed(server, "new-lock@example.test") == ["verify_email"]


def test_usernames(lock: Lock, server: GatewrightDev) -> None:
    """A database with usernames has a field for one, and Lock says when it is taken."""
    fields = {"username": "newname", "password": "simple"}
    lock.open("lock_names", screen="signUp")
    lock.fill(email="first-lock@example.test", **fields)
    assert lock.wait_for("signup success")["username"] == "newname"
    lock.page.reload()
    lock.open("lock_names", screen="signUp")
    lock.fill(email="second-lock@example.test", **fields)
    expect(lock.page.locator(f"{BOX} .auth0-global-message-error")).to_contain_text("username already exists")
    assert lock.wait_for("signup error")["code"] == "username_exists"
    assert mailed(server, "second-lock@example.test") == []


def test_additional_fields(lock: Lock) -> None:
    """Additional fields of the box come back as profile and user_metadata."""
    fields = [
        {"name": "given_name", "placeholder": "given name", "storage": "root"},
        {"name": "plan", "placeholder": "plan"},
    ]
    lock.open(screen="signUp", additionalSignUpFields=fields)
    more = {"given_name": "New", "plan": "silver"}
    lock.fill(email="more-lock@example.test", password=PASSWORD, **more)
    told = lock.wait_for("signup success")
    assert (told["givenName"], told["userMetadata"]) == ("New", {"plan": "silver"})


def test_rules_of_the_password(lock: Lock) -> None:
    """Lock shows the rules of the database's policy, and does not send a password that breaks them."""
    lock.open(screen="signUp")
    lock.page.fill(f"{BOX} input[name=email]", "weak-lock@example.test")
    lock.page.fill(f"{BOX} input[name=password]", "weak")
    rules = lock.page.locator(f"{BOX} .auth0-lock-password-strength")
    expect(rules).to_contain_text("8 characters")
    expect(rules).to_contain_text("3 of the following 4 types")


def test_taken_address(lock: Lock, server: GatewrightDev) -> None:
    """For a taken address the box says what it says for a free one, and the owner is mailed."""
    lock.open(screen="signUp")
    lock.fill(email="taken-lock@example.test", password=PASSWORD)
    lock.wait_for("signup success")
    lock.page.reload()
    lock.open(screen="signUp")
    lock.fill(email="taken-lock@example.test", password="Another-Password-3")
    assert lock.wait_for("signup success")["email"] == "taken-lock@example.test"
    assert mailed(server, "taken-lock@example.test") == ["verify_email", "account_exists"]


def test_forgotten_password(lock: Lock, server: GatewrightDev) -> None:
    """The box mails a link to the owner of an address, and says so."""
    lock.open(screen="signUp")
    lock.fill(email="forgetful-lock@example.test", password=PASSWORD)
    lock.wait_for("signup success")
    lock.page.reload()
    lock.open()
    lock.page.locator(BOX).get_by_text("Don't remember your password?").click()
    lock.fill(email="forgetful-lock@example.test")
    expect(lock.page.locator(f"{BOX} .auth0-global-message-success")).to_contain_text("email")
    assert mailed(server, "forgetful-lock@example.test") == ["verify_email", "reset_password"]


def test_too_many_mails(lock: Lock, server: GatewrightDev) -> None:
    """When an address had too many mails, the box says that it did not work."""
    with server.client() as client:
        for _ in range(5):
            asked = {"client_id": "lock", "connection": "Username-Password-Authentication"}
            sent = client.post(
                "/dbconnections/change_password", json={**asked, "email": "flooded-lock@example.test"}
            )
            assert sent.status_code == 200
    lock.open(screen="forgotPassword")
    lock.fill(email="flooded-lock@example.test")
    expect(lock.page.locator(f"{BOX} .auth0-global-message-error")).to_be_visible()


def test_unknown_client(lock: Lock) -> None:
    """For a client that there is not Lock tells the page at once that it cannot begin."""
    lock.open("nobody")
    assert "could not be loaded" in lock.wait_for("unrecoverable_error")["description"]
