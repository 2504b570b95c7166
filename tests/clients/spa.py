"""The single-page application on auth0-spa-js, as tests drive it."""

import json
from typing import Any
from urllib.parse import parse_qs

from playwright.sync_api import Page, Request
from tests.clients.browser_app import BrowserApp, sign_in_at
from tests.clients.tenant import ADA

FRESH = {"cacheMode": "off"}
"""Option of getTokenSilently: ask the server, whatever is cached."""

REFRESHING = {"useRefreshTokens": True, "cacheLocation": "localstorage"}
"""Options of an application that keeps refresh tokens over reloads."""


class Spa(BrowserApp):
    """The application in a page, and what it asked the token endpoint."""

    def __init__(self, page: Page, address: str, domain: str) -> None:
        self.token_requests: list[dict[str, str]] = []
        page.context.on("request", self._seen)
        super().__init__(page, address, domain)

    def use(self, client_id: str = "spa", *, options: dict[str, Any] | None = None, **asked: str) -> None:
        """Makes the library's client; ``asked`` are authorization parameters."""
        self.start(self.options(client_id, options=options, **asked))

    def options(
        self, client_id: str = "spa", *, options: dict[str, Any] | None = None, **asked: str
    ) -> dict[str, Any]:
        """Options of the library's client."""
        parameters = {"redirect_uri": self.address, "scope": "openid profile email", **asked}
        return {
            "domain": self.domain,
            "clientId": client_id,
            "authorizeTimeoutInSeconds": 10,
            "authorizationParams": parameters,
            **(options or {}),
        }

    def sign_in(self, *args: Any, email: str = ADA) -> Any:
        """Signs in by redirect; what the callback resolved with. Raises ``SdkError``."""
        self.begin("loginWithRedirect", *args)
        sign_in_at(self.page, email)
        return self.returned()

    def token(self, **options: Any) -> Any:
        """What getTokenSilently gives when the cache is not asked. Raises ``SdkError``."""
        return self.call("getTokenSilently", {**FRESH, **options})

    @property
    def kept_refresh_token(self) -> str:
        """The refresh token in the browser's local storage."""
        _, entry = self._entry()
        return str(entry["body"]["refresh_token"])

    def put_back(self, refresh_token: str) -> None:
        """Puts another refresh token where the library keeps its own."""
        key, entry = self._entry()
        entry["body"]["refresh_token"] = refresh_token
        self.page.evaluate("([key, value]) => localStorage.setItem(key, value)", [key, json.dumps(entry)])

    def _entry(self) -> tuple[str, dict[str, Any]]:
        for key, text in self.page.evaluate("() => Object.entries(localStorage)"):
            entry = json.loads(text)
            if "refresh_token" in entry.get("body", {}):
                return key, entry
        raise AssertionError("no refresh token in local storage")

    def _seen(self, request: Request) -> None:
        if request.url.endswith("/oauth/token") and request.post_data:
            fields = parse_qs(request.post_data)
            self.token_requests.append({name: values[0] for name, values in fields.items()})
