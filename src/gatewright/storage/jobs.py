"""Jobs and their parts."""

from sqlalchemy import bindparam, delete, func, insert, select, update

from gatewright.jobs import Job, Part, PartKind
from gatewright.kernel.units import Change
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import job_parts, jobs
from gatewright.storage.statement import Statement

_HERE = (jobs.c.tenant_id == bindparam("tenant_id"), jobs.c.job_id == bindparam("id"))
_OPEN, _OVER = "open", "over"
_IS_OPEN = jobs.c.state == _OPEN
_OF_JOB = (
    job_parts.c.tenant_id == bindparam("tenant_id"),
    job_parts.c.job_id == bindparam("id"),
    job_parts.c.kind == bindparam("kind"),
)

_GET = Statement(select(jobs.c.doc).where(*_HERE))
_INSERT = Statement(
    insert(jobs).values(
        **{name: bindparam(name) for name in ("tenant_id", "job_id", "created_at", "expires_at", "doc")},
        state=bindparam("new_state"),
        owner="",
        lease_until=0,
    )
)
_DUE = Statement(
    select(jobs.c.tenant_id, jobs.c.job_id)
    .where(_IS_OPEN, jobs.c.lease_until <= bindparam("now"))
    .order_by(jobs.c.created_at, jobs.c.job_id)
    .limit(1)
)
_NEXT = Statement(select(func.min(jobs.c.lease_until)).where(_IS_OPEN))
_LEASE = Statement(
    update(jobs)
    .where(*_HERE, _IS_OPEN, jobs.c.lease_until <= bindparam("now"))
    .values(owner=bindparam("holder"), lease_until=bindparam("until"))
    .returning(jobs.c.doc)
)
_SAVE = Statement(
    update(jobs)
    .where(*_HERE, _IS_OPEN, jobs.c.owner == bindparam("holder"))
    .values(state=bindparam("new_state"), lease_until=bindparam("until"), doc=bindparam("new_doc"))
)
_RELEASE = Statement(
    update(jobs)
    .where(*_HERE, _IS_OPEN, jobs.c.owner == bindparam("holder"))
    .values(owner="", lease_until=bindparam("at"))
)
_ADD_PART = Statement(
    insert(job_parts).values(
        **{
            name: bindparam(name)
            for name in ("tenant_id", "job_id", "kind", "number", "expires_at", "content")
        }
    )
)
_PART_AFTER = Statement(
    select(job_parts.c.number, job_parts.c.content)
    .where(*_OF_JOB, job_parts.c.number > bindparam("after"))
    .order_by(job_parts.c.number)
    .limit(1)
)
_DELETE_PART = Statement(delete(job_parts).where(*_OF_JOB, job_parts.c.number == bindparam("which")))
_DELETE_PARTS = Statement(delete(job_parts).where(*_OF_JOB))
_decode = decoder(Job).decode


class SqlJobs:
    """See ``jobs.JobStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, job_id: str) -> Job | None:
        """See ``JobStore.get``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, id=job_id)
        return _decode(row[0]) if row else None

    def insert(self, tenant_id: str, job: Job, *, expires_at: int) -> Change:
        """See ``JobStore.insert``."""
        return _INSERT.change(
            tenant_id=tenant_id,
            job_id=job.job_id,
            created_at=job.created_at,
            expires_at=expires_at,
            new_state=_OVER if job.is_over else _OPEN,
            doc=encode(job),
        )

    async def due(self, now: int) -> tuple[str, str] | None:
        """See ``JobStore.due``."""
        row = await self._database.fetch_one(_DUE, now=now)
        return (row[0], row[1]) if row else None

    async def next_due(self) -> int | None:
        """See ``JobStore.next_due``."""
        row = await self._database.fetch_one(_NEXT)
        return row[0] if row else None

    async def lease(self, tenant_id: str, job_id: str, *, owner: str, now: int, until: int) -> Job | None:
        """See ``JobStore.lease``."""
        row = await self._database.take(
            _LEASE.change(tenant_id=tenant_id, id=job_id, holder=owner, now=now, until=until)
        )
        return _decode(row[0]) if row else None

    def save(self, tenant_id: str, job: Job, *, owner: str, until: int) -> Change:
        """See ``JobStore.save``."""
        return _SAVE.change(
            must_match=True,
            tenant_id=tenant_id,
            id=job.job_id,
            holder=owner,
            until=until,
            new_state=_OVER if job.is_over else _OPEN,
            new_doc=encode(job),
        )

    def release(self, tenant_id: str, job_id: str, *, owner: str, at: int) -> Change:
        """See ``JobStore.release``."""
        return _RELEASE.change(tenant_id=tenant_id, id=job_id, holder=owner, at=at)

    def add_part(self, tenant_id: str, job_id: str, kind: PartKind, part: Part, *, expires_at: int) -> Change:
        """See ``JobStore.add_part``."""
        return _ADD_PART.change(
            tenant_id=tenant_id,
            job_id=job_id,
            kind=kind,
            number=part.number,
            expires_at=expires_at,
            content=part.content,
        )

    async def part_after(self, tenant_id: str, job_id: str, kind: PartKind, number: int) -> Part | None:
        """See ``JobStore.part_after``."""
        row = await self._database.fetch_one(
            _PART_AFTER, tenant_id=tenant_id, id=job_id, kind=kind, after=number
        )
        return Part(row[0], row[1]) if row else None

    def delete_part(self, tenant_id: str, job_id: str, kind: PartKind, number: int) -> Change:
        """See ``JobStore.delete_part``."""
        return _DELETE_PART.change(tenant_id=tenant_id, id=job_id, kind=kind, which=number)

    def delete_parts(self, tenant_id: str, job_id: str, kind: PartKind) -> Change:
        """See ``JobStore.delete_parts``."""
        return _DELETE_PARTS.change(tenant_id=tenant_id, id=job_id, kind=kind)
