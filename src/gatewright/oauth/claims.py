"""Scopes → claims of users and tokens."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from gatewright.oauth.model import Grant
from gatewright.oauth.vocabulary import IDENTITY_SCOPES, SINGLE_CLAIM_SCOPES, STANDARD_CLAIMS
from gatewright.users import User

_SETTABLE = STANDARD_CLAIMS | SINGLE_CLAIM_SCOPES


@lru_cache(maxsize=1024)
def claims_of_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the claims that the identity scopes among ``scopes`` stand for (OIDC Core §5.4)."""
    names: dict[str, None] = {}
    for scope in scopes:
        names.update(dict.fromkeys(IDENTITY_SCOPES.get(scope, ())))
        if scope in SINGLE_CLAIM_SCOPES:
            names[scope] = None
    return tuple(names)


def user_claims(user: User, names: Iterable[str]) -> dict[str, object]:
    """The user's values for ``names``; a claim without a value is left out, never null or empty (§5.3.2)."""
    found: dict[str, object] = {}
    for name in names:
        value = _READ[name](user) if name in _READ else getattr(user, name)
        if value or value is False:
            found[name] = value
    return found


def requestable(names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` that may be asked for one by one with the ``claims`` parameter (§5.5)."""
    return tuple(name for name in names if name in _SETTABLE)


def id_token_names(grant: Grant, *, by_scope: bool) -> tuple[str, ...]:
    """Names of the user's claims that go into an id_token that comes with an access token."""
    names = claims_of_scopes(grant.scopes) if by_scope else single_claims(grant.scopes)
    return (*names, *grant.claims.id_token)


def single_claims(scopes: Iterable[str]) -> tuple[str, ...]:
    """Scopes that are claims: always told in the id_token, which is what they were made for."""
    return tuple(scope for scope in scopes if scope in SINGLE_CLAIM_SCOPES)


def userinfo_names(grant: Grant) -> tuple[str, ...]:
    """Names of the user's claims that the userinfo endpoint tells."""
    return (*claims_of_scopes(grant.scopes), *grant.claims.userinfo)


def identities(user: User) -> list[dict[str, object]]:
    """How connections know the user, without any secret."""
    return [
        {
            "connection": identity.connection,
            "provider": identity.provider,
            "user_id": identity.user_id,
            "isSocial": identity.isSocial,
        }
        for identity in user.identities
    ]


def iso8601(at: int) -> str:
    """Seconds UTC as the wire writes dates: ISO 8601 with milliseconds and ``Z``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


_READ: Mapping[str, Callable[[User], object]] = {
    "email_verified": lambda user: user.email_verified if user.email else None,
    "phone_number_verified": lambda user: user.phone_verified if user.phone_number else None,
    "created_at": lambda user: iso8601(user.created_at) if user.created_at else None,
    "identities": identities,
}
"""Claims that are not simply an attribute of the user."""
