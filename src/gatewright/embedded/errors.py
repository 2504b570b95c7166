"""Refusals that only embedded login knows."""

from gatewright.oauth.errors import OAuthError, UnauthorizedClient


class CrossOriginNotAllowed(UnauthorizedClient):
    """The page's origin, or the client, may not bring passwords; the text says what to change."""

    status = 403


class UnsupportedCredentialType(OAuthError):
    """No such credential type here."""

    code = "unsupported_credential_type"
