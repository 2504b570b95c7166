"""Sources: how configuration names something about a user, as ``user.email``."""

from collections.abc import Mapping

from gatewright.kernel.errors import Invalid
from gatewright.users.model import PROFILE_CLAIMS, User

ATTRIBUTES = frozenset({"email", "email_verified", "username", "phone_number", "user_id", *PROFILE_CLAIMS})
"""Attributes of the profile that a source may name."""

ROLES = "user.roles"
"""The source that is not in the user: the names of the roles they have."""

_METADATA = ("user_metadata", "app_metadata")


def check_source(source: str) -> None:
    """Raises ``Invalid`` for what names nothing of a user."""
    owner, _, name = source.partition(".")
    place, _, path = name.partition(".")
    if source == ROLES or (owner == "user" and name in ATTRIBUTES):
        return
    if owner == "user" and place in _METADATA and all(path.split(".")):
        return
    raise Invalid(
        "wanted: user. and an attribute of the profile (user.email), user.app_metadata. or "
        "user.user_metadata. and a path (user.app_metadata.plan), or user.roles"
    )


def value_of(source: str, user: User) -> object:
    """What ``source``, which has been checked and is not ``ROLES``, says of the user; ``None``: nothing."""
    name, *path = source.split(".")[1:]
    if name == "email_verified" and not user.email:
        return None
    value: object = getattr(user, name)
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return None if value == "" else value


def is_set_by_user(source: str) -> bool:
    """Whether people can change it themselves, so that nobody should decide by it what they may do."""
    return source.startswith("user.user_metadata.")
