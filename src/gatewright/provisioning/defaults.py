"""What is meant where an entry says nothing and the default depends on something else it says."""

from collections.abc import Mapping

from gatewright.clients.model import AuthMethod
from gatewright.provisioning.document import ApiEntry, ClientEntry
from gatewright.provisioning.reading import Entry

_BY_CODE = ("authorization_code", "refresh_token")
GRANT_TYPES_BY_APP_TYPE: Mapping[str, tuple[str, ...]] = {
    "native": _BY_CODE,
    "spa": _BY_CODE,
    "regular_web": _BY_CODE,
    "non_interactive": ("client_credentials",),
}


def grant_types(entry: Entry[ClientEntry]) -> tuple[str, ...]:
    """The grant types listed, or those usual for the type of application."""
    written = "grant_types" in entry.given
    return entry.value.grant_types if written else GRANT_TYPES_BY_APP_TYPE[entry.value.app_type]


def auth_method(entry: Entry[ClientEntry]) -> AuthMethod:
    """The method chosen; applications that run in a person's hands keep no secret."""
    if "token_endpoint_auth_method" in entry.given:
        return entry.value.token_endpoint_auth_method
    return "none" if entry.value.app_type in ("spa", "native") else "client_secret_post"


def web_lifetime(entry: Entry[ApiEntry]) -> int:
    """``token_lifetime_for_web``; left out, it is the usual one, or ``token_lifetime`` if that is shorter."""
    api = entry.value
    written = "token_lifetime_for_web" in entry.given
    return api.token_lifetime_for_web if written else min(api.token_lifetime_for_web, api.token_lifetime)
