"""The page of the domain events, which are also the types of the audit log."""

from itertools import groupby

from gatewright.kernel.events import Event
from writers.markdown import docstring, table
from writers.rooms import family, load_all, room_of

_HEAD = """\
# Events

<!-- Written by `make docs` from the subclasses of gatewright.kernel.events.Event; change them there. -->

Everything of consequence that happens in a tenant is an event.
It is recorded in the audit log in the same transaction as the change it tells of.
[How to read the audit log](../how-to/read-the-audit-log.md) shows an entry and how to find one.

`type` is the code of the entry, as Auth0's logs have it; several events may share one.
`event` is our own, finer name.
"""


def events() -> list[type[Event]]:
    """Return every kind of event, by room and then by name."""
    load_all()
    return sorted(family(Event), key=lambda kind: (room_of(kind), kind.__name__))


def events_page() -> str:
    """Return the page, one section a room."""
    parts = [_HEAD]
    for room, kinds in groupby(events(), key=room_of):
        rows = ((f"`{kind.__name__}`", f"`{kind.code}`", docstring(kind)) for kind in kinds)
        parts.append(f"## {room}\n\n{table(('event', 'type', 'what happened'), rows)}\n")
    return "\n".join(parts)
