"""Why a request was refused, and how to answer it.

    GuardError
    ├── MissingToken            401  no credentials were sent
    ├── InvalidRequest          400  the Authorization header cannot be read
    ├── InvalidToken            401  a token was sent, and is refused
    │   ├── MalformedToken           not a signed JWT in compact form
    │   ├── OpaqueToken              a reference only its issuer can read
    │   ├── EncryptedToken           a JWE
    │   ├── WrongType                a JWT for another purpose
    │   │   └── IdTokenSent          an id_token in place of an access token
    │   ├── WrongAlgorithm           signed in a way this API does not accept
    │   ├── UnknownKey               signed by a key the issuer does not publish
    │   ├── BadSignature             altered, or signed by somebody else
    │   ├── WrongIssuer · WrongAudience · MissingClaim
    │   ├── TokenExpired · TokenNotYetValid
    │   └── BoundToken               needs a proof of possession that a bearer request lacks
    ├── InsufficientScope       403  a good token that may not do this
    └── KeysUnavailable         503  the issuer's keys cannot be had just now

The message is public and goes into the answer; the diagnosis is longer, and meant for the log.
Neither ever contains the token.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

# RFC 6750 §3: what an error_description may contain, so that it needs no escaping.
_UNSAFE = {ord('"'): "'", ord("\\"): "/"}
_MAX_DESCRIPTION = 400


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen, what was expected, and what to change; one plain sentence each."""

    seen: str
    expected: str
    change: str

    def __str__(self) -> str:
        return f"seen: {self.seen}; expected: {self.expected}; change: {self.change}"


class GuardError(Exception):
    """Any refusal; it knows its HTTP answer.

    ``status`` is the HTTP status, ``error`` the wire's code (RFC 6750 §3.1; empty when no credentials
    were sent), ``code`` a finer and stable name of the cause, ``message`` is public.
    """

    status: ClassVar[int] = 401
    error: ClassVar[str] = ""
    code: ClassVar[str] = ""

    def __init__(self, message: str, diagnosis: Diagnosis) -> None:
        super().__init__(message)
        self.message = message
        self.diagnosis = diagnosis

    @property
    def www_authenticate(self) -> str:
        """The value of ``WWW-Authenticate`` (RFC 6750 §3), or empty when the answer has none."""
        parameters = ", ".join(f'{name}="{value}"' for name, value in self._challenge())
        return f"Bearer {parameters}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers of the answer as (name, value) pairs."""
        return (("WWW-Authenticate", self.www_authenticate), ("Cache-Control", "no-store"))

    @property
    def body(self) -> dict[str, str]:
        """The members of the JSON answer: ``error`` and ``error_description``."""
        return {"error": self.error or self.code, "error_description": describable(self.message)}

    def _challenge(self) -> Iterable[tuple[str, str]]:
        yield "realm", "api"
        if self.error:
            yield "error", self.error
            yield "error_description", describable(self.message)


class MissingToken(GuardError):
    """No bearer token was sent; the challenge carries no error code (RFC 6750 §3.1)."""

    code = "missing_token"


class InvalidRequest(GuardError):
    """The Authorization header is malformed or repeated."""

    status, error, code = 400, "invalid_request", "invalid_request"


class InvalidToken(GuardError):
    """A token was sent and is refused."""

    error, code = "invalid_token", "invalid_token"


class MalformedToken(InvalidToken):
    """Not a signed JWT in compact form (RFC 7515 §7.1, RFC 7519 §7.2)."""

    code = "malformed_token"


class OpaqueToken(InvalidToken):
    """A reference only its issuer can read; mostly because no audience was asked for."""

    code = "opaque_token"


class EncryptedToken(InvalidToken):
    """A JWE: five parts, sealed for somebody else."""

    code = "encrypted_token"


class WrongType(InvalidToken):
    """A JWT of another kind, as its ``typ`` says (RFC 8725 §3.11)."""

    code = "wrong_type"


class IdTokenSent(WrongType):
    """An id_token where an access token belongs."""

    code = "id_token_sent"


class WrongAlgorithm(InvalidToken):
    """Signed with an algorithm that is not expected, or not signed at all."""

    code = "wrong_algorithm"


class UnknownKey(InvalidToken):
    """Signed by a key that is not among the issuer's."""

    code = "unknown_key"


class BadSignature(InvalidToken):
    """The signature does not fit the token."""

    code = "bad_signature"


class WrongIssuer(InvalidToken):
    """Issued by somebody else."""

    code = "wrong_issuer"


class WrongAudience(InvalidToken):
    """Issued for another API."""

    code = "wrong_audience"


class MissingClaim(InvalidToken):
    """A claim that must be there is not."""

    code = "missing_claim"


class TokenExpired(InvalidToken):
    """Its ``exp`` has passed."""

    code = "token_expired"


class TokenNotYetValid(InvalidToken):
    """Its ``nbf`` or ``iat`` lies in the future."""

    code = "token_not_yet_valid"


class BoundToken(InvalidToken):
    """Bound to a key its sender must prove (``cnf``, RFC 7800), and no proof was checked."""

    code = "bound_token"


class InsufficientScope(GuardError):
    """A good token that may not do this. ``scope`` is what would be needed, space-separated."""

    status, error, code = 403, "insufficient_scope", "insufficient_scope"

    def __init__(self, message: str, diagnosis: Diagnosis, *, scope: str) -> None:
        super().__init__(message, diagnosis)
        self.scope = scope

    def _challenge(self) -> Iterable[tuple[str, str]]:
        yield from super()._challenge()
        yield "scope", self.scope


class KeysUnavailable(GuardError):
    """The issuer's keys cannot be had just now; the caller's token may be good."""

    status, error, code = 503, "temporarily_unavailable", "keys_unavailable"

    def __init__(self, message: str, diagnosis: Diagnosis, *, retry_after: int = 5) -> None:
        super().__init__(message, diagnosis)
        self.retry_after = retry_after

    @property
    def www_authenticate(self) -> str:
        """Empty: no other credentials would help."""
        return ""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """``Retry-After`` in seconds."""
        return (("Retry-After", str(self.retry_after)), ("Cache-Control", "no-store"))


def describable(text: str) -> str:
    """``text`` in the characters RFC 6750 §3 allows in an error_description, cut to a bearable length."""
    safe = text.translate(_UNSAFE)
    return "".join(c if " " <= c <= "~" else "?" for c in safe)[:_MAX_DESCRIPTION]
