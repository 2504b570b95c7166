"""The last line: what no endpoint answered for becomes an answer, accidents a log entry."""

import json

import pytest
import structlog
from starlette.types import Receive, Scope, Send
from tests.web.asgi import scope_of, sent_by

from gatewright.kernel.errors import (
    Conflict,
    Forbidden,
    GatewrightError,
    Invalid,
    NotFound,
    TooMany,
    Unavailable,
)
from gatewright.web.problems import Problems

pytestmark = pytest.mark.anyio


def raising(error: Exception, *, after_start: bool = False) -> Problems:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if after_start:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    return Problems(app)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid("no"), 400, "invalid_request"),
        (NotFound("no"), 404, "invalid_request"),
        (Conflict("no"), 409, "invalid_request"),
        (Forbidden("no"), 403, "invalid_request"),
        (TooMany("no", retry_after=7, limit=1), 429, "too_many_attempts"),
        (Unavailable("no", retry_after=7), 503, "temporarily_unavailable"),
    ],
)
async def test_errors_of_the_house(error: GatewrightError, status: int, code: str) -> None:
    """Each error of the house has its status, and its message is told."""
    found, headers, body = await sent_by(raising(error), scope_of())
    assert found == status
    assert json.loads(body) == {"error": code, "error_description": "no"}
    assert headers["cache-control"] == "no-store"
    assert headers.get("retry-after") == ("7" if status in (429, 503) else None)


async def test_detail_stays_inside() -> None:
    """What is for the log alone is not told."""
    _, _, body = await sent_by(raising(Invalid("public", detail="private")), scope_of())
    assert b"private" not in body


async def test_accident() -> None:
    """An accident is a 500 that tells nothing, and a log entry that tells all."""
    with structlog.testing.capture_logs() as logs:
        status, _, body = await sent_by(raising(RuntimeError("a secret in the message")), scope_of(path="/x"))
    assert status == 500
    assert json.loads(body)["error"] == "server_error"
    assert b"secret" not in body
    (entry,) = [entry for entry in logs if entry["event"] == "accident"]
    assert entry["path"] == "/x"
    assert isinstance(entry["exc_info"], RuntimeError)


async def test_accident_in_the_middle_of_an_answer() -> None:
    """When the answer is under way the connection breaks instead of lying."""
    with pytest.raises(RuntimeError, match="late"):
        await sent_by(raising(RuntimeError("late"), after_start=True), scope_of())


async def test_other_protocols_pass() -> None:
    """What is not a request is passed on."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await Problems(app)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
