"""``/jobs``: how far work in the background got, and what went wrong with it."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from gatewright.jobs import Job, Jobs
from gatewright.management.errors import Inexistent
from gatewright.management.exports import Exports
from gatewright.management.job_shape import ShownJob, job_shown
from gatewright.management.resource import Answer, Call, Operation

_READ_USERS = "read:users"
_SCOPES = ("create:users", _READ_USERS, "create:passwords_checking_job")


class ShownWrong(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a record of an import."""

    code: str
    message: str
    path: str = ""


class ShownFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A record that became no user, by its line or its place in the list, and all that is wrong with it.

    ``user`` is what was read, without its secrets.
    """

    number: int
    user: dict[str, Any] | None
    errors: tuple[ShownWrong, ...]


class JobResource:
    """See ``resource.Resource``."""

    def __init__(self, jobs: Jobs, exports: Exports) -> None:
        self._jobs = jobs
        self._exports = exports

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/jobs/{id}"
        return (
            Operation(
                method="GET",
                path=one,
                scopes=_SCOPES,
                summary="Read a job; where exported users are, `read:users` is told, for ten minutes.",
                run=self._read,
                shows=ShownJob,
                lacks="compression of exported files",
            ),
            Operation(
                method="GET",
                path=f"{one}/errors",
                scopes=_SCOPES,
                summary="List the records of an import that became no users; 204 when there are none.",
                run=self._errors,
                shows=ShownFailure,
                bare_list=True,
                may_be_empty=True,
            ),
        )

    async def _read(self, call: Call) -> Answer:
        job = await self._found(call)
        location = self._exports.location(call.tenant, job) if call.caller.may(_READ_USERS) else ""
        return Answer(job_shown(job, call.now, location=location))

    async def _errors(self, call: Call) -> Answer:
        job = await self._found(call)
        parts = self._jobs.parts(call.tenant_id, job.job_id, "error")
        first = await anext(parts, None)
        if first is None:
            return Answer(status=204)
        return Answer(pieces=_joined(first, parts))

    async def _found(self, call: Call) -> Job:
        job = await self._jobs.get(call.tenant_id, call.id())
        if job is None:
            raise Inexistent("job")
        return job


async def _joined(first: str, rest: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """Many JSON lists as one, one of them in memory at a time."""
    yield first.removesuffix("]").encode()
    async for part in rest:
        yield b"," + part.removeprefix("[").removesuffix("]").encode()
    yield b"]"
