"""Refusals of own forms, in the wire's database shape. Name, code and status are data on the class.

DatabaseRefusal
├── MalformedRequest     400 invalid_request
├── UnknownApplication   403 unauthorized_client
├── UnknownClient        404 not_found
├── InvalidSignUp        400 invalid_signup
├── UserExists           400 user_exists
├── UsernameExists       400 username_exists
├── WeakPassword         400 invalid_password
├── WrongPassword        404 invalid_user_password
├── BlockedPerson        401 unauthorized
├── TooManyRequests      429 too_many_requests
│   └── TooManyAttempts  429 too_many_attempts
└── Busy                 503 temporarily_unavailable
"""

from collections.abc import Mapping
from typing import ClassVar

from gatewright.kernel.errors import GatewrightError


class DatabaseRefusal(GatewrightError):
    """A refusal with a wire code; the message is public."""

    name: ClassVar[str] = "BadRequestError"
    code: ClassVar[str] = "invalid_request"
    status: ClassVar[int] = 400

    def body(self) -> dict[str, object]:
        """What stands on the wire. ``message`` is the description for libraries that look there."""
        return {
            "name": self.name,
            "code": self.code,
            "description": self.message,
            "message": self.message,
            "statusCode": self.status,
        }


class MalformedRequest(DatabaseRefusal):
    """A field is missing, repeated or malformed, or the connection is none of the application's databases."""


class UnknownApplication(DatabaseRefusal):
    """There is no such client, or this endpoint is not for it."""

    name = "ForbiddenError"
    code = "unauthorized_client"
    status = 403


class UnknownClient(DatabaseRefusal):
    """The address names a client that there is not."""

    name = "NotFoundError"
    code = "not_found"
    status = 404


class InvalidSignUp(DatabaseRefusal):
    """The account cannot be made like this; the description says which field is to blame."""

    code = "invalid_signup"


class UserExists(DatabaseRefusal):
    """The address has an account, and the tenant wants that said."""

    code = "user_exists"


class UsernameExists(DatabaseRefusal):
    """The username is taken."""

    code = "username_exists"


class WeakPassword(DatabaseRefusal):
    """The password does not meet the policy of the database; ``details`` say by which rules."""

    code = "invalid_password"

    def __init__(self, kind: str, message: str, details: Mapping[str, object]) -> None:
        super().__init__(message)
        self._kind = kind
        self._details = details

    def body(self) -> dict[str, object]:
        """The wire's body of that kind of weakness."""
        return {**super().body(), "name": self._kind, **self._details}


class WrongPassword(DatabaseRefusal):
    """Identifier and password do not belong together."""

    name = "NotFoundError"
    code = "invalid_user_password"
    status = 404


class BlockedPerson(DatabaseRefusal):
    """The password is right, and the user is blocked."""

    name = "UnauthorizedError"
    code = "unauthorized"
    status = 401


class TooManyRequests(DatabaseRefusal):
    """More than ``limit`` of these; try again after ``retry_after`` seconds."""

    name = "TooManyRequestsError"
    code = "too_many_requests"
    status = 429

    def __init__(self, message: str, *, retry_after: int, limit: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.limit = limit


class TooManyAttempts(TooManyRequests):
    """More than ``limit`` wrong passwords; try again after ``retry_after`` seconds."""

    code = "too_many_attempts"


class Busy(DatabaseRefusal):
    """The platform cannot serve right now; try again after ``retry_after`` seconds."""

    name = "ServiceUnavailableError"
    code = "temporarily_unavailable"
    status = 503

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
