"""A job that writes users down, page by page, into the rows of its output."""

from collections.abc import Sequence

from gatewright.jobs import Part
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Event
from gatewright.transfer.events import UsersExported
from gatewright.transfer.exporting import UserExport
from gatewright.transfer.held_job import HeldJob
from gatewright.users import UserStore


class ExportJob:
    """Does export jobs."""

    def __init__(self, users: UserStore, clock: Clock) -> None:
        self._users = users
        self._clock = clock

    async def do(self, held: HeldJob) -> None:
        """Writes whoever is not in the output yet."""
        job = held.job
        export = UserExport(
            self._users,
            tenant_id=held.tenant_id,
            form="csv" if job.format == "csv" else "ndjson",
            connection=job.connection,
            fields=job.fields,
        )
        number = await _last_output(held)
        if number == 0:
            number = 1
            await held.save(held.add_part("output", number, export.head()))
        async for page in export.pages(after=job.after, count=job.done, limit=job.limit):
            number += 1
            piece = held.add_part("output", number, page.text)
            await held.save(piece, after=page.after, done=held.job.done + page.count)
        await held.complete(self._exported(held))

    def failed(self, held: HeldJob, why: str) -> Sequence[Event]:
        """See ``Doer.failed``: nothing left the server, so there is nothing to tell."""
        return ()

    def _exported(self, held: HeldJob) -> UsersExported:
        job = held.job
        fields = [field.name for field in job.fields]
        return UsersExported(
            tenant_id=held.tenant_id,
            at=self._clock.now(),
            client_id=job.client_id or None,
            connection=job.connection or None,
            description="Users were exported.",
            details={"job_id": job.job_id, "users": job.done, "fields": fields},
        )


async def _last_output(held: HeldJob) -> int:
    number = 0
    while isinstance(part := await held.part_after("output", number), Part):
        number = part.number
    return number
