"""What one may order: an import of a file, an export. Both become jobs."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from gatewright.connections import Connection
from gatewright.jobs import ExportField, Job, Jobs
from gatewright.kernel.errors import Invalid
from gatewright.kernel.events import Event
from gatewright.transfer.exporting import UserExport
from gatewright.transfer.records import BATCH, Record, RecordSplitter
from gatewright.users import UserStore

LONGEST_PART = 256 * 1024
"""Characters of records that are kept in one row, unless one record alone is longer."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[Record])
DATABASE = "auth0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """An import that somebody asked for. ``client_id`` is who."""

    connection: Connection
    upsert: bool = False
    external_id: str = ""
    send_completion_email: bool = False
    client_id: str = ""


class Transfers:
    """Takes orders; the work is done by whoever runs ``worker.Worker``."""

    def __init__(self, jobs: Jobs, users: UserStore) -> None:
        self._jobs = jobs
        self._users = users

    async def order_import(
        self, tenant_id: str, order: ImportOrder, file: AsyncIterator[bytes], *events: Event
    ) -> Job:
        """Keeps the file, piece by piece as it comes, and the job that imports it.

        Raises ``Invalid`` for a connection that has no users of its own, and for a file without a user.
        """
        check_database(order.connection)

        async def decide() -> tuple[ImportOrder, Sequence[Event]]:
            return order, events

        return await self.take_import(tenant_id, file, decide)

    async def take_import(
        self,
        tenant_id: str,
        file: AsyncIterator[bytes],
        decide: Callable[[], Awaitable[tuple[ImportOrder, Sequence[Event]]]],
    ) -> Job:
        """The same where only the end of the file tells what is to be done with it."""

        async def job() -> tuple[Job, Sequence[Event]]:
            order, events = await decide()
            check_database(order.connection)
            return _job(order), events

        return await self._jobs.receive(tenant_id, _parts(file), job)

    async def order_export(
        self,
        tenant_id: str,
        *events: Event,
        connection: Connection | None = None,
        form: Literal["json", "csv"] = "json",
        fields: Sequence[ExportField] = (),
        limit: int | None = None,
        client_id: str = "",
    ) -> Job:
        """Keeps the job that writes users down: ``json`` is one object a line. Raises ``Invalid``."""
        if limit is not None and limit < 1:
            raise Invalid(f"read {limit}; wanted: 1 or more", path="limit")
        UserExport(self._users, tenant_id=tenant_id, form="csv", fields=fields)
        job = Job(
            job_id="",
            type="users_export",
            connection_id=connection.connection_id if connection else "",
            connection=connection.name if connection else "",
            client_id=client_id,
            format=form,
            fields=tuple(fields),
            limit=limit,
        )
        return await self._jobs.hand_in(tenant_id, job, _nothing(), *events)


def _job(order: ImportOrder) -> Job:
    return Job(
        job_id="",
        type="users_import",
        connection_id=order.connection.connection_id,
        connection=order.connection.name,
        client_id=order.client_id,
        external_id=order.external_id,
        upsert=order.upsert,
        send_completion_email=order.send_completion_email,
    )


def check_database(connection: Connection) -> None:
    """Raises ``Invalid`` unless users are kept in the connection itself."""
    if connection.strategy != DATABASE:
        message = f"{connection.name} is no database; wanted: a connection that keeps users (strategy auth0)"
        raise Invalid(message, path="connection_id")


def records_of(content: str) -> list[Record]:
    """The records in a part of the input."""
    return _decoder.decode(content)


async def _parts(file: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, int]]:
    splitter, held, size = RecordSplitter(), list[Record](), 0
    is_empty = True
    async for piece in file:
        for record in splitter.feed(piece):
            if held and (len(held) == BATCH or size + len(record.text) > LONGEST_PART):
                yield _encoder.encode(held).decode(), len(held)
                held, size, is_empty = [], 0, False
            held.append(record)
            size += len(record.text)
    held += splitter.finish()
    if held:
        yield _encoder.encode(held).decode(), len(held)
    elif is_empty:
        raise Invalid(
            "there is no user in the file; wanted: a JSON array, or one object a line", path="users"
        )


async def _nothing() -> AsyncIterator[tuple[str, int]]:
    return
    yield
