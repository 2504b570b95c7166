"""Expired rows go, and what deleted connections left, in small batches, while there is work to do anyway.

Tables stay bounded; an idle server stays idle.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Column, Table, and_, bindparam, delete, not_, or_, select, tuple_, update

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Unavailable
from gatewright.kernel.ids import log_ids_from
from gatewright.kernel.units import Change
from gatewright.storage import schema
from gatewright.storage.database import Database
from gatewright.storage.leftovers import Leftovers
from gatewright.storage.statement import Statement

BATCH = 100
"""Rows of a batch: on SQLite nobody else in the process is served while it lasts, a millisecond or two."""

INTERVAL = 300
"""Seconds between sweeps of a server that is being used."""

_DAY = 86_400
_log = logging.getLogger(__name__)


def _sweep(table: Table, ends: Column[int]) -> Statement:
    keys = list(table.primary_key.columns)
    old = select(*keys).where(ends <= bindparam("now")).limit(BATCH)
    return Statement(delete(table).where(tuple_(*keys).in_(old)))


EXPIRING = (
    schema.login_transactions,
    schema.codes,
    schema.sessions,
    schema.access_tokens,
    schema.revoked_grants,
    schema.tickets,
    schema.login_tickets,
    schema.one_time_codes,
    schema.invitations,
    schema.jobs,
    schema.job_parts,
    schema.attempts,
    schema.blocks,
    schema.outbox,
)
"""Tables whose ``expires_at`` is the second from which a row may be forgotten."""

_SWEEPS = {table.name: _sweep(table, table.c.expires_at) for table in EXPIRING}
_FAMILIES = schema.token_families
_SWEEP_FAMILIES = _sweep(_FAMILIES, _FAMILIES.c.sweep_at)
_SPARE_FAMILIES = Statement(
    update(_FAMILIES)
    .where(
        tuple_(*_FAMILIES.primary_key.columns).in_(
            select(*_FAMILIES.primary_key.columns)
            .where(
                _FAMILIES.c.sweep_at <= bindparam("now"),
                _FAMILIES.c.expires_at > bindparam("now"),
                _FAMILIES.c.revoked_at.is_(None),
            )
            .limit(BATCH)
        )
    )
    .values(sweep_at=_FAMILIES.c.expires_at)
)
"""A family that was refreshed lives longer than was thought; told here, so that a refresh moves no index."""

HELD_DAYS = 7
"""How much longer an entry is kept for an active stream that has not told it: streams fail no longer."""

_LOGS, _TENANTS = schema.logs, schema.tenants
_STREAMS, _PROGRESS = schema.log_streams, schema.log_progress
_IS_AWAITED = (
    select(_PROGRESS.c.stream_id)
    .join(
        _STREAMS,
        and_(_STREAMS.c.tenant_id == _PROGRESS.c.tenant_id, _STREAMS.c.stream_id == _PROGRESS.c.stream_id),
    )
    .where(
        _PROGRESS.c.tenant_id == _LOGS.c.tenant_id,
        _STREAMS.c.status == "active",
        _PROGRESS.c.position < _LOGS.c.log_id,
    )
    .correlate(_LOGS)
    .exists()
)
_SWEEP_LOGS = Statement(
    delete(_LOGS).where(
        tuple_(_LOGS.c.tenant_id, _LOGS.c.log_id).in_(
            select(_LOGS.c.tenant_id, _LOGS.c.log_id)
            .select_from(_TENANTS.join(_LOGS, _LOGS.c.tenant_id == _TENANTS.c.tenant_id))
            .where(
                _LOGS.c.log_id < bindparam("first"),
                or_(_LOGS.c.log_id < bindparam("first_held"), not_(_IS_AWAITED)),
            )
            .limit(BATCH)
        )
    )
)
"""Log ids sort by time, so that the log needs no other index by age."""


class Housekeeping:
    """Sweeps after the server was used, and once at the start."""

    def __init__(
        self, database: Database, clock: Clock, leftovers: Leftovers, *, log_retention_days: int
    ) -> None:
        self._database = database
        self._leftovers = leftovers
        self._clock = clock
        self._log_seconds = log_retention_days * _DAY
        self._used = asyncio.Event()

    def used(self) -> None:
        """Tells that something happened; the next sweep will be due. Costs next to nothing."""
        self._used.set()

    async def run(self) -> None:
        """Sweeps now and then, for as long as the server lives."""
        while True:
            with suppress(Unavailable):
                await self.sweep()
            self._used.clear()
            await self._used.wait()
            await asyncio.sleep(INTERVAL)

    async def sweep(self) -> int:
        """Removes everything that has expired, and the users of connections that are gone.

        Returns how many rows, and users, went.
        """
        await self._repeat(_SPARE_FAMILIES.change(now=self._clock.now()))
        removed = 0
        for change in self._due():
            removed += await self._repeat(change)
        if removed:
            _log.info("%d expired rows removed", removed)
        return removed + await self._leftovers.remove()

    async def _repeat(self, change: Change) -> int:
        """Runs ``change`` until it finds less than a batch; returns how many rows it touched in all."""
        touched, count = 0, BATCH
        while count == BATCH:
            (count,) = await self._database.run((change,))
            touched += count
        return touched

    def _due(self) -> Iterator[Change]:
        now = self._clock.now()
        for statement in _SWEEPS.values():
            yield statement.change(now=now)
        yield _SWEEP_FAMILIES.change(now=now)
        kept = now - self._log_seconds
        yield _SWEEP_LOGS.change(first=log_ids_from(kept), first_held=log_ids_from(kept - HELD_DAYS * _DAY))
