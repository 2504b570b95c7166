"""Drives a browser application: it calls its library and says how each call ended."""

from typing import Any, cast

from playwright.sync_api import Page
from tests.clients.tenant import ADA, PASSWORD

_CALL = "([name, args]) => app.call(name, ...args)"
_BEGIN = "([name, args]) => app.begin(name, ...args)"


class SdkError(Exception):
    """What the library rejected with: its class, the wire's code and its words."""

    def __init__(self, name: str, code: str, description: str) -> None:
        super().__init__(f"{name}: {code}: {description}")
        self.name = name
        self.code = code
        self.description = description


class BrowserApp:
    """An application in a page. ``domain`` is the server's host and port."""

    def __init__(self, page: Page, address: str, domain: str) -> None:
        self.page = page
        self.address = address
        self.domain = domain
        page.goto(address)

    def start(self, options: dict[str, Any]) -> None:
        """Makes the library's client."""
        self.page.evaluate("(options) => app.start(options)", options)

    def call(self, name: str, *args: Any) -> Any:
        """What the library's function ``name`` resolves with. Raises ``SdkError``."""
        return unpacked(self.page.evaluate(_CALL, [name, list(args)]))

    def begin(self, name: str, *args: Any) -> None:
        """Calls a function that opens another page, or leaves this one."""
        self.page.evaluate(_BEGIN, [name, list(args)])

    def leave(self, name: str, *args: Any) -> None:
        """Calls a function that leaves the page, and waits until the browser is back without being asked."""
        with self.page.expect_navigation(url=self._is_ours):
            self.begin(name, *args)

    def outcome(self) -> Any:
        """How the call that ``begin`` began ended. Raises ``SdkError``."""
        return unpacked(self.page.evaluate("() => app.pending"))

    def returned(self) -> Any:
        """How the callback ended, once the browser is back from the login pages. Raises ``SdkError``."""
        self.page.wait_for_url(self._is_ours)
        return unpacked(self.page.evaluate("() => app.returned"))

    def _is_ours(self, url: str) -> bool:
        return url.startswith(self.address)


def sign_in_at(page: Page, email: str = ADA, password: str = PASSWORD) -> None:
    """Fills the login page and sends it."""
    page.fill("#login-form [name=username]", email)
    page.fill("#login-form [name=password]", password)
    page.click("#login-form button")


def unpacked(ended: Any) -> Any:
    """The value an application told of, or the error raised."""
    if "error" in ended:
        raise SdkError(**cast("dict[str, str]", ended["error"]))
    return ended["value"]
