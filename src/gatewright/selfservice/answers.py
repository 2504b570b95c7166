"""Answers of this room: JSON, a plain sentence, and refusals in the database shape. Nobody keeps them."""

import orjson
from starlette.responses import Response

from gatewright.kernel.errors import GatewrightError, TooMany, Unavailable
from gatewright.selfservice.errors import (
    Busy,
    DatabaseRefusal,
    MalformedRequest,
    TooManyAttempts,
    TooManyRequests,
)

_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def json_answer(body: object, status: int = 200) -> Response:
    """A JSON body."""
    return Response(orjson.dumps(body), status, _HEADERS, "application/json")


def sentence(text: str) -> Response:
    """A sentence for people, of the content type by which the wire's libraries know it; no markup in it."""
    return Response(text, 200, _HEADERS, "text/html; charset=utf-8")


def refusal(
    error: GatewrightError, *, now: int, too_many: type[TooManyRequests] = TooManyRequests
) -> Response:
    """The answer that tells of ``error``; ``now`` is seconds UTC, ``too_many`` how a limit is told of."""
    told = _in_our_words(error, too_many)
    response = json_answer(told.body(), told.status)
    if isinstance(told, TooManyRequests | Busy):
        response.headers["retry-after"] = str(told.retry_after)
    if isinstance(told, TooManyRequests):
        response.headers["x-ratelimit-limit"] = str(told.limit)
        response.headers["x-ratelimit-remaining"] = "0"
        response.headers["x-ratelimit-reset"] = str(now + told.retry_after)
    return response


def _in_our_words(error: GatewrightError, too_many: type[TooManyRequests]) -> DatabaseRefusal:
    if isinstance(error, DatabaseRefusal):
        return error
    if isinstance(error, TooMany):
        words = "Too many attempts." if too_many is TooManyAttempts else "Too many requests."
        return too_many(words, retry_after=error.retry_after, limit=error.limit)
    if isinstance(error, Unavailable):
        return Busy(error.message, retry_after=error.retry_after)
    return MalformedRequest(error.message)
