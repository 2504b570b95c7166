"""Refusals of the management API in the wire's shape: ``{statusCode, error, message, errorCode}``."""

from http import HTTPStatus
from typing import ClassVar

from gatewright.kernel.errors import (
    Conflict,
    Forbidden,
    GatewrightError,
    Invalid,
    NotFound,
    TooMany,
    Unavailable,
)
from gatewright.provisioning import InvalidFile
from gatewright.users import UserExists


class Refusal(GatewrightError):
    """What a caller is told: ``status`` and the wire's ``errorCode``, "" for none."""

    status: ClassVar[int] = 400
    code: str = ""

    @property
    def reason(self) -> str:
        """The words of the status."""
        return HTTPStatus(self.status).phrase


class InvalidBody(Refusal):
    """The body is no JSON object, or a field of it is unknown, missing, or breaks a rule."""

    code = "invalid_body"


class InvalidQuery(Refusal):
    """A parameter of the query is unknown, repeated, or out of its range."""

    code = "invalid_query_string"


class InvalidPath(Refusal):
    """An id in the path is no text that an id could be."""

    code = "invalid_uri"


class Unauthorized(Refusal):
    """No access token came, or one that is not in force for the management API."""

    status = 401


class InsufficientScope(Refusal):
    """The access token has none of the scopes that the endpoint asks for."""

    status = 403
    code = "insufficient_scope"


class NotSupported(Refusal):
    """The thing belongs to the system, or cannot be done to a thing of this kind."""

    status = 403
    code = "operation_not_supported"


class Inexistent(Refusal):
    """Nothing of the kind has this id; ``errorCode`` names the kind, as ``inexistent_client``."""

    status = 404

    def __init__(self, kind: str) -> None:
        super().__init__(f"The {kind.replace('_', ' ')} does not exist.")
        self.code = f"inexistent_{kind}"


class NoSuchAddress(Refusal):
    """The management API has no such address."""

    status = 404


class WrongMethod(Refusal):
    """The address answers other methods, which ``Allow`` lists."""

    status = 405


class Exists(Refusal):
    """One like it is there already; ``errorCode`` names the kind, as ``client_grant_conflict``."""

    status = 409

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.code = f"{kind}_conflict"


class UserTaken(Refusal):
    """A user with that id or identifier is there already."""

    status = 409
    code = "auth0_idp_error"  # what programs that make users look for


class Contended(Refusal):
    """The tenant was changed by others at the same time; try again."""

    status = 409
    code = "conflict"


class Changed(Refusal):
    """``If-Match`` names a state that the thing is in no more."""

    status = 412
    code = "precondition_failed"


class NoJson(Refusal):
    """The content type of the body is not ``application/json``."""

    status = 415
    code = "unsupported_media_type"


class NoForm(Refusal):
    """The content type of the body is not ``multipart/form-data``."""

    status = 415
    code = "unsupported_media_type"


class TooLarge(Refusal):
    """The body has more bytes than are read."""

    status = 413
    code = "payload_too_large"


class TooManyCalls(Refusal):
    """One caller asked more often than the server lets it; ``Retry-After`` says when to go on."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int, limit: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.limit = limit


class Busy(Refusal):
    """The platform cannot serve right now; ``Retry-After`` says when to try again."""

    status = 503
    code = "temporarily_unavailable"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Accident(Refusal):
    """Something went wrong here; the log has it under the number that the message names."""

    status = 500


_MOST_PROBLEMS_TOLD = 10


def as_refusal(error: GatewrightError) -> Refusal:
    """The refusal that tells of an error of any room."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, InvalidFile):
        return InvalidBody("; ".join(map(str, error.problems[:_MOST_PROBLEMS_TOLD])))
    if isinstance(error, TooMany):
        return TooManyCalls("Too many attempts.", retry_after=error.retry_after, limit=error.limit)
    if isinstance(error, Unavailable):
        return Busy(error.message, retry_after=error.retry_after)
    return _of_kind(error)


def _of_kind(error: GatewrightError) -> Refusal:
    for kind, refusal in _BY_KIND:
        if isinstance(error, kind):
            return refusal(error.message)
    return InvalidBody(error.message)


_BY_KIND: tuple[tuple[type[GatewrightError], type[Refusal]], ...] = (
    (NotFound, NoSuchAddress),
    (UserExists, UserTaken),
    (Conflict, Contended),
    (Forbidden, NotSupported),
    (Invalid, InvalidBody),
)
