"""Who changes something, and how that is told in the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from gatewright.kernel.events import NOWHERE, Event, Origin
from gatewright.users import User

_E = TypeVar("_E", bound=Event)
_UNTOLD = frozenset({"version", "updated_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whoever asks for a change: a client by its id, and the user in whose name it asks, if there is one."""

    client_id: str = ""
    client_name: str = ""
    user_id: str = ""
    origin: Origin = NOWHERE


def told(
    kind: type[_E],
    author: Author,
    tenant_id: str,
    user: User,
    now: int,
    **details: object,
) -> _E:
    """The event about ``user`` that says who made it happen."""
    return kind(
        tenant_id=tenant_id,
        at=now,
        origin=author.origin,
        client_id=author.client_id or None,
        client_name=author.client_name or None,
        user_id=user.user_id,
        user_name=user.display_name,
        connection=user.connection,
        details={"by": {"client_id": author.client_id, "user_id": author.user_id}, **details},
    )


def difference(before: User | None, after: User) -> Mapping[str, object]:
    """``before`` and ``after`` of what differs; of mappings, of the keys that do.

    No secret is a field of a user.
    """
    old, new = (_fields(each) for each in (before, after))
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    pairs = {name: _apart(old.get(name), new.get(name)) for name in names if name not in _UNTOLD}
    found: dict[str, object] = {"after": {name: pair[1] for name, pair in pairs.items()}}
    return found if before is None else {"before": {name: pair[0] for name, pair in pairs.items()}, **found}


def _fields(user: User | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.to_builtins(user) if user else {}
    return found


def _apart(old: object, new: object) -> tuple[object, object]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return old, new
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}
