"""THE LIST of grants.

A new one is a file here, a line in this list and a line where ``app`` builds them.
"""

from gatewright.oauth.grants.authorization_code import AuthorizationCodeGrant
from gatewright.oauth.grants.client_credentials import ClientCredentialsGrant
from gatewright.oauth.grants.grant import Grant
from gatewright.oauth.grants.one_time_code import OneTimeCodeGrant
from gatewright.oauth.grants.password import PasswordGrant, PasswordRealmGrant
from gatewright.oauth.grants.refresh_token import RefreshTokenGrant

GRANT_TYPES: tuple[str, ...] = tuple(
    kind.grant_type
    for kind in (
        AuthorizationCodeGrant,
        RefreshTokenGrant,
        ClientCredentialsGrant,
        PasswordGrant,
        PasswordRealmGrant,
        OneTimeCodeGrant,
    )
)

__all__ = [
    "GRANT_TYPES",
    "AuthorizationCodeGrant",
    "ClientCredentialsGrant",
    "Grant",
    "OneTimeCodeGrant",
    "PasswordGrant",
    "PasswordRealmGrant",
    "RefreshTokenGrant",
]
