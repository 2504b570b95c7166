"""A request to ``/delegation``, parsed once (the wire §2.17, RFC 7523 §2.1)."""

from dataclasses import dataclass

from gatewright.oauth.errors import InvalidRequest, UnsupportedGrantType
from gatewright.oauth.scopes import parse_scope
from gatewright.oauth.vocabulary import JWT_BEARER
from gatewright.web.parameters import Parameters

PASSTHROUGH = "passthrough"
_API_TYPES = ("app", "auth0")


@dataclass(frozen=True, slots=True)
class DelegationRequest:
    """Either ``id_token`` or ``refresh_token`` is there. ``target`` is a client's id.

    ``passthrough``: what the token sent tells is told again, beside what ``scopes`` name.
    """

    id_token: str
    refresh_token: str
    target: str
    scopes: tuple[str, ...]
    passthrough: bool


def read_delegation(form: Parameters, client_id: str) -> DelegationRequest:
    """What the client wants; without a target it is a token for itself.

    Raises ``InvalidRequest``, ``UnsupportedGrantType``, ``InvalidScope``.
    """
    _check_grant_type(form.get("grant_type"))
    _check_api_type(form.get("api_type"))
    id_token, refresh_token = form.get("id_token", ""), form.get("refresh_token", "")
    if bool(id_token) == bool(refresh_token):
        what = "both were sent" if id_token else "missing id_token or refresh_token parameter"
        raise InvalidRequest(f"Send either id_token or refresh_token: {what}")
    words = parse_scope(form.get("scope") or "openid")
    return DelegationRequest(
        id_token=id_token,
        refresh_token=refresh_token,
        target=form.get("target") or client_id,
        scopes=tuple(word for word in words if word != PASSTHROUGH),
        passthrough=PASSTHROUGH in words,
    )


def _check_grant_type(grant_type: str | None) -> None:
    if grant_type is None:
        raise InvalidRequest("missing grant_type parameter")
    if grant_type != JWT_BEARER:
        raise UnsupportedGrantType(f"grant_type is {grant_type[:80]}; /delegation takes {JWT_BEARER}")


def _check_api_type(api_type: str | None) -> None:
    if api_type is not None and api_type not in _API_TYPES:
        raise InvalidRequest(
            f"api_type {api_type[:40]} is not supported: send {' or '.join(_API_TYPES)}, or none. "
            "Credentials of other services are not given out here."
        )
