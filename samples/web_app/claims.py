"""Claims of an id_token in words (OpenID Connect Core §2 and §5.1)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

MEANINGS = {
    "sub": "who it is: unique and for ever, the key to store with your own data",
    "name": "the name to show",
    "given_name": "first name",
    "family_name": "last name",
    "nickname": "how they like to be called",
    "picture": "address of a portrait",
    "email": "e-mail address; people change it, so it is no key",
    "email_verified": "whether somebody has shown that they read its mail",
    "updated_at": "when the profile changed last",
    "iss": "who issued the token",
    "aud": "for whom: the client id of this application",
    "iat": "when it was issued",
    "exp": "when it stops being valid",
    "auth_time": "when the person proved who they are",
    "nonce": "ties the token to the request of this browser",
    "sid": "the session at the provider, for logging out",
    "at_hash": "ties the token to the access token beside it",
}
_TIMES = frozenset(("iat", "exp", "auth_time", "updated_at"))


class Claim(NamedTuple):
    """One row of the table; `meaning` is empty for a claim that only your tenant knows."""

    name: str
    value: str
    meaning: str


def explained(claims: Mapping[str, Any]) -> list[Claim]:
    """Return the claims as rows, those about the person first."""
    order = list(MEANINGS)
    names = sorted(claims, key=lambda name: order.index(name) if name in MEANINGS else len(order))
    return [Claim(name, _readable(name, claims[name]), MEANINGS.get(name, "")) for name in names]


def moment(seconds: float) -> str:
    """Return a time in words, from seconds UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _readable(name: str, value: Any) -> str:
    if name in _TIMES and isinstance(value, int | float):
        return f"{value} ({moment(value)})"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
