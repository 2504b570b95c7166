"""A request to ``/oauth/ro``, parsed once (the wire §2.17)."""

from dataclasses import dataclass, field

from gatewright.clients import RESOURCE_OWNER, RESOURCE_OWNER_BY_ID_TOKEN
from gatewright.oauth.errors import InvalidRequest, UnsupportedGrantType
from gatewright.oauth.legacy.calling import needed
from gatewright.oauth.scopes import parse_scope
from gatewright.oauth.vocabulary import JWT_BEARER, PASSWORD
from gatewright.web.parameters import Parameters

LONGEST_DEVICE = 256
_OFFLINE = "offline_access"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed into the application, and the connection that is to recognise them by it.

    ``secret`` is a password, or whatever else the kind of connection takes.
    """

    connection: str
    username: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentIdToken:
    """An id_token that the application had from an earlier sign-in."""

    id_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResourceOwnerRequest:
    """``scopes`` are those asked for; with ``offline_access`` there is a ``device`` to give it to."""

    by: Typed | SentIdToken
    scopes: tuple[str, ...]
    device: str


def read_resource_owner(form: Parameters) -> ResourceOwnerRequest:
    """What the client wants; without ``scope`` that is what ``openid`` gives.

    Raises ``InvalidRequest``, ``UnsupportedGrantType``, ``InvalidScope``.
    """
    _check_no_api(form)
    by = _by_id_token(form) if grant_type_of(form) == JWT_BEARER else _typed(form)
    scopes = parse_scope(form.get("scope") or "openid")
    device = needed(form, "device") if _OFFLINE in scopes else form.get("device", "")
    if len(device) > LONGEST_DEVICE:
        raise InvalidRequest(f"device parameter is longer than {LONGEST_DEVICE} characters")
    return ResourceOwnerRequest(by, scopes, device)


def grant_type_of(form: Parameters) -> str:
    """The grant type, which is one of two. Raises ``InvalidRequest`` and ``UnsupportedGrantType``."""
    grant_type = needed(form, "grant_type")
    if grant_type not in (PASSWORD, JWT_BEARER):
        raise UnsupportedGrantType(
            f"grant_type is {grant_type[:80]}; /oauth/ro takes {PASSWORD} or {JWT_BEARER}"
        )
    return grant_type


def listed_as(grant_type: str) -> str:
    """By which name a client lists the grant type among its own."""
    return RESOURCE_OWNER_BY_ID_TOKEN if grant_type == JWT_BEARER else RESOURCE_OWNER


def _typed(form: Parameters) -> Typed:
    return Typed(needed(form, "connection"), needed(form, "username"), needed(form, "password"))


def _by_id_token(form: Parameters) -> SentIdToken:
    needed(form, "device")
    return SentIdToken(needed(form, "id_token"))


def _check_no_api(form: Parameters) -> None:
    """An access token from here opens userinfo alone: whoever names an API waits for another one."""
    if "audience" in form:
        raise InvalidRequest(
            "audience is not supported at /oauth/ro, whose access tokens are for no API: "
            "send the request to /oauth/token"
        )
