"""The one outbound door of the guard: GET, capped in size and time, no redirects.

Asynchronous code goes through httpx2 where it is installed (extra ``fetch``), and else through a thread.
"""

import asyncio
import time
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gatewright_guard._discovery import MAX_DOCUMENT

TIMEOUT = 5
"""Seconds one document may take in all."""

_CHUNK = 16 * 1024
_OK = 200
_HEADERS = {"Accept": "application/json", "User-Agent": "gatewright-guard"}


class FetchFailed(Exception):
    """No usable answer; the message says what came instead."""


async def fetch(url: str) -> bytes:
    """The body of ``url``. Raises ``FetchFailed``, ``TimeoutError`` or the client's own errors."""
    async with asyncio.timeout(TIMEOUT):
        if find_spec("httpx2") is None:
            return await asyncio.to_thread(fetch_sync, url)
        # Imported at the first fetch: it costs more than starting all the rest of the guard.
        door = await asyncio.to_thread(import_module, "gatewright_guard._fetch_httpx2")
        return await _capped(door, url)


def fetch_sync(url: str) -> bytes:
    """As ``fetch``, blocking."""
    # The URL was checked to be http(s) (``check_url``), and the opener follows it nowhere else.
    deadline = time.monotonic() + TIMEOUT
    try:
        with _OPENER.open(Request(url, headers=_HEADERS), timeout=TIMEOUT) as answer:  # noqa: S310
            _check_status(url, answer.status)
            return _read(answer, deadline)
    except HTTPError as error:
        error.close()
        raise FetchFailed(f"{url} answered {error.code}, expected 200") from None


async def _capped(door: Any, url: str) -> bytes:
    status, body = await door.get(url, _HEADERS, MAX_DOCUMENT)
    _check_status(url, status)
    return bytes(body)


def _check_status(url: str, status: int) -> None:
    if status != _OK:
        raise FetchFailed(f"{url} answered {status}, expected 200")


def _read(answer: Any, deadline: float) -> bytes:
    body = b""
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MAX_DOCUMENT:
            break  # one chunk too many: whoever parses it refuses it
        if time.monotonic() > deadline:
            raise FetchFailed(f"the answer took longer than {TIMEOUT} seconds")
    return body


class _StayHere(HTTPRedirectHandler):
    """A redirect is an answer like any other that is not 200."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follows nothing."""


_OPENER = build_opener(_StayHere)
