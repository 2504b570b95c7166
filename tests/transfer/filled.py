"""Imports in a running server: the order, the wait, what came of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from tests.support.world import CONNECTION, World

from gatewright.jobs import Job
from gatewright.transfer import ImportOrder

DEADLINE = 120.0


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    """A file as a request brings it."""
    for start in range(0, len(content), 10_000):
        yield content[start : start + 10_000]


def lines(people: Iterable[object]) -> bytes:
    """One object a line; text goes in as it is."""
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in people).encode()


async def ordered(world: World, content: bytes, **order: Any) -> Job:
    """The job of an import that nobody has begun."""
    connection = await world.platform.connections.by_name(world.tenant_id, CONNECTION)
    assert connection is not None
    wanted = ImportOrder(connection=connection, **order)
    return await world.platform.transfers.order_import(world.tenant_id, wanted, pieces(content))


async def finished(world: World, job: Job) -> Job:
    """The job when it is over."""
    async with asyncio.timeout(DEADLINE):
        while True:
            found = await world.platform.jobs.get(world.tenant_id, job.job_id)
            assert found is not None
            if found.is_over:
                return found
            await asyncio.sleep(0.01)


async def imported(world: World, *people: object, **order: Any) -> Job:
    """The job that brought ``people``, when it is over."""
    return await finished(world, await ordered(world, lines(people), **order))


async def errors(world: World, job: Job) -> list[dict[str, Any]]:
    """Everything that was refused."""
    parts = world.platform.jobs.parts(world.tenant_id, job.job_id, "error")
    return [failure async for part in parts for failure in json.loads(part)]


async def wrong(world: World, job: Job) -> list[tuple[int, str, str]]:
    """The first thing that is wrong with each that was refused: number, code, path."""
    found = await errors(world, job)
    return [(one["number"], one["errors"][0]["code"], one["errors"][0]["path"]) for one in found]


def counts(job: Job) -> tuple[int, int, int]:
    """Inserted, updated, failed."""
    assert job.summary.total == job.summary.inserted + job.summary.updated + job.summary.failed
    return job.summary.inserted, job.summary.updated, job.summary.failed
