"""Revisions on PostgreSQL: known from memory, moved by notifications, trusted for a limited time.

One connection of its own listens. A notification that is lost on the way would leave caches stale, so what
is in memory counts only while the connection has proved itself within ``LEASE`` seconds.
It is asked to prove itself only while somebody wants to know a revision: an idle process stays idle.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg

from gatewright.storage.postgres_errors import LOST
from gatewright.storage.postgres_pool import Connect, Connection
from gatewright.storage.revision import CHANNEL

LEASE = 15.0
"""Seconds for which a proof counts."""

_RENEW_AFTER = 5.0
_PROOF_SECONDS = 5.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0

_log = logging.getLogger(__name__)


class RevisionListener:
    """Counts the changes of each tenant's configuration.

    The numbers are this process's own: each is larger than all it gave before, and every break in
    listening moves those of all tenants. ``now`` is a clock in seconds that never goes back.
    """

    def __init__(self, connect: Connect, now: Callable[[], float] = time.monotonic) -> None:
        self._connect = connect
        self._now = now
        self._revisions: dict[str, int] = {}
        self._floor = 0
        self._latest = 0
        self._trusted_until = 0.0
        self._renew_at = 0.0
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to listen in the background."""
        self._task = asyncio.create_task(self._listen_for_ever(), name="gatewright-revisions")

    async def stop(self) -> None:
        """Stops listening; no revision is known from here on."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def revision(self, tenant_id: str) -> int | None:
        """See ``Database.revision``."""
        now = self._now()
        if now >= self._renew_at:
            self._wanted.set()
            if now >= self._trusted_until:
                return None
        return self._revisions.get(tenant_id, self._floor)

    def moved(self, tenant_id: str) -> None:
        """The tenant's configuration has changed: somebody said so, or we did it ourselves."""
        self._latest += 1
        self._revisions[tenant_id] = self._latest

    async def _listen_for_ever(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                connection = await self._connect()
                try:
                    await self._listen(connection)
                    pause = _FIRST_PAUSE
                    await self._prove(connection)
                finally:
                    self._distrust()
                    connection.terminate()
            except (*LOST, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
                _log.warning("not listening for configuration changes: %s", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _listen(self, connection: Connection) -> None:
        connection.add_termination_listener(self._on_end)
        await connection.add_listener(CHANNEL, self._on_notification)
        # What happened before now went unheard: every tenant may have changed.
        self._latest += 1
        self._floor = self._latest
        self._revisions.clear()
        self._trust(connection, self._now())

    async def _prove(self, connection: Connection) -> None:
        """Renews the trust whenever it is wanted, until the connection fails to prove itself."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            asked_at = self._now()
            channels = await connection.fetch("SELECT pg_listening_channels()", timeout=_PROOF_SECONDS)
            if not channels:
                # A transaction pooler between us: the session that listens is not the one that answers.
                raise OSError(
                    "the session does not listen; PostgreSQL must be reached without a transaction pooler"
                )
            self._trust(connection, asked_at)

    def _trust(self, connection: Connection, since: float) -> None:
        if connection.is_closed():  # its end was told before its last answer
            raise ConnectionResetError("the listening session has ended")
        self._trusted_until = since + LEASE
        self._renew_at = since + _RENEW_AFTER

    def _distrust(self) -> None:
        self._trusted_until = self._renew_at = 0.0

    def _on_end(self, connection: Any) -> None:
        self._distrust()
        self._wanted.set()

    def _on_notification(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        self.moved(str(payload))
