"""Expired rows go, in small batches, while there is work to do anyway.

Tables stay bounded; an idle server stays idle.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Column, Table, bindparam, delete, select, tuple_

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Unavailable
from gatewright.storage import schema
from gatewright.storage.database import Database
from gatewright.storage.statement import Statement

BATCH = 500
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
    schema.token_families,
    schema.access_tokens,
    schema.revoked_grants,
    schema.tickets,
    schema.attempts,
    schema.outbox,
)
"""Tables whose ``expires_at`` is the second from which a row may be forgotten."""

_SWEEPS = {table.name: _sweep(table, table.c.expires_at) for table in EXPIRING}
_SWEEP_LOGS = _sweep(schema.logs, schema.logs.c.at)


class Housekeeping:
    """Sweeps after the server was used, and once at the start."""

    def __init__(self, database: Database, clock: Clock, *, log_retention_days: int) -> None:
        self._database = database
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
        """Removes everything that has expired; returns how many rows went."""
        removed = 0
        for statement, before in self._due():
            while True:
                (count,) = await self._database.run((statement.change(now=before),))
                removed += count
                if count < BATCH:
                    break
        if removed:
            _log.info("%d expired rows removed", removed)
        return removed

    def _due(self) -> Iterator[tuple[Statement, int]]:
        now = self._clock.now()
        for statement in _SWEEPS.values():
            yield statement, now
        yield _SWEEP_LOGS, now - self._log_seconds
