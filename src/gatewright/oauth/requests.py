"""The authorization request, parsed once; nobody reads the query again (OIDC Core §3.1.2.1)."""

from dataclasses import dataclass

import orjson

from gatewright.oauth.claims import requestable
from gatewright.oauth.errors import InvalidRequest
from gatewright.oauth.model import ClaimsRequest
from gatewright.oauth.vocabulary import PROMPTS
from gatewright.web.parameters import Parameters

_KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "audience",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "acr_values",
    "claims",
    "connection",
    "organization",
    "invitation",
    "invitation_hash",
    "organization_name",
    "screen_hint",
    "ui_locales",
    "display",
    "code_challenge",
    "code_challenge_method",
    "device",
    "web_message_uri",
    "web_message_target",
    "owp",
)
"""What we read of a request and what is parked while a person signs in; everything else is ignored."""

_NOT_PARKED = frozenset({"id_token_hint", "invitation"})
"""Secrets: who holds them can do what they are for."""

LONGEST_VALUE = 4_096


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """The parameters as sent, and those that need reading, read.

    ``wanted`` is what the id_token must say (see ``IdTokenWish``).
    ``redirect_uri`` is where the answer goes; ``redirect_uri_sent`` whether the client named it itself.
    ``legacy``: the request is in the legacy pipeline (see ``pipeline``).
    """

    parameters: dict[str, str]
    redirect_uri: str
    redirect_uri_sent: bool
    prompt: frozenset[str]
    max_age: int | None
    claims: ClaimsRequest
    wanted: "IdTokenWish"
    legacy: bool = False

    @property
    def response_types(self) -> frozenset[str]:
        """The words of ``response_type``: what the answer is to hold."""
        return response_types(self.get("response_type"))

    def get(self, name: str) -> str:
        """A parameter as sent, or nothing."""
        return self.parameters.get(name, "")

    @property
    def may_ask(self) -> bool:
        """Whether pages may be shown."""
        return "none" not in self.prompt

    @property
    def wants_fresh_login(self) -> bool:
        """Whether the person must prove themselves anew whatever session there is."""
        return "login" in self.prompt


def response_types(text: str) -> frozenset[str]:
    """The words of a response type; their order means nothing (Multiple Response Types §3)."""
    return frozenset(text.split())


def answers_in_front(types: frozenset[str]) -> bool:
    """Whether the answer holds a token, which must not stand in a query (Multiple Response Types §5)."""
    return bool(types & {"token", "id_token"})


def kept(parameters: Parameters) -> dict[str, str]:
    """The parameters we know, for parking. Raises ``InvalidRequest`` for one that is too long."""
    found = {name: parameters[name] for name in _KEPT if name in parameters}
    for name, value in found.items():
        if len(value) > LONGEST_VALUE:
            raise InvalidRequest(f"{name} is longer than {LONGEST_VALUE} characters")
    return found


def parked(parameters: dict[str, str], subject: str) -> dict[str, str]:
    """The parameters as they wait while a person signs in, without the secret of an invitation.

    An ``id_token_hint`` is a token and is not kept: what it says, whom ``subject`` names, is demanded
    by ``claims`` instead (OIDC Core §3.1.2.2).
    """
    found = {name: value for name, value in parameters.items() if name not in _NOT_PARKED}
    if subject and "id_token_hint" in parameters:
        claims = orjson.loads(found.get("claims") or "{}")
        claims["id_token"] = {**(claims.get("id_token") or {}), "sub": {"value": subject}}
        found["claims"] = orjson.dumps(claims).decode()
    return found


def parse_prompt(text: str) -> frozenset[str]:
    """The prompt's words. Raises ``InvalidRequest`` for unknown ones, and for ``none`` beside others."""
    words = frozenset(text.split())
    unknown = words - PROMPTS
    if unknown:
        raise InvalidRequest(f"prompt has unknown values: {' '.join(sorted(unknown))[:100]}")
    if "none" in words and len(words) > 1:
        raise InvalidRequest("prompt=none cannot be combined with other values.")
    return words


def parse_max_age(text: str) -> int | None:
    """Seconds, or ``None`` when absent. Raises ``InvalidRequest``."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidRequest("max_age is a whole number of seconds.")
    return int(text)


@dataclass(frozen=True, slots=True)
class IdTokenWish:
    """What a ``claims`` parameter wants of the sign-in itself (OIDC Core §5.5.1).

    ``subject`` is the only user who will do; ``auth_time`` wants the time told;
    ``acr`` are authentication contexts in their order, one of which ``needs_acr`` insists on.
    """

    subject: str = ""
    auth_time: bool = False
    acr: tuple[str, ...] = ()
    needs_acr: bool = False


def parse_claims(text: str) -> tuple[ClaimsRequest, IdTokenWish]:
    """The claims asked for one by one (OIDC Core §5.5). Raises ``InvalidRequest`` for other JSON."""
    if not text:
        return ClaimsRequest(), IdTokenWish()
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidRequest("claims is not JSON.") from None
    if not isinstance(found, dict):
        raise InvalidRequest("claims is not a JSON object.")
    userinfo, id_token = _members(found, "userinfo"), _members(found, "id_token")
    asked = ClaimsRequest(userinfo=requestable(userinfo), id_token=requestable(id_token))
    return asked, _wish(id_token)


def _members(claims: dict[str, object], place: str) -> dict[str, dict[str, object]]:
    wanted = claims.get(place) or {}
    if not isinstance(wanted, dict) or not all(isinstance(v, dict | None) for v in wanted.values()):
        raise InvalidRequest(f"claims.{place} is not an object of claim names.")
    return {name: how or {} for name, how in wanted.items()}


def _wish(id_token: dict[str, dict[str, object]]) -> IdTokenWish:
    acr = id_token.get("acr", {})
    subjects = _values(id_token.get("sub", {}))
    if len(subjects) > 1:
        raise InvalidRequest("claims.id_token.sub names more than one user.")
    return IdTokenWish(
        subject=subjects[0] if subjects else "",
        auth_time="auth_time" in id_token,
        acr=_values(acr),
        needs_acr=acr.get("essential") is True and bool(_values(acr)),
    )


def _values(how: dict[str, object]) -> tuple[str, ...]:
    """The ``value`` or ``values`` asked for."""
    values = how.get("values", [how["value"]] if "value" in how else [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidRequest("claims has a value that is not text.")
    return tuple(values)
