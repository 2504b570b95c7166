"""A user as the wire shows them: without what is not set, times in ISO 8601, and no secret ever."""

from typing import Any

import msgspec

from gatewright.management.resource import Shown, moment
from gatewright.users import Identity, User

_TIMES = ("created_at", "updated_at", "last_login", "last_password_reset")
_OURS = ("version",)


def _field(found: msgspec.structs.FieldInfo) -> tuple[str, Any, Any]:
    """A field of a user as the wire has it, which may always be missing."""
    kind = str if found.name in _TIMES else found.type
    return found.name, kind | msgspec.UnsetType, msgspec.UNSET


ShownUser = msgspec.defstruct(
    "ShownUser",
    [
        ("user_id", str),
        ("identities", tuple[Identity, ...]),
        *(
            _field(each)
            for each in msgspec.structs.fields(User)
            if each.name not in (*_OURS, "user_id", "identities")
        ),
    ],
)
"""The fields of ``users.User``, for the OpenAPI document."""


def user_shown(user: User) -> Shown:
    """The user as a JSON object."""
    plain: Shown = msgspec.to_builtins(user)
    shown = {name: value for name, value in plain.items() if name not in _OURS}
    times = {name: moment(value) for name in _TIMES if (value := getattr(user, name)) is not None}
    if user.email:
        shown["email_verified"] = user.email_verified
    if user.phone_number:
        shown["phone_verified"] = user.phone_verified
    return {
        **shown,
        **times,
        "logins_count": user.logins_count,
        "identities": identities_shown(user.identities),
    }


def identities_shown(identities: tuple[Identity, ...]) -> list[Shown]:
    """The identities of a user, the first one first."""
    return [{**msgspec.to_builtins(each), "isSocial": each.isSocial} for each in identities]
