"""The drawn family of errors that every room may raise.

    GatewrightError
    ├── NotFound      the thing named does not exist (for this tenant)
    ├── Conflict      it exists already, or was changed by somebody else meanwhile
    ├── Invalid       the input breaks a rule; says which, where, and what is wanted
    ├── Forbidden     understood, and refused
    ├── TooMany       refused for now; says when to try again
    └── Unavailable   cannot be served now; says when to try again

The message is public. Detail for the log alone goes into ``detail``.
"""


class GatewrightError(Exception):
    """Any refusal that the caller is to be told about."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class NotFound(GatewrightError):
    """The thing named does not exist."""


class Conflict(GatewrightError):
    """It exists already, or was changed by somebody else meanwhile."""


class Invalid(GatewrightError):
    """The input breaks a rule. ``path`` says where, as in ``clients[0].callbacks[1]``."""

    def __init__(self, message: str, *, path: str = "", detail: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message, detail=detail)
        self.path = path


class Forbidden(GatewrightError):
    """Understood, and refused."""


class TooMany(GatewrightError):
    """More than ``limit`` of something; try again after ``retry_after`` seconds."""

    def __init__(self, message: str, *, retry_after: int, limit: int, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after
        self.limit = limit


class Unavailable(GatewrightError):
    """Cannot be served now; try again after ``retry_after`` seconds."""

    def __init__(self, message: str, *, retry_after: int = 1, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after
