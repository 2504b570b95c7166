"""A job that imports users: part after part of its input, each forgotten with what came of it."""

import asyncio
from collections.abc import Sequence

import msgspec

from gatewright.connections import Connections
from gatewright.jobs import JobSummary, Part
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import NotFound
from gatewright.kernel.events import Event
from gatewright.transfer.events import UsersImported, UsersImportFailed
from gatewright.transfer.held_job import HeldJob
from gatewright.transfer.importing import Importer, Outcome
from gatewright.transfer.service import records_of
from gatewright.users import UserStore

_encoder = msgspec.json.Encoder()


class ImportJob:
    """Does import jobs."""

    def __init__(self, users: UserStore, connections: Connections, clock: Clock) -> None:
        self._users = users
        self._connections = connections
        self._clock = clock

    async def do(self, held: HeldJob) -> None:
        """Imports what is left of the input. Raises ``NotFound`` when the connection is gone."""
        while part := await held.part_after("input", 0):
            await self._import(held, part)
            await asyncio.sleep(0)
        await held.complete(
            UsersImported(
                tenant_id=held.tenant_id,
                at=self._clock.now(),
                client_id=held.job.client_id or None,
                connection=held.job.connection,
                description="Users were imported.",
                details=_details(held),
            )
        )

    def failed(self, held: HeldJob, why: str) -> Sequence[Event]:
        """See ``Doer.failed``."""
        event = UsersImportFailed(
            tenant_id=held.tenant_id,
            at=self._clock.now(),
            client_id=held.job.client_id or None,
            connection=held.job.connection,
            description=f"An import was given up: {why}",
            details=_details(held),
        )
        return (event,)

    async def _import(self, held: HeldJob, part: Part) -> None:
        connection = await self._connections.by_name(held.tenant_id, held.job.connection)
        if connection is None or connection.connection_id != held.job.connection_id:
            raise NotFound(f"the connection {held.job.connection} was deleted")
        importer = Importer(
            self._users,
            self._clock,
            tenant_id=held.tenant_id,
            connection=connection,
            upsert=held.job.upsert,
        )

        async def commit(outcome: Outcome) -> None:
            await _commit(held, outcome)

        await importer.run([one for one in records_of(part.content) if one.number > held.job.done], commit)
        await held.save(held.delete_part("input", part.number))


async def _commit(held: HeldJob, outcome: Outcome) -> None:
    failures = outcome.failures
    told = () if not failures else (held.add_part("error", failures[0].number, _text(failures)),)
    await held.save(*told, *outcome.unit, done=outcome.last, summary=added(held.job.summary, outcome))


def added(summary: JobSummary, outcome: Outcome) -> JobSummary:
    """The sums with an outcome added."""
    failed = summary.failed + len(outcome.failures)
    updated, inserted = summary.updated + outcome.updated, summary.inserted + outcome.inserted
    return JobSummary(failed=failed, updated=updated, inserted=inserted, total=failed + updated + inserted)


def _text(failures: tuple[object, ...]) -> str:
    return _encoder.encode(failures).decode()


def _details(held: HeldJob) -> dict[str, object]:
    return {"job_id": held.job.job_id, **msgspec.structs.asdict(held.job.summary)}
