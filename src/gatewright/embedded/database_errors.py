"""Refusals in the shape of the wire's database endpoints: name, code, description, statusCode (§2.0)."""

from starlette.responses import Response

from gatewright.connections import NoDatabase
from gatewright.kernel.errors import GatewrightError, TooMany, Unavailable
from gatewright.login.password_proof import PersonBlocked, WrongCredentials
from gatewright.oauth.errors import OAuthError
from gatewright.oauth.responses import json_answer


def described(error: GatewrightError) -> tuple[int, str, str, str]:
    """Status, name, code and words of an error, in those that the wire's libraries look for."""
    if isinstance(error, WrongCredentials):
        return 401, "ValidationError", "invalid_user_password", error.message
    if isinstance(error, PersonBlocked):
        return 401, "ValidationError", "unauthorized", "user is blocked"
    if isinstance(error, TooMany):
        return 429, "TooManyRequestsError", "too_many_attempts", "Too many attempts."
    if isinstance(error, Unavailable):
        return 503, "ServiceUnavailableError", "temporarily_unavailable", error.message
    if isinstance(error, NoDatabase):
        return 400, "BadRequestError", "invalid_connection", error.message
    if isinstance(error, OAuthError):
        name = "ForbiddenError" if error.status == 403 else "BadRequestError"
        return error.status, name, error.code, error.description
    return 400, "BadRequestError", "invalid_request", error.message


def refusal(error: GatewrightError, *, now: int) -> Response:
    """The answer that tells of ``error``. ``now`` is seconds UTC."""
    status, name, code, description = described(error)
    body = {"name": name, "code": code, "description": description, "statusCode": status}
    response = json_answer(body, status)
    if isinstance(error, TooMany | Unavailable):
        response.headers["retry-after"] = str(error.retry_after)
    if isinstance(error, TooMany):
        response.headers["x-ratelimit-limit"] = str(error.limit)
        response.headers["x-ratelimit-remaining"] = "0"
        response.headers["x-ratelimit-reset"] = str(now + error.retry_after)
    return response
