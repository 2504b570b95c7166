"""auth0.js 10 and 8 in Chromium: ``passwordlessStart``, ``passwordlessVerify``, and the link in the mail."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.clients.browser_app import BrowserApp, SdkError
from tests.clients.mailbox import code_for, link_for, new_address, wrong
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0.js 10", "passwordlessStart", "passwordlessVerify", "passwordlessLogin"),
    pytest.mark.library("auth0.js 8", "passwordlessStart", "passwordlessVerify", "passwordlessLogin"),
]

VERSIONS = {"auth0.js 10": "/classic/", "auth0.js 8": "/classic/v8.html"}


class Classic(BrowserApp):
    """The application."""

    def use(self) -> None:
        """Makes the library's client."""
        self.start(
            {
                "domain": self.domain,
                "clientID": "classic_email",
                "redirectUri": self.address,
                "responseType": "token id_token",
                "scope": "openid email",
            }
        )

    def ask(self, email: str, send: str, **more: Any) -> Any:
        """Has a code or link mailed. Raises ``SdkError``."""
        return self.call("passwordlessStart", {"connection": "email", "send": send, "email": email, **more})

    def confirm(self) -> Any:
        """Presses the button of the page that asks; what the library makes of the answer in the address."""
        self.page.click("#email-link-form button")
        self.page.wait_for_url(lambda url: url.startswith(self.address))
        self.use()
        return self.call("parseHash", {})


def opened(page: Page, version: str, site: str, server: GatewrightDev) -> Classic:
    """The application on that version of the library."""
    made = Classic(page, site + VERSIONS[version], server.domain)
    made.use()
    return made


@pytest.fixture(params=VERSIONS)
def app(request: pytest.FixtureRequest, page: Page, site: str, server: GatewrightDev) -> Classic:
    """The application, opened."""
    return opened(page, request.param, site, server)


def test_code(app: Classic, server: GatewrightDev) -> None:
    """passwordlessStart mails a code, passwordlessVerify leads to tokens that parseHash accepts."""
    email = new_address()
    assert app.ask(email, "code")["email"] == email
    options = {"connection": "email", "email": email, "verificationCode": code_for(server, email)}
    app.begin("passwordlessVerify", options)
    found = app.confirm()
    assert found["idTokenPayload"]["email"] == email
    assert found["idTokenPayload"]["sub"].startswith("email|")
    assert app.call("client.userInfo", found["accessToken"])["email_verified"] is True


def test_login_within_the_page(app: Classic, server: GatewrightDev) -> None:
    """passwordlessLogin takes the code on the application's own page, without a page of ours."""
    email = new_address()
    app.ask(email, "code")
    options = {"connection": "email", "email": email, "verificationCode": code_for(server, email)}
    app.leave("passwordlessLogin", options)
    app.use()
    assert app.call("parseHash", {})["idTokenPayload"]["email"] == email


def test_wrong_code_within_the_page(app: Classic, server: GatewrightDev) -> None:
    """passwordlessLogin calls back with the refusal of a wrong code."""
    email = new_address()
    app.ask(email, "code")
    options = {"connection": "email", "email": email, "verificationCode": wrong(code_for(server, email))}
    with pytest.raises(SdkError) as refused:
        app.call("passwordlessLogin", options)
    assert refused.value.code == "access_denied"


def test_link(app: Classic, server: GatewrightDev) -> None:
    """passwordlessStart mails a link; in the same browser it leads to tokens that parseHash accepts."""
    email = new_address()
    app.ask(email, "link")
    app.page.goto(link_for(server, email))
    assert app.confirm()["idTokenPayload"]["email"] == email


def test_link_in_another_browser(app: Classic, server: GatewrightDev, chromium: Browser) -> None:
    """Opened in another browser the link signs in there, and the library refuses what it did not ask for."""
    email = new_address()
    app.ask(email, "link")
    context = chromium.new_context(ignore_https_errors=True)
    other = Classic(context.new_page(), app.address, app.domain)
    other.page.goto(link_for(server, email))
    with pytest.raises(SdkError, match="state"):
        other.confirm()
    context.close()


def test_wrong_code(app: Classic, server: GatewrightDev) -> None:
    """A wrong code calls back with the wire's words, which the script can read, and leaves no page."""
    email = new_address()
    app.ask(email, "code")
    options = {"connection": "email", "email": email, "verificationCode": wrong(code_for(server, email))}
    with pytest.raises(SdkError) as refused:
        app.call("passwordlessVerify", options)
    assert (refused.value.code, refused.value.description) == (
        "access_denied",
        "Wrong email or verification code.",
    )


def test_refusals_are_readable(app: Classic) -> None:
    """What is refused calls back with the wire's dotted code."""
    with pytest.raises(SdkError) as refused:
        app.ask("no address", "code")
    assert refused.value.code == "bad.email"
    with pytest.raises(SdkError) as refused:
        app.call("passwordlessStart", {"connection": "nowhere", "send": "code", "email": new_address()})
    assert refused.value.code == "bad.connection"


def test_language(page: Page, site: str, server: GatewrightDev) -> None:
    """``xRequestLanguage`` chooses the language of the mail, for which the browser asks leave first."""
    email = new_address()
    app = opened(page, "auth0.js 10", site, server)
    app.ask(email, "code", xRequestLanguage="de")
    (mail,) = [mail for mail in server.messages() if mail["to"] == email]
    assert mail["subject"] == "Ihr Code für classic_email"
