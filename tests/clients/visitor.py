"""A person with a plain browser (cookies, redirects, forms), driven by HTTP."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from tests.clients.tenant import ADA, FAR_CALLBACK, PASSWORD, SECRET
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import forms

_MOST_REDIRECTS = 20


class Visitor:
    """Follows redirects on this machine and stops at addresses of others: ``location`` is where it stands."""

    def __init__(self, server: GatewrightDev) -> None:
        self.server = server
        self.client = server.client()
        self.location = ""

    def visit(self, url: str) -> httpx2.Response:
        """Opens an address and follows."""
        return self._follow(self._get(url))

    def sign_in(self, url: str, *, email: str = ADA, password: str = PASSWORD) -> httpx2.Response:
        """Opens an address that leads to the login page, and signs in."""
        return self.submit(self.visit(url), username=email, password=password)

    def submit(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Fills the first form of a page and follows."""
        form = forms(page)[0]
        target = str(page.url.join(form["action"])) if form["action"] else str(page.url)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(target))
        data = {**form["fields"], **fields}
        self.location = target
        return self._follow(self.client.post(target, data=data, headers={"origin": origin}))

    def answer(self) -> dict[str, str]:
        """Parameters of the address where the visitor stands."""
        return dict(parse_qsl(urlsplit(self.location).query))

    def json(self, url: str) -> Any:
        """The JSON that an application shows."""
        response = self.visit(url)
        assert response.status_code == 200, f"{response.status_code} {response.text[:1000]}"
        return response.json()

    def tokens(self, **parameters: str) -> dict[str, Any]:
        """The tokens of a code flow in bare HTTP, of the client ``bare``."""
        client = {"client_id": "bare", "redirect_uri": FAR_CALLBACK}
        query = urlencode({**client, "response_type": "code", **parameters})
        self.sign_in(f"{self.server.issuer}authorize?{query}")
        code = self.answer()["code"]
        return self._token(grant_type="authorization_code", code=code, client_secret=SECRET, **client)

    def machine_token(self, client_id: str, audience: str) -> str:
        """An access token of the client itself."""
        credentials = {"client_id": client_id, "client_secret": SECRET}
        return str(
            self._token(grant_type="client_credentials", audience=audience, **credentials)["access_token"]
        )

    def _token(self, **fields: str) -> dict[str, Any]:
        response = self.client.post("/oauth/token", data=fields)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def _get(self, url: str) -> httpx2.Response:
        self.location = url
        return self.client.get(url)

    def _follow(self, response: httpx2.Response) -> httpx2.Response:
        for _ in range(_MOST_REDIRECTS):
            if not response.is_redirect:
                return response
            target = str(response.url.join(response.headers["location"]))
            if urlsplit(target).hostname != "localhost":
                self.location = target
                return response
            response = self._get(target)
        raise AssertionError(f"more than {_MOST_REDIRECTS} redirects, the last to {self.location}")
