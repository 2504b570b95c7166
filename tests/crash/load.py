"""People using the server, and a record of what it acknowledged to them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from tests.crash.server import CALLBACK, PASSWORD

_FIELD = re.compile(r'name="(_csrf|state)" value="([^"]*)"')
CREDENTIALS = {"client_id": "web", "client_secret": "web-client-secret-0123456789abcdef"}


@dataclass
class Ledger:
    """What was acknowledged. What was under way when the server died is in neither list."""

    unspent_codes: list[str] = field(default_factory=list)
    spent_codes: list[str] = field(default_factory=list)
    access_tokens: list[str] = field(default_factory=list)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How much was acknowledged."""
        return len(self.spent_codes) + len(self.unspent_codes) + len(self.people)


class Visitor:
    """A browser and the application it uses."""

    def __init__(self, issuer: str, email: str, ledger: Ledger) -> None:
        self.client = httpx2.AsyncClient(base_url=issuer, trust_env=False, timeout=20)
        self.email = email
        self._ledger = ledger

    async def sign_in(self) -> None:
        """A session."""
        page = await self._page(await self._authorize())
        response = await self._submit("/u/login", page, username=self.email, password=PASSWORD)
        assert response.headers["location"].startswith(("/authorize/resume", CALLBACK)), response.text

    async def use(self) -> None:
        """Codes, tokens and refreshes, until the server is gone."""
        round_ = 0
        while True:
            round_ += 1
            code = await self._code()
            if round_ % 3 == 0:
                self._ledger.unspent_codes.append(code)
                continue
            tokens = await self._tokens(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
            self._ledger.spent_codes.append(code)
            self._ledger.access_tokens.append(tokens["access_token"])
            family = tokens["refresh_token"].partition(".")[0]
            refreshed = await self._tokens(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
            self._ledger.refresh_tokens[family] = refreshed["refresh_token"]

    async def sign_people_up(self) -> None:
        """New accounts, until the server is gone."""
        number = 0
        while True:
            number += 1
            page = await self._page(await self._authorize(screen_hint="signup"))
            email = f"new{number}@example.test"
            response = await self._submit("/u/signup", page, email=email, password=PASSWORD)
            assert response.status_code == 200, response.text
            self._ledger.people.append(email)

    async def is_signed_in(self) -> bool:
        """Whether the session still answers silently."""
        response = await self._authorize(prompt="none")
        return "code" in dict(parse_qsl(urlsplit(response.headers["location"]).query))

    async def token(self, **fields: str) -> httpx2.Response:
        """One token request."""
        return await self.client.post("/oauth/token", data={**CREDENTIALS, **fields})

    async def _code(self) -> str:
        location = (await self._authorize()).headers["location"]
        return dict(parse_qsl(urlsplit(location).query))["code"]

    async def _tokens(self, **fields: str) -> dict[str, str]:
        response = await self.token(**fields)
        assert response.status_code == 200, response.text
        found: dict[str, str] = response.json()
        return found

    async def _authorize(self, **parameters: str) -> httpx2.Response:
        asked = {
            "client_id": "web",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "state": "s",
            "scope": "openid offline_access",
            **parameters,
        }
        return await self.client.get("/authorize?" + urlencode(asked))

    async def _page(self, response: httpx2.Response) -> dict[str, str]:
        """The hidden fields of the login page that the response leads to."""
        while response.status_code in (302, 303):
            response = await self.client.get(response.headers["location"])
        return dict(_FIELD.findall(response.text))

    async def _submit(self, path: str, page: dict[str, str], **fields: str) -> httpx2.Response:
        return await self.client.post(path, data={**page, **fields})


@asynccontextmanager
async def visitors(issuer: str, count: int, ledger: Ledger) -> AsyncIterator[list[Visitor]]:
    """So many visitors, whose connections end with the block."""
    made = [Visitor(issuer, f"visitor{n}@example.test", ledger) for n in range(count)]
    try:
        yield made
    finally:
        for visitor in made:
            await visitor.client.aclose()
