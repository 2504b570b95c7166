"""NOUN floor: applications that ask for tokens.

Owns what a client is, what it may ask and where it may be sent back to, and its secrets.
Does not own what a client may do with an API: that is ``apis``.
"""

from gatewright.clients.credentials import (
    AuthenticationMethods,
    ClientCredential,
    CredentialSettings,
    PrivateKeyJwt,
)
from gatewright.clients.legacy_grants import (
    DELEGATION_BY_ID_TOKEN,
    DELEGATION_BY_REFRESH_TOKEN,
    LEGACY_GRANT_TYPES,
    RESOURCE_OWNER,
    RESOURCE_OWNER_BY_ID_TOKEN,
    SOCIAL_ACCESS_TOKEN,
)
from gatewright.clients.model import Client, ClientSettings, JwtConfiguration, RefreshTokenSettings
from gatewright.clients.secrets import ClientSecret, secret_matches
from gatewright.clients.service import Clients
from gatewright.clients.store import ClientStore

__all__ = [
    "DELEGATION_BY_ID_TOKEN",
    "DELEGATION_BY_REFRESH_TOKEN",
    "LEGACY_GRANT_TYPES",
    "RESOURCE_OWNER",
    "RESOURCE_OWNER_BY_ID_TOKEN",
    "SOCIAL_ACCESS_TOKEN",
    "AuthenticationMethods",
    "Client",
    "ClientCredential",
    "ClientSecret",
    "ClientSettings",
    "ClientStore",
    "Clients",
    "CredentialSettings",
    "JwtConfiguration",
    "PrivateKeyJwt",
    "RefreshTokenSettings",
    "secret_matches",
]
