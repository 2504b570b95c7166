"""What one may do with jobs: hand them in, look at them, read what came out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec

from gatewright.jobs.model import Job, Part, PartKind
from gatewright.jobs.store import JobStore
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unit

Decide = Callable[[], Awaitable[tuple[Job, Sequence[Event]]]]

KEPT_SECONDS = 7 * 86_400
"""How long a job, its errors and its output are kept from the day it was handed in."""


class Jobs:
    """The jobs of all tenants. ``nudge`` wakes whoever works on them in this process."""

    def __init__(
        self, store: JobStore, bus: Bus, clock: Clock, *, nudge: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._nudge = nudge

    async def get(self, tenant_id: str, job_id: str) -> Job | None:
        """The job, or ``None``."""
        return await self._store.get(tenant_id, job_id)

    async def hand_in(
        self,
        tenant_id: str,
        job: Job,
        parts: AsyncIterator[tuple[str, int]],
        *events: Event,
    ) -> Job:
        """Keeps the input, then the job; from then on it will be done, whatever happens to this process.

        Each part is a text and how many records it has. Input whose job never came is swept later.
        """

        async def decide() -> tuple[Job, Sequence[Event]]:
            return job, events

        return await self.receive(tenant_id, parts, decide)

    async def receive(self, tenant_id: str, parts: AsyncIterator[tuple[str, int]], decide: Decide) -> Job:
        """The same where only the end of the input tells what job it is for, which ``decide`` finds then.

        What either raises leaves no input behind.
        """
        now, job_id = self._clock.now(), ids.job_id()
        expires_at, records, number = now + KEPT_SECONDS, 0, 0
        try:
            async for content, count in parts:
                number, records = number + 1, records + count
                piece = Part(number, content)
                await self._bus.commit(
                    (self._store.add_part(tenant_id, job_id, "input", piece, expires_at=expires_at),)
                )
            job, events = await decide()
        except Exception:
            if number:
                await self._bus.commit((self._store.delete_parts(tenant_id, job_id, "input"),))
            raise
        job = msgspec.structs.replace(job, job_id=job_id, created_at=now, records=records or job.records)
        await self._bus.commit((self._store.insert(tenant_id, job, expires_at=expires_at),), *events)
        self._nudge()
        return job

    async def note(self, tenant_id: str, job: Job, *events: Event, also: Unit = ()) -> Job:
        """Keeps a job that is over already, with ``also`` and the events in one unit."""
        now = self._clock.now()
        job = msgspec.structs.replace(job, job_id=ids.job_id(), created_at=now)
        kept = self._store.insert(tenant_id, job, expires_at=now + KEPT_SECONDS)
        await self._bus.commit((kept, *also), *events)
        return job

    async def parts(self, tenant_id: str, job_id: str, kind: PartKind) -> AsyncIterator[str]:
        """The pieces of one kind in their order, one in memory at a time."""
        number = 0
        while part := await self._store.part_after(tenant_id, job_id, kind, number):
            number = part.number
            yield part.content
