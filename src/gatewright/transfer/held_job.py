"""A job in the hands of one worker: whatever is committed goes along with how far the job got."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from gatewright.jobs import Job, JobStore, Part, PartKind
from gatewright.jobs.service import KEPT_SECONDS
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Change, Unmatched

LEASE_SECONDS = 30
"""A worker that has not been heard of for as long is taken for dead."""


class LeaseLost(Exception):
    """Somebody else has the job now."""


class Doer(Protocol):
    """Whoever does one type of job."""

    async def do(self, held: "HeldJob") -> None:
        """Does what is left of the job and completes it. What it raises ends the job."""
        ...

    def failed(self, held: "HeldJob", why: str) -> Sequence[Event]:
        """What the log says when the job is given up."""
        ...


class HeldJob:
    """``job`` is as it was committed last."""

    def __init__(
        self, store: JobStore, bus: Bus, clock: Clock, *, tenant_id: str, job: Job, owner: str
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._owner = owner
        self.tenant_id = tenant_id
        self.job = job

    async def save(self, *changes: Change, events: Sequence[Event] = (), **fields: Any) -> None:
        """Commits ``fields`` of the job with ``changes``, and holds it on. Raises ``LeaseLost``."""
        job = msgspec.structs.replace(self.job, **fields)
        until = self._clock.now() + LEASE_SECONDS
        save = self._store.save(self.tenant_id, job, owner=self._owner, until=until)
        try:
            await self._bus.commit((save, *changes), *events)
        except Unmatched as unmatched:
            if unmatched.position == 0:
                raise LeaseLost from None
            raise
        self.job = job

    async def release(self) -> None:
        """Lets go of the job, so that whoever looks next may go on at once.

        Of the job itself nothing is written: what was being committed when this was decided may be done.
        """
        change = self._store.release(self.tenant_id, self.job.job_id, owner=self._owner, at=self._clock.now())
        await self._bus.commit((change,))

    async def complete(self, event: Event, *changes: Change) -> None:
        """The job is done."""
        fields = {"status": "completed", "finished_at": self._clock.now()}
        await self.save(*changes, events=[event], **fields)

    async def fail(self, why: str, *events: Event) -> None:
        """The job is given up; its input is forgotten, what was done stays done."""
        forget = self._store.delete_parts(self.tenant_id, self.job.job_id, "input")
        fields = {"status": "failed", "finished_at": self._clock.now(), "status_details": why}
        await self.save(forget, events=events, **fields)

    async def part_after(self, kind: PartKind, number: int) -> Part | None:
        """The first piece whose number is higher."""
        return await self._store.part_after(self.tenant_id, self.job.job_id, kind, number)

    def add_part(self, kind: PartKind, number: int, content: str) -> Change:
        """A piece of errors or output."""
        expires_at = self.job.created_at + KEPT_SECONDS
        part = Part(number, content)
        return self._store.add_part(self.tenant_id, self.job.job_id, kind, part, expires_at=expires_at)

    def delete_part(self, kind: PartKind, number: int) -> Change:
        """Forgets one piece."""
        return self._store.delete_part(self.tenant_id, self.job.job_id, kind, number)
