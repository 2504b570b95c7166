"""A person with a browser: what they do, in their words."""

import itertools
import re
import sqlite3
from contextlib import closing
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from playwright.sync_api import Browser, Page
from tests.journeys.application import Application
from tests.journeys.tenant import ADA, CONNECTION, PASSWORD
from tests.support.gatewright_dev import GatewrightDev

_NUMBERS = itertools.count(1)


def new_address() -> str:
    """An address nobody had before."""
    return f"person{next(_NUMBERS)}@example.test"


class Person:
    """Has a browser of their own, and a mailbox that is the server's list of captured messages."""

    def __init__(
        self, chromium: Browser, server: GatewrightDev, application: Application, **options: Any
    ) -> None:
        self.server = server
        self.application = application
        self._context = chromium.new_context(ignore_https_errors=True, **{"locale": "en-GB", **options})
        self._context.set_default_timeout(15_000)
        self.page: Page = self._context.new_page()

    def __enter__(self) -> "Person":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.close()

    def another_tab(self) -> Page:
        """A second tab of the same browser."""
        return self._context.new_page()

    def clear_cookies(self) -> None:
        """Makes the browser forget who it is."""
        self._context.clear_cookies()

    def address(self, **parameters: str) -> str:
        """Where the application sends its people."""
        asked = {
            "client_id": "web",
            "redirect_uri": f"{self.application.origin}/callback",
            "response_type": "code",
            "scope": "openid profile email",
            "state": "the-state",
            **parameters,
        }
        return f"{self.server.issuer}authorize?{urlencode(asked)}"

    def open(self, **parameters: str) -> None:
        """Comes from the application."""
        self.page.goto(self.address(**parameters))

    def go(self, path: str) -> None:
        """Opens a page of the server."""
        self.page.goto(self.server.issuer + path)

    def fill(self, **fields: str) -> None:
        """Types into the fields and presses the page's first button."""
        for name, value in fields.items():
            self.page.fill(f"#{name}", value)
        with self.page.expect_navigation():
            self.page.click("button.button >> nth=0")

    def sign_in(self, email: str = ADA, password: str = PASSWORD) -> None:
        """Fills in the sign-in page."""
        self.fill(username=email, password=password)

    def sign_up(self, email: str, password: str = PASSWORD) -> None:
        """Comes from the application and asks for an account."""
        self.open()
        self.page.click("#signup-link")
        self.fill(email=email, password=password)

    def ask_for_reset(self, email: str) -> None:
        """Comes from the application and asks for a new password."""
        self.open()
        self.page.click("#reset-link")
        self.fill(email=email)

    def link_for(self, email: str) -> str:
        """The link in the newest mail to somebody."""
        mails = [mail for mail in self.server.messages() if mail["to"] == email]
        (link,) = re.findall(r"https?://\S+", mails[-1]["text"])
        return str(link)

    def ask_for_code(self, email: str, **parameters: str) -> None:
        """Comes from an application whose people have no password, and asks for a code."""
        self.open(client_id="mail", **parameters)
        self.fill(email=email)

    def code_for(self, email: str) -> str:
        """The code in the newest mail to somebody."""
        mails = [mail for mail in self.server.messages() if mail["to"] == email]
        (code,) = re.findall(r"^\d{6}$", mails[-1]["text"], re.MULTILINE)
        return str(code)

    def have_link_mailed(self, email: str, **auth_params: str) -> None:
        """Asks for a link on a page of the application, whose server has it mailed."""
        asked = {
            "redirect_uri": f"{self.application.origin}/callback",
            "response_type": "code",
            **auth_params,
        }
        body = {"client_id": "mail", "connection": "email", "email": email, "authParams": asked}
        with self.server.client() as client:
            response = client.post("/passwordless/start", json=body)
        assert response.status_code == 200, response.text

    def age_links(self, email: str) -> None:
        """Makes the links that were mailed to somebody too old, which takes days otherwise."""
        with (
            closing(sqlite3.connect(self.server.folder / "data" / "gatewright.db", timeout=10)) as file,
            file,
        ):
            done = file.execute(
                "UPDATE tickets SET doc = json_set(doc, '$.expires_at', 1)"
                " WHERE json_extract(doc, '$.email') = ?",
                (email,),
            )
            assert done.rowcount > 0

    def ticket(self, client_id: str) -> str:
        """A login ticket that the application's page got for Ada, in a browser that kept no cookie of it."""
        asked = {"client_id": client_id, "username": ADA, "password": PASSWORD, "realm": CONNECTION}
        kind = {"credential_type": "http://auth0.com/oauth/grant-type/password-realm"}
        with self.server.client(headers={"origin": self.application.origin}) as page:
            response = page.post("co/authenticate", json=asked | kind)
        return str(response.json()["login_ticket"])

    @property
    def heading(self) -> str:
        """What the page says first."""
        return self.page.inner_text("h1").strip()

    @property
    def alert(self) -> str:
        """The error on the page."""
        return self.page.inner_text("#error").strip()

    @property
    def received(self) -> dict[str, str]:
        """What the application received, or nothing while the person is not there."""
        parts = urlsplit(self.page.url)
        is_there = self.page.url.startswith(self.application.origin + "/callback")
        return dict(parse_qsl(parts.query)) if is_there else {}
