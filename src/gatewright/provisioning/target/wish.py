"""What is asked for, and the three ways in which a section of the file meets what there is."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from gatewright.clients import Client
from gatewright.provisioning.document import Document
from gatewright.provisioning.management import DEVELOPMENT_CLIENT
from gatewright.provisioning.state import Match

T = TypeVar("T")
Dated = TypeVar("Dated", bound=msgspec.Struct)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A tenant file and whom it is for. ``issuer`` ends with a slash; ``now`` is seconds UTC.

    With ``only_missing`` what exists is left alone and nothing is removed: the file is a starting point.
    ``management_client`` asks for the client that manages a development server.
    ``people`` tells whom the entries of ``users`` are about, ``hashes`` their new passwords, by path.
    """

    tenant_id: str
    issuer: str
    document: Document
    now: int
    only_missing: bool = False
    management_client: bool = False
    people: Mapping[str, Match] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)


def merged(known: Mapping[Key, T], made: Mapping[Key, T], wish: Wish, *, is_written: bool) -> tuple[T, ...]:
    """What there shall be of one kind: as the file has it, or as it was where it has no such section."""
    if wish.only_missing:
        return (*known.values(), *(made[key] for key in made if key not in known))
    return tuple(made.values()) if is_written else tuple(known.values())


def settings_of(kind: type[msgspec.Struct], written: msgspec.Struct) -> dict[str, Any]:
    """The fields of ``kind``, as ``written`` has them."""
    return {name: getattr(written, name) for name in kind.__struct_fields__}


def dated(kind: type[Dated], current: Dated | None, now: int, **fields: object) -> Dated:
    """A ``kind`` with these fields; the very ``current`` one when nothing differs, else changed ``now``."""
    created = getattr(current, "created_at", now)
    made = kind(**fields, created_at=created, updated_at=getattr(current, "updated_at", now))
    if made == current:
        return made
    return msgspec.structs.replace(made, updated_at=now)


def client_ids(clients: tuple[Client, ...], document: Document) -> Mapping[str, str]:
    """Ids by what a file may call a client: its id, its name, and its name in that very file.

    The last two differ for a client that was renamed and whose entry is a starting point only.
    """
    entries = document.clients or ()
    in_file = {e.value.name: e.value.client_id for e in entries if e.value.client_id}
    by_name = {client.name: client.client_id for client in clients if client.client_id != DEVELOPMENT_CLIENT}
    return by_name | in_file | {client.client_id: client.client_id for client in clients}
