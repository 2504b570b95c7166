"""A lease of one stream, and how far it got with it."""

from collections.abc import Sequence
from dataclasses import replace

from gatewright.audit import LogEntry
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unit
from gatewright.log_streams import Progress, ProgressStore

LEASE_SECONDS = 60
WINDOW = 120
"""Seconds for which entries may still be added to a second that was told: a unit waits and commits within
some twenty, or is given up."""


class Turn:
    """Whoever delivers a stream, until they release it.

    Every change raises ``Unmatched`` when the lease was lost.
    """

    def __init__(
        self,
        store: ProgressStore,
        bus: Bus,
        clock: Clock,
        *,
        tenant_id: str,
        stream_id: str,
        owner: str,
        progress: Progress,
    ) -> None:
        self.tenant_id = tenant_id
        self.stream_id = stream_id
        self.progress = progress
        self._store = store
        self._bus = bus
        self._clock = clock
        self._owner = owner

    async def told(self, entries: Sequence[LogEntry]) -> None:
        """Everything up to the last of ``entries`` was told; the lease goes on."""
        first, recent = self._clock.now() - WINDOW, dict(self.progress.recent)
        for entry in entries:
            second = ids.second_of_log(entry.log_id)
            recent[second] = recent.get(second, 0) + 1
        kept = {second: count for second, count in recent.items() if second >= first}
        await self._advance(Progress(position=entries[-1].log_id, recent=kept))

    async def told_again(self, second: int, count: int) -> None:
        """All ``count`` entries of a second before the position were told; the lease goes on."""
        recent = self.progress.recent | {second: count}
        await self._advance(Progress(position=self.progress.position, recent=recent))

    async def renew(self) -> None:
        """The lease goes on, and nothing else has changed."""
        await self._advance(self.progress)

    async def _advance(self, progress: Progress) -> None:
        until = self._clock.now() + LEASE_SECONDS
        change = self._store.advance(self.tenant_id, self.stream_id, progress, owner=self._owner, until=until)
        await self._bus.commit((change,))
        self.progress = progress

    async def failed(self, *, since: int, until: int) -> None:
        """Gives the turn back after a failure, the first of which was at ``since``; the next is ``until``."""
        self.progress = replace(self.progress, tries=self.progress.tries + 1, failing_since=since)
        await self.release(at=until)

    async def release(self, *events: Event, unit: Unit = (), at: int | None = None) -> None:
        """Gives the turn back, for anybody to take from ``at`` on, in one unit with ``unit``."""
        change = self._store.release(
            self.tenant_id,
            self.stream_id,
            self.progress,
            owner=self._owner,
            at=self._clock.now() if at is None else at,
        )
        await self._bus.commit((change, *unit), *events)
