"""Where the output of an export lies for some minutes: an address that is its own key.

Programs fetch it without an access token. The key is computed and never stored, so that it is in no database.
"""

import hmac
from collections.abc import AsyncIterator
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gatewright.jobs import Job, Jobs
from gatewright.jose import MasterKey
from gatewright.jose.encoding import b64url
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus
from gatewright.management.answering import refused
from gatewright.management.errors import Inexistent, as_refusal
from gatewright.management.events import ExportRead
from gatewright.protection import TICKET_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.tenants import Tenant
from gatewright.web.context import Context, context_of

PATH = "/exports/{id}"
OPEN_SECONDS = 600
"""How long an address works; asking for the job again gives another one."""

_KINDS = {"json": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


class Exports:
    """Makes the addresses, and answers there."""

    def __init__(
        self, jobs: Jobs, master_key: MasterKey, limiter: AttemptLimiter, bus: Bus, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._key = master_key.derive("export download")
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    def location(self, tenant: Tenant, job: Job) -> str:
        """The address of the job's output; "" while there is none."""
        if job.type != "users_export" or job.status != "completed":
            return ""
        expires_at = self._clock.now() + OPEN_SECONDS
        key = self._key_of(tenant.tenant_id, job.job_id, expires_at)
        query = urlencode({"expires": expires_at, "key": key})
        return f"{tenant.url('api/v2/exports')}/{job.job_id}?{query}"

    async def endpoint(self, request: Request) -> Response:
        """The output of a job, or 404 for an address that is not, or no longer, one of ours."""
        context = context_of(request)
        try:
            return await self._answered(context, request)
        except GatewrightError as error:
            return refused(as_refusal(error), now=self._clock.now())

    async def _answered(self, context: Context, request: Request) -> Response:
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        self._limiter.refuse_if_blocked(tenant_id, TICKET_PER_IP, network)
        job = await self._opened(tenant_id, request)
        if job is None:
            await self._limiter.failed(tenant_id, TICKET_PER_IP, network, context.origin)
            raise Inexistent("export")
        await self._bus.commit((), self._read(context, job))
        name = f"{job.job_id}.{'ndjson' if job.format == 'json' else job.format}"
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{name}"',
            "x-content-type-options": "nosniff",
        }
        return StreamingResponse(self._pieces(tenant_id, job), 200, headers, _KINDS[job.format])

    async def _opened(self, tenant_id: str, request: Request) -> Job | None:
        """The job whose output the address opens."""
        job_id, query = request.path_params["id"], request.query_params
        expires, key = query.get("expires", ""), query.get("key", "")
        if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
            return None
        wanted = self._key_of(tenant_id, job_id, int(expires))
        if not hmac.compare_digest(wanted.encode(), key.encode()) or self._clock.now() >= int(expires):
            return None
        return await self._jobs.get(tenant_id, job_id)

    def _key_of(self, tenant_id: str, job_id: str, expires_at: int) -> str:
        text = f"{tenant_id}\n{job_id}\n{expires_at}"
        return b64url(hmac.digest(self._key, text.encode(), "sha256"))

    async def _pieces(self, tenant_id: str, job: Job) -> AsyncIterator[bytes]:
        async for piece in self._jobs.parts(tenant_id, job.job_id, "output"):
            yield piece.encode()

    def _read(self, context: Context, job: Job) -> ExportRead:
        return ExportRead(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=job.client_id or None,
            description="Download exported users.",
            details={"job_id": job.job_id, "users": job.done},
        )
