"""Domain events, and the bus that records them with the change they tell of.

Recorders (audit log, outbox) turn an event into changes of the same unit, so nothing is told that did
not happen and nothing acknowledged goes untold.
Subscribers run after the commit, in the order of registration.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from gatewright.kernel.units import Change, Unit, UnitRunner


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: the peer's address and user agent, and the host it asked for."""

    ip: str = ""
    user_agent: str = ""
    hostname: str = ""


NOWHERE = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in a tenant.

    Subclasses name it and set ``code``, the wire's log type. ``at`` is seconds UTC;
    ``details`` is JSON-able, holds no secret, and is kept with the log entry.
    """

    code: ClassVar[str] = ""

    tenant_id: str
    at: int
    origin: Origin = NOWHERE
    client_id: str | None = None
    client_name: str | None = None
    user_id: str | None = None
    user_name: str | None = None
    connection: str | None = None
    audience: str | None = None
    scope: str | None = None
    session_id: str | None = None
    description: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


Recorder = Callable[[Event], Iterable[Change]]
Subscriber = Callable[[Event], Awaitable[None]]


class Bus:
    """Commits changes together with the record of their events."""

    def __init__(self, runner: UnitRunner) -> None:
        self._runner = runner
        self._recorders: list[Recorder] = []
        self._subscribers: list[tuple[type[Event], Subscriber]] = []

    def record_with(self, recorder: Recorder) -> None:
        """Adds a recorder: its changes join the unit of every event."""
        self._recorders.append(recorder)

    def subscribe(self, kind: type[Event], subscriber: Subscriber) -> None:
        """Calls ``subscriber`` after the commit of every event of ``kind`` or a subclass of it."""
        self._subscribers.append((kind, subscriber))

    async def commit(self, changes: Unit, *events: Event) -> tuple[int, ...]:
        """Runs ``changes`` and the records of ``events`` as one unit, then tells the subscribers.

        Returns the rows touched by each of ``changes``. Raises ``Unmatched`` or ``Duplicate``
        with nothing changed and nobody told.
        """
        counts = await self._runner.run(changes + self._records(events))
        return await self._told(counts[: len(changes)], events)

    def begin(self, changes: Unit, *events: Event) -> Awaitable[tuple[int, ...]]:
        """What ``commit`` does, under way at once while the caller does something else.

        The result must be awaited.
        """
        running = self._runner.begin(changes + self._records(events))
        return self._finished(running, len(changes), events)

    def _records(self, events: tuple[Event, ...]) -> Unit:
        return tuple(change for event in events for recorder in self._recorders for change in recorder(event))

    async def _finished(
        self, running: Awaitable[tuple[int, ...]], wanted: int, events: tuple[Event, ...]
    ) -> tuple[int, ...]:
        counts = await running
        return await self._told(counts[:wanted], events)

    async def _told(self, counts: tuple[int, ...], events: tuple[Event, ...]) -> tuple[int, ...]:
        for event in events:
            for kind, subscriber in self._subscribers:
                if isinstance(event, kind):
                    await subscriber(event)
        return counts
