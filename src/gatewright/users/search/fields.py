"""Which fields of a user can be asked for, and how their values are compared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from gatewright.kernel.errors import Invalid

Kind = Literal["folded", "text", "number", "date", "boolean", "identity", "metadata"]
"""How values are compared.

``folded``: as people read them, upper and lower case alike. ``text``: exactly. ``date``: seconds UTC.
``identity``: exactly, and one of the user's identities is enough. ``metadata``: exactly, by what is
written in the user's JSON; of a list one element is enough.
"""

METADATA = ("app_metadata", "user_metadata")
DEEPEST_PATH = 10
_KEY = re.compile(r"[^\\\"\x00-\x1f\x7f]{1,100}")


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be asked for. ``path`` leads through the metadata, and is empty elsewhere."""

    name: str
    kind: Kind
    path: tuple[str, ...] = ()


_NAMES: Mapping[Kind, tuple[str, ...]] = {
    "folded": ("email", "name", "username", "given_name", "family_name", "nickname"),
    "text": (
        *("user_id", "phone_number", "picture", "last_ip", "middle_name", "preferred_username"),
        *("profile", "website", "gender", "birthdate", "zoneinfo", "locale"),
    ),
    "number": ("logins_count",),
    "date": ("created_at", "updated_at", "last_login", "last_password_reset"),
    "boolean": ("email_verified", "phone_verified", "blocked"),
    "identity": ("identities.connection", "identities.provider", "identities.user_id"),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What can be asked for of one kind of thing.

    ``anywhere`` is where a value without a field is looked for; ``metadata`` are objects whose keys are
    fields too.
    """

    fields: Mapping[str, Field]
    anywhere: tuple[Field, ...]
    metadata: tuple[str, ...] = ()

    def named(self, name: str) -> Field:
        """The field of that name. Raises ``Invalid`` for one that cannot be asked for."""
        place, *path = name.split(".")
        if name in self.fields:
            return self.fields[name]
        if place not in self.metadata:
            near = get_close_matches(name, (*self.fields, *self.metadata), n=1)
            raise Invalid(f"no field {name[:60]!r}{f'; did you mean {near[0]}?' if near else ''}")
        if not all(map(_KEY.fullmatch, path)) or len(path) > DEEPEST_PATH:
            raise Invalid(
                f"wanted: {place}. and at most {DEEPEST_PATH} keys without quotes, with dots between"
            )
        return Field(name, "metadata", (place, *path))


FIELDS: Mapping[str, Field] = {name: Field(name, kind) for kind, names in _NAMES.items() for name in names}

USERS = Vocabulary(FIELDS, tuple(FIELDS[name] for name in ("email", "name", "username", "user_id")), METADATA)
"""What can be asked for of users."""


def field_named(name: str) -> Field:
    """The field of a user of that name. Raises ``Invalid`` for one that cannot be asked for."""
    return USERS.named(name)
