"""Requests for a single layer: a scope, and what the layer sends."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Scope

Headers = Iterable[tuple[str, str]]


def scope_of(
    method: str = "GET",
    path: str = "/",
    *,
    query: bytes = b"",
    headers: Headers = (),
    client: str = "192.0.2.1",
) -> Scope:
    """The scope of a request as a server makes it."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": (client, 4_000),
    }


def request_of(scope: Scope, *chunks: bytes) -> Request:
    """A request whose body comes in these chunks."""
    waiting = list(chunks)

    async def receive() -> Message:
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    return Request(scope, receive)


async def sent_by(app: ASGIApp, scope: Scope) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer."""
    messages: list[Any] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start, *rest = messages
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return start["status"], headers, b"".join(message.get("body", b"") for message in rest)
