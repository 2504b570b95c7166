"""The door: resolves a name once, judges what it leads to, and connects to exactly that.

Each request has a connection of its own, so that none is ever shared between two names that lead to one
address. No redirect is followed, no proxy of the environment asked, no cookie kept.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Any
from urllib.parse import SplitResult

import httpx2

from gatewright.outbound.model import (
    OutboundAnswer,
    OutboundRefused,
    OutboundRequest,
    OutboundUnreachable,
)
from gatewright.outbound.policy import OutboundPolicy

SECONDS = 15.0
"""For a whole request: the name, the connection, and the last byte of the answer."""

LARGEST_ANSWER = 1_048_576
MOST_ADDRESSES = 4
"""How many of a host's addresses are tried one after the other."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port → addresses. Raises ``OSError``."""

_IS_OURS = frozenset({"host", "connection", "accept-encoding", "content-length", "transfer-encoding"})


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver knows, each once, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def trusted() -> ssl.SSLContext:
    """Certificates are checked against the roots of the system, or of ``SSL_CERT_FILE``."""
    return ssl.create_default_context()


class OutboundDoor:
    """Sends requests where ``policy`` lets them go."""

    def __init__(
        self, policy: OutboundPolicy, *, seconds: float = SECONDS, resolve: Resolve = resolve
    ) -> None:
        self._policy = policy
        self._seconds = seconds
        self._resolve = resolve

    async def send(self, request: OutboundRequest) -> OutboundAnswer:
        """See ``Sending.send``."""
        parts = self._policy.check_url(request.url)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._to_any(request, parts, await self._addresses(parts))
        except TimeoutError:
            raise OutboundUnreachable(f"no whole answer within {self._seconds:g} seconds") from None

    async def _addresses(self, parts: SplitResult) -> list[str]:
        """Those addresses of the host that may be asked. Raises ``OutboundRefused`` when none may."""
        host, allowed, refusals = parts.hostname or "", [], []
        try:
            found = await self._resolve(host, _port(parts))
        except (OSError, UnicodeError) as error:
            raise OutboundUnreachable(f"{host} has no address: {error}") from None
        for text in found:
            try:
                allowed.append(self._policy.check_address(parts, text))
            except OutboundRefused as refusal:
                refusals.append(refusal)
        if not allowed:
            raise refusals[0] if refusals else OutboundUnreachable(f"{host} has no address")
        return allowed[:MOST_ADDRESSES]

    async def _to_any(
        self, request: OutboundRequest, parts: SplitResult, addresses: Sequence[str]
    ) -> OutboundAnswer:
        trouble = ""
        for address in addresses:
            try:
                return await _asked(request, parts, address)
            except httpx2.ConnectError as error:  # nothing was sent yet
                trouble = str(error) or type(error).__name__
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
                raise OutboundUnreachable(_words(error)) from None
        raise OutboundUnreachable(f"no connection with {parts.hostname}: {trouble}")


async def _asked(request: OutboundRequest, parts: SplitResult, address: str) -> OutboundAnswer:
    transport = httpx2.AsyncHTTPTransport(verify=trusted(), trust_env=False, http2=False)
    async with (
        httpx2.AsyncClient(
            transport=transport, trust_env=False, follow_redirects=False, timeout=None
        ) as client,
        client.stream(
            request.method,
            _pinned(parts, address),
            headers=_headers(request, parts),
            content=request.content,
            extensions=_name_to_prove(parts),
        ) as response,
    ):
        content = await _content(response)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return OutboundAnswer(response.status_code, headers, content)


async def _content(response: httpx2.Response) -> bytes:
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise OutboundUnreachable(f"the answer has more than {LARGEST_ANSWER} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _pinned(parts: SplitResult, address: str) -> str:
    """The URL with the address in the place of the name."""
    host = f"[{address}]" if ":" in address else address
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}:{_port(parts)}{parts.path or '/'}{query}"


def _headers(request: OutboundRequest, parts: SplitResult) -> dict[str, str]:
    kept = {name: value for name, value in request.headers.items() if name.lower() not in _IS_OURS}
    given = {name.lower() for name in kept}
    usual = {"User-Agent": "Gatewright", "Accept": "*/*"}
    ours = {"Host": parts.netloc, "Accept-Encoding": "identity", "Connection": "close"}
    return {name: value for name, value in usual.items() if name.lower() not in given} | kept | ours


def _name_to_prove(parts: SplitResult) -> dict[str, Any]:
    """Whom the certificate must name, and whom the handshake asks for: not the address."""
    return {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
