"""The worker: takes the job whose turn it is and does it, one at a time, for as long as there is one.

Every process of a server runs one. A job is leased by a conditional update, and what is done is committed
in one unit with how far it got: a worker that dies leaves whole batches, and whoever takes the job after
its lease goes on behind the last of them. Between jobs it sleeps until somebody nudges it.
What reads and checks users is imported with the first job: a server that has none does not pay for it.
"""

import asyncio
import importlib
import logging
from contextlib import suppress
from typing import Any

from gatewright.connections import Connections
from gatewright.jobs import JobStore
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, Unavailable
from gatewright.kernel.events import Bus
from gatewright.transfer.held_job import LEASE_SECONDS, Doer, HeldJob, LeaseLost
from gatewright.users import UserStore

_TROUBLE_SECONDS = 5
_MISTAKE = "internal error; the server's log has it"
_log = logging.getLogger(__name__)


class Worker:
    """Does the jobs of all tenants."""

    def __init__(
        self, jobs: JobStore, users: UserStore, connections: Connections, bus: Bus, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._bus = bus
        self._clock = clock
        self._users = users
        self._connections = connections
        self._awake = asyncio.Event()

    def nudge(self) -> None:
        """Wakes the worker: there is a new job."""
        self._awake.set()

    async def run(self) -> None:
        """Does what is left over, then whatever comes, until it is cancelled."""
        while True:
            self._awake.clear()
            pause = await self._turn()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._awake.wait()

    async def work(self) -> int | None:
        """Does all jobs whose turn it is; returns the seconds until another's may be, or ``None``."""
        while due := await self._jobs.due(self._clock.now()):
            held = await self._take(*due)
            if held is not None:
                with suppress(LeaseLost):
                    await self._do(held)
        turn = await self._jobs.next_due()
        return None if turn is None else max(turn - self._clock.now(), 1)

    async def _turn(self) -> int | None:
        try:
            return await self.work()
        except Unavailable as trouble:
            _log.warning("jobs cannot be worked on: %s", trouble.message)
            return max(trouble.retry_after, _TROUBLE_SECONDS)
        except Exception:
            _log.exception("jobs cannot be worked on")
            return _TROUBLE_SECONDS

    async def _take(self, tenant_id: str, job_id: str) -> HeldJob | None:
        now, owner = self._clock.now(), ids.random_text(12)
        job = await self._jobs.lease(tenant_id, job_id, owner=owner, now=now, until=now + LEASE_SECONDS)
        if job is None:
            return None
        return HeldJob(self._jobs, self._bus, self._clock, tenant_id=tenant_id, job=job, owner=owner)

    async def _do(self, held: HeldJob) -> None:
        """One job to its end, whatever that is. Raises ``LeaseLost``."""
        try:
            if held.job.started_at is None:
                await held.save(status="processing", started_at=self._clock.now())
            await self._doer(held).do(held)
        except (LeaseLost, Unavailable):
            raise
        except asyncio.CancelledError:
            await held.release()
            raise
        except GatewrightError as error:
            await self._fail(held, error.message)
        except Exception:
            _log.exception("job %s failed", held.job.job_id)
            await self._fail(held, _MISTAKE)

    async def _fail(self, held: HeldJob, why: str) -> None:
        await held.fail(why, *self._doer(held).failed(held, why))

    def _doer(self, held: HeldJob) -> Doer:
        if held.job.type == "users_import":
            imports: Any = importlib.import_module("gatewright.transfer.import_job")
            importer: Doer = imports.ImportJob(self._users, self._connections, self._clock)
            return importer
        exports: Any = importlib.import_module("gatewright.transfer.export_job")
        exporter: Doer = exports.ExportJob(self._users, self._clock)
        return exporter
