"""Two users become one person, and an identity becomes a user of its own again: plain rules over users.

Identities are known by connection and subject, and nothing but the wish of somebody who may have it makes
two of them one person: an address that is the same never does.
"""

from typing import Any

import msgspec

from gatewright.kernel.errors import Conflict, NotFound
from gatewright.users.model import PROFILE_CLAIMS, Identity, User

KEPT = ("email", "email_verified", "username", "phone_number", "phone_verified", *PROFILE_CLAIMS)
"""What an identity remembers of the user it was. Their metadata is not merged and is not kept."""


def joined(primary: User, secondary: User) -> User:
    """``primary`` with ``secondary`` as an identity.

    Raises ``Conflict`` for one and the same user, for a ``secondary`` who has linked identities of their own,
    and for one who is blocked: linking must not let them in again.
    """
    if primary.user_id == secondary.user_id:
        raise Conflict("a user cannot be linked to itself")
    if len(secondary.identities) != 1:
        raise Conflict(f"{secondary.user_id} has linked identities; unlink them first")
    if secondary.blocked:
        raise Conflict(f"{secondary.user_id} is blocked; unblock the user first")
    (identity,) = secondary.identities
    known: dict[str, Any] = {name: getattr(secondary, name) for name in KEPT if getattr(secondary, name)}
    moved = msgspec.structs.replace(identity, profileData=known)
    return msgspec.structs.replace(primary, identities=(*primary.identities, moved))


def parted(user: User, provider: str, subject: str, now: int) -> tuple[User, User]:
    """``user`` without that identity, and the user that it is by itself; ``now`` is seconds UTC.

    Whoever is blocked stays so on both sides.
    Raises ``NotFound`` when the user has no such identity, ``Conflict`` when it is their first.
    """
    found = next(
        (each for each in user.identities if (each.provider, each.user_id) == (provider, subject)), None
    )
    if found is None:
        raise NotFound("the user has no such identity")
    if found is user.identities[0]:
        raise Conflict("the first identity is the user itself and cannot be unlinked")
    kept = tuple(each for each in user.identities if each is not found)
    return msgspec.structs.replace(user, identities=kept), _by_itself(found, now, blocked=user.blocked)


def _by_itself(identity: Identity, now: int, *, blocked: bool) -> User:
    known = {name: value for name, value in identity.profileData.items() if name in KEPT}
    return User(
        user_id=identity.identity_id,
        identities=(msgspec.structs.replace(identity, profileData={}),),
        blocked=blocked,
        created_at=now,
        updated_at=now,
        **known,
    )
