"""What of jobs must be remembered."""

from typing import Protocol

from gatewright.jobs.model import Job, Part, PartKind
from gatewright.kernel.units import Change


class JobStore(Protocol):
    """Jobs by id and by turn, and their parts.

    Whoever works on a job holds its lease: ``owner`` until a second. Only the holder can change it.
    """

    async def get(self, tenant_id: str, job_id: str) -> Job | None:
        """The job as it is."""
        ...

    def insert(self, tenant_id: str, job: Job, *, expires_at: int) -> Change:
        """A new job that nobody holds."""
        ...

    async def due(self, now: int) -> tuple[str, str] | None:
        """Tenant and id of the job whose turn it is: not over and held by nobody; the oldest first."""
        ...

    async def next_due(self) -> int | None:
        """The second from which a job that is not over is held by nobody."""
        ...

    async def lease(self, tenant_id: str, job_id: str, *, owner: str, now: int, until: int) -> Job | None:
        """Takes the job unless somebody holds it at ``now``; of many takers one gets it."""
        ...

    def save(self, tenant_id: str, job: Job, *, owner: str, until: int) -> Change:
        """The job as it is now, held on until ``until``; must match, and does not when the lease was lost."""
        ...

    def release(self, tenant_id: str, job_id: str, *, owner: str, at: int) -> Change:
        """Ends the lease at ``at``, where ``owner`` still has it."""
        ...

    def add_part(self, tenant_id: str, job_id: str, kind: PartKind, part: Part, *, expires_at: int) -> Change:
        """A piece of input, of errors or of output."""
        ...

    async def part_after(self, tenant_id: str, job_id: str, kind: PartKind, number: int) -> Part | None:
        """The first piece whose number is higher."""
        ...

    def delete_part(self, tenant_id: str, job_id: str, kind: PartKind, number: int) -> Change:
        """Forgets one piece."""
        ...

    def delete_parts(self, tenant_id: str, job_id: str, kind: PartKind) -> Change:
        """Forgets all pieces of a kind."""
        ...
