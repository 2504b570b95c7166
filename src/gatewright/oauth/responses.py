"""Answers of the JSON endpoints: success and refusal, never cached (RFC 6749 §5.1, §5.2)."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response

from gatewright.kernel.errors import GatewrightError, Invalid, TooMany, Unavailable
from gatewright.oauth.errors import InvalidClient, InvalidRequest, InvalidToken, OAuthError, TooManyAttempts

NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
_JSON = "application/json"


def json_answer(body: Mapping[str, object], status: int = 200) -> Response:
    """A JSON body that nobody keeps."""
    return Response(orjson.dumps(body), status, NO_STORE, _JSON)


def refusal(error: GatewrightError, *, now: int) -> Response:
    """The answer that tells of ``error`` in the protocol's own shape.

    Errors of other rooms are told in the nearest word of the protocol. ``now`` is seconds UTC.
    """
    told = _in_protocol_words(error)
    body = {"error": told.code, "error_description": told.description}
    response = json_answer(body, told.status)
    if isinstance(told, InvalidClient) and told.used_basic:
        response.headers["www-authenticate"] = 'Basic realm="clients", charset="UTF-8"'
    if isinstance(told, TooManyAttempts | _Unavailable):
        response.headers["retry-after"] = str(told.retry_after)
    if isinstance(told, TooManyAttempts):
        response.headers["x-ratelimit-limit"] = str(told.limit)
        response.headers["x-ratelimit-remaining"] = "0"
        response.headers["x-ratelimit-reset"] = str(now + told.retry_after)
    return response


def bearer_refusal(error: OAuthError, *, realm: str = "Users") -> Response:
    """The answer of a protected resource (RFC 6750 §3)."""
    challenge = f'Bearer realm="{realm}"'
    if not isinstance(error, InvalidToken) or error.detail != "absent":
        challenge += f', error="{error.code}", error_description="{error.description}"'
    response = json_answer({"error": error.code, "error_description": error.description}, error.status)
    response.headers["www-authenticate"] = challenge
    return response


def _in_protocol_words(error: GatewrightError) -> OAuthError:
    if isinstance(error, OAuthError):
        return error
    if isinstance(error, TooMany):
        return TooManyAttempts("Too many attempts.", retry_after=error.retry_after, limit=error.limit)
    if isinstance(error, Unavailable):
        return _Unavailable(error.message, retry_after=error.retry_after)
    return InvalidRequest(error.message if isinstance(error, Invalid) else "The request cannot be served.")


class _Unavailable(OAuthError):
    """The platform cannot serve right now; try again."""

    code = "temporarily_unavailable"
    status = 503

    def __init__(self, description: str, *, retry_after: int) -> None:
        super().__init__(description)
        self.retry_after = retry_after
