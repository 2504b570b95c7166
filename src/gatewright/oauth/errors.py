"""Refusals of the protocol. Status, wire code and the challenge are data on the class.

OAuthError
├── InvalidRequest          400 invalid_request
│   └── InvitationRefused   400 invalid_request
├── InvalidClient           401 invalid_client
├── InvalidGrant            400 invalid_grant
├── InvalidScope            400 invalid_scope
├── UnauthorizedClient      400 unauthorized_client
│   └── ClientNotServed     403 unauthorized_client
├── UnsupportedGrantType    400 unsupported_grant_type
├── UnsupportedResponseType 400 unsupported_response_type
├── UnsupportedTokenType    400 unsupported_token_type  (RFC 7009 §2.2.1)
├── AccessDenied            403 access_denied
├── Unauthorized            401 unauthorized
├── InvalidUserPassword     401 invalid_user_password
├── EndpointDisabled        404 endpoint_disabled
├── InvalidToken            401 invalid_token           (RFC 6750 §3.1)
├── InsufficientScope       403 insufficient_scope
├── LoginRequired · ConsentRequired · InteractionRequired   (OIDC Core §3.1.2.6)
├── RequestNotSupported · RequestUriNotSupported · RegistrationNotSupported
└── TooManyAttempts         429 too_many_attempts

ShownError                  the browser stays here: client or redirect URI cannot be trusted yet
"""

import re
from typing import ClassVar

from gatewright.clients import Client
from gatewright.kernel.errors import GatewrightError

_UNWANTED = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


class OAuthError(GatewrightError):
    """A refusal with a wire code; ``description`` is cleaned to what RFC 6749 §5.2 allows."""

    code: ClassVar[str] = "server_error"
    status: ClassVar[int] = 400

    def __init__(self, description: str, *, detail: str = "") -> None:
        super().__init__(_UNWANTED.sub("'", description), detail=detail)

    @property
    def description(self) -> str:
        """The public words."""
        return self.message


class InvalidRequest(OAuthError):
    """A parameter is missing, repeated or malformed."""

    code = "invalid_request"


class InvitationRefused(InvalidRequest):
    """An invitation was used already, is too old, or is somebody else's."""


class InvalidClient(OAuthError):
    """The client did not prove who it is.

    ``used_basic``: it tried in the ``Authorization`` header, so the answer challenges (RFC 6749 §5.2).
    To others the challenge would only hide our words: client libraries stop reading at it.
    """

    code = "invalid_client"
    status = 401

    def __init__(self, description: str, *, detail: str = "", used_basic: bool = False) -> None:
        super().__init__(description, detail=detail)
        self.used_basic = used_basic


class InvalidGrant(OAuthError):
    """The code or token is unknown, spent, expired or somebody else's, or the password proves nobody."""

    code = "invalid_grant"


class InvalidScope(OAuthError):
    """The scope is malformed or wider than what was granted."""

    code = "invalid_scope"


class UnauthorizedClient(OAuthError):
    """The client may not use this grant."""

    code = "unauthorized_client"


class ClientNotServed(UnauthorizedClient):
    """The client is unknown, or may not use ``/oauth/ro`` and ``/oauth/access_token``."""

    status = 403


class UnsupportedGrantType(OAuthError):
    """No such grant here."""

    code = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    """No such response type here."""

    code = "unsupported_response_type"


class UnsupportedTokenType(OAuthError):
    """A token of this kind cannot be revoked."""

    code = "unsupported_token_type"


class AccessDenied(OAuthError):
    """Refused by the user, by policy, or because the API is not open to the client."""

    code = "access_denied"
    status = 403


class Unauthorized(OAuthError):
    """The id_token sent to a legacy endpoint opens nothing, or its user is blocked."""

    code = "unauthorized"
    status = 401


class InvalidUserPassword(OAuthError):
    """What a person typed into an application of the legacy pipeline proves nobody."""

    code = "invalid_user_password"
    status = 401


class EndpointDisabled(OAuthError):
    """The tenant switched this endpoint off."""

    code = "endpoint_disabled"
    status = 404


class InvalidToken(OAuthError):
    """The access token is unknown, expired, revoked or malformed."""

    code = "invalid_token"
    status = 401


class InsufficientScope(OAuthError):
    """The access token does not reach this far."""

    code = "insufficient_scope"
    status = 403


class LoginRequired(OAuthError):
    """The person would have to sign in, and may not be asked."""

    code = "login_required"


class ConsentRequired(OAuthError):
    """The person would have to agree, and may not be asked."""

    code = "consent_required"


class InteractionRequired(OAuthError):
    """The person would have to do something, and may not be asked."""

    code = "interaction_required"


class RequestNotSupported(OAuthError):
    """Request objects by value are not supported."""

    code = "request_not_supported"


class RequestUriNotSupported(OAuthError):
    """Request objects by reference are not supported."""

    code = "request_uri_not_supported"


class RegistrationNotSupported(OAuthError):
    """The ``registration`` parameter is not supported."""

    code = "registration_not_supported"


class TooManyAttempts(OAuthError):
    """More than ``limit`` wrong attempts; try again after ``retry_after`` seconds."""

    code = "too_many_attempts"
    status = 429

    def __init__(self, description: str, *, retry_after: int, limit: int) -> None:
        super().__init__(description)
        self.retry_after = retry_after
        self.limit = limit


class ShownError(GatewrightError):
    """Told to the person in the browser, never by redirect.

    ``facts`` are pairs of label and value; ``change`` says what to do.
    ``client`` is whose request it was, where that is known; ``detail`` is for the record alone.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        facts: tuple[tuple[str, str], ...] = (),
        change: str = "",
        client: Client | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(message, detail=detail)
        self.code = code
        self.facts = facts
        self.change = change
        self.client = client
