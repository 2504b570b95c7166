"""The profile as the legacy pipeline tells it: attributes by their names, metadata among them.

Each word of a legacy scope names one attribute, ``profile`` all of the profile.
A word that is no attribute of the profile names one of ``app_metadata``, else of ``user_metadata``.
"""

import hashlib
from collections.abc import Iterable

from gatewright.oauth.claims import identities, iso8601
from gatewright.users import User

PROTOCOL_CLAIMS = frozenset(
    """
    iss sub aud exp nbf iat jti typ azp act cnf nonce at_hash c_hash s_hash auth_time acr amr sid events
    scope scp gty client_id org_id org_name session_expiry
    """.split()  # noqa: SIM905 - a list of this length is easier to read so
)
"""Claims that the protocol gives a meaning to: no attribute may have one of these names."""

_ALL = "profile"
_WORDS = frozenset({"openid", "offline_access", "passthrough"})
_OF_PROFILE = frozenset(User.__struct_fields__) | {"clientID", "global_client_id", "phone_number_verified"}
_BY_ADMINISTRATOR = frozenset({"roles", "groups", "permissions"})
_PLAIN = (
    *("email", "username", "phone_number", "given_name", "family_name", "middle_name", "preferred_username"),
    *("profile", "website", "gender", "birthdate", "zoneinfo", "locale", "address"),
)


def profile(user: User, client_id: str) -> dict[str, object]:
    """All attributes of the normalised profile (the wire §3.6), as the client ``client_id`` sees them.

    There is always a name, a nickname and a picture; what else the user has no value for is left out.
    """
    name = user.name or user.email or user.username or user.phone_number or user.user_id
    found: dict[str, object] = {
        "user_id": user.user_id,
        "clientID": client_id,
        "name": name,
        "nickname": user.nickname or user.email.partition("@")[0] or user.username or name,
        "picture": user.picture or _avatar(user),
        "identities": identities(user),
    }
    found |= {name: getattr(user, name) for name in _PLAIN}
    found |= {"created_at": _date(user.created_at), "updated_at": _date(user.updated_at)}
    found |= {"user_metadata": user.user_metadata, "app_metadata": user.app_metadata}
    told = {name: value for name, value in found.items() if value}
    told |= {"email_verified": user.email_verified} if user.email else {}
    return told | ({"phone_verified": user.phone_verified} if user.phone_number else {})


def of_scopes(user: User, client_id: str, scopes: Iterable[str]) -> dict[str, object]:
    """The attributes that the words of a legacy scope name."""
    words = tuple(word for word in scopes if word not in _WORDS)
    if not words:
        return {}
    everything = profile(user, client_id) if _ALL in words else {}
    return everything | of_names(user, client_id, (word for word in words if word != _ALL))


def of_names(user: User, client_id: str, names: Iterable[str]) -> dict[str, object]:
    """The attributes of these names that the user has."""
    known = profile(user, client_id)
    told: dict[str, object] = {}
    for name in names:
        value = known.get(name) if name in _OF_PROFILE else _custom(user, name)
        if value is not None:
            told[name] = value
    return told


def _custom(user: User, name: str) -> object:
    """An attribute of the metadata; the tenant's own half goes before the one that users may change.

    Names by which applications decide what somebody may do are read from the tenant's half alone.
    """
    if name in PROTOCOL_CLAIMS:
        return None
    if name in user.app_metadata or name in _BY_ADMINISTRATOR:
        return user.app_metadata.get(name)
    return user.user_metadata.get(name)


def _date(at: int) -> str:
    return iso8601(at) if at else ""


def _avatar(user: User) -> str:
    """A picture where the user has none, by the hash of the e-mail address, or a neutral one."""
    digest = hashlib.sha256(user.email.strip().lower().encode()).hexdigest() if user.email else "0" * 64
    return f"https://www.gravatar.com/avatar/{digest}?s=480&r=pg&d=mp"
