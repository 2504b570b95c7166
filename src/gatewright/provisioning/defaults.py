"""What is meant where an entry says nothing and the default depends on something else it says."""

from collections.abc import Mapping

import msgspec

from gatewright.clients import LEGACY_GRANT_TYPES, JwtConfiguration
from gatewright.clients.model import AuthMethod
from gatewright.provisioning.entry_kinds import ApiEntry, ClientEntry
from gatewright.provisioning.reading import Entry

_BY_CODE = ("authorization_code", "refresh_token")
GRANT_TYPES_BY_APP_TYPE: Mapping[str, tuple[str, ...]] = {
    "native": _BY_CODE,
    "spa": _BY_CODE,
    "regular_web": _BY_CODE,
    "non_interactive": ("client_credentials",),
}

GRANT_TYPES_OF_LEGACY = ("implicit", *LEGACY_GRANT_TYPES)
"""What applications of the legacy pipeline were built on, beside what is usual for their type."""


def grant_types(entry: Entry[ClientEntry]) -> tuple[str, ...]:
    """The grant types listed, or those usual for the type of application and its pipeline."""
    if "grant_types" in entry.given:
        return entry.value.grant_types
    usual = GRANT_TYPES_BY_APP_TYPE[entry.value.app_type]
    return usual if entry.value.oidc_conformant else (*usual, *GRANT_TYPES_OF_LEGACY)


def jwt_configuration(entry: Entry[ClientEntry]) -> JwtConfiguration:
    """How its id_tokens are signed: in the legacy pipeline by HS256, unless the file says otherwise."""
    written = entry.value.jwt_configuration
    if entry.value.oidc_conformant or "jwt_configuration.alg" in entry.inner:
        return written
    return msgspec.structs.replace(written, alg="HS256")


def auth_method(entry: Entry[ClientEntry]) -> AuthMethod:
    """The method chosen; applications that run in a person's hands keep no secret."""
    if entry.value.client_authentication_methods is not None:
        return "client_secret_post"  # what it goes back to
    if "token_endpoint_auth_method" in entry.given:
        return entry.value.token_endpoint_auth_method
    return "none" if entry.value.app_type in ("spa", "native") else "client_secret_post"


def web_lifetime(entry: Entry[ApiEntry]) -> int:
    """``token_lifetime_for_web``; left out, it is the usual one, or ``token_lifetime`` if that is shorter."""
    api = entry.value
    written = "token_lifetime_for_web" in entry.given
    return api.token_lifetime_for_web if written else min(api.token_lifetime_for_web, api.token_lifetime)
