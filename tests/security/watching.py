"""A browser whose every secret is noted: what was issued to it, and what it sent."""

import json
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlsplit

import httpx2
from tests.support.world import Browser

from gatewright.app import Application

_LONGEST_ORDINARY_WORD = 15
_FIELDS = {
    "access_token",
    "client_secret",
    "code",
    "co_verifier",
    "code_verifier",
    "id_token",
    "id_token_hint",
    "login_ticket",
    "password",
    "refresh_token",
    "ticket",
    "verifier",
    "wresult",
    "token",
    "verification_code",
    "_csrf",
}
_FORM = "application/x-www-form-urlencoded"


class WatchedBrowser(Browser):
    """Notes secrets by where they stand, in ``secrets``: value → what it is."""

    def __init__(self, app: Application) -> None:
        super().__init__(app)
        self.secrets: dict[str, str] = {}
        self.client.event_hooks = {"request": [self._sent], "response": [self._got]}

    async def _sent(self, request: httpx2.Request) -> None:
        await request.aread()
        self._note_url(str(request.url))
        if request.headers.get("content-type", "").startswith(_FORM):
            self._note_pairs(parse_qsl(request.content.decode()))
        self._note("authorization header", request.headers.get("authorization", "").partition(" ")[2])
        for morsel in SimpleCookie(request.headers.get("cookie", "")).values():
            self._note(f"cookie {morsel.key}", morsel.value)

    async def _got(self, response: httpx2.Response) -> None:
        await response.aread()
        self._note_url(response.headers.get("location", ""))
        for header in response.headers.get_list("set-cookie"):
            for morsel in SimpleCookie(header).values():
                self._note(f"cookie {morsel.key}", morsel.value)
        if response.headers.get("content-type") == "application/json" and response.text.startswith("{"):
            self._note_pairs([(k, v) for k, v in json.loads(response.text).items() if isinstance(v, str)])
        for value in re.findall(r'name="_csrf" value="([^"]+)"', response.text):
            self._note("form token", value)

    def _note_url(self, url: str) -> None:
        parts = urlsplit(url)
        pairs = [*parse_qsl(parts.query), *parse_qsl(parts.fragment)]
        self._note_pairs(pairs)
        if parts.path.startswith(("/u/", "/authorize/resume")):
            for value in dict(pairs).get("state", "").split():
                self._note("address of a login", value)

    def _note_pairs(self, pairs: list[tuple[str, str]]) -> None:
        for name, value in pairs:
            if name in _FIELDS:
                self._note(name, value)

    def _note(self, kind: str, value: str) -> None:
        for part in _parts(value):
            if len(part) > _LONGEST_ORDINARY_WORD:
                self.secrets[part] = kind


def _parts(value: str) -> Iterator[str]:
    """The value itself; of a token in three parts also the last, which is what nobody could guess.

    The first of a refresh token names its grant, as access tokens and the database do.
    """
    yield value
    pieces = value.split(".")
    if len(pieces) == 3:
        yield pieces[2]
