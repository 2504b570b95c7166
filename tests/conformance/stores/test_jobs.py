"""Jobs: one worker at a time, and parts in their order, on every backend."""

import asyncio

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.jobs import ExportField, Job, JobSummary, Part
from gatewright.kernel.units import Unmatched
from gatewright.storage.stores import Stores

pytestmark = pytest.mark.anyio

JOB = Job(
    job_id="job_1",
    type="users_import",
    created_at=5,
    connection_id="con_db",
    connection="db",
    upsert=True,
    records=10,
    fields=(ExportField(name="email", export_as="mail"),),
)
NOW = 100


async def put(place: Place, *jobs: Job) -> None:
    await place.run(*(place.stores.jobs.insert(TENANT, job, expires_at=1_000) for job in jobs))


async def test_round_trip(place: Place) -> None:
    """A job comes back as it was put, in its own tenant alone."""
    await put(place, JOB)
    assert await place.stores.jobs.get(TENANT, "job_1") == JOB
    assert await place.stores.jobs.get(OTHER, "job_1") is None
    assert await place.stores.jobs.get(TENANT, "job_2") is None


async def test_nothing_is_due_where_there_is_nothing(place: Place) -> None:
    """Without a job nobody's turn comes."""
    assert await place.stores.jobs.due(NOW) is None
    assert await place.stores.jobs.next_due() is None


async def test_job_that_is_over_from_the_start(place: Place) -> None:
    """A job that is put when it is over is there, and never anybody's turn."""
    done = msgspec.structs.replace(JOB, type="verification_email", status="completed")
    await put(place, done)
    assert await place.stores.jobs.get(TENANT, "job_1") == done
    assert await place.stores.jobs.due(NOW) is None
    assert await place.stores.jobs.next_due() is None


async def test_oldest_job_is_first(place: Place) -> None:
    """Of two jobs it is the older one's turn, then the other's, then nobody's until a lease ends."""
    jobs = place.stores.jobs
    await put(place, msgspec.structs.replace(JOB, job_id="job_0", created_at=6), JOB)
    assert await jobs.due(NOW) == (TENANT, "job_1")
    assert await jobs.lease(TENANT, "job_1", owner="a", now=NOW, until=NOW + 60) == JOB
    assert await jobs.due(NOW) == (TENANT, "job_0")
    assert await jobs.lease(TENANT, "job_0", owner="b", now=NOW, until=NOW + 30)
    assert await jobs.due(NOW) is None
    assert await jobs.next_due() == NOW + 30
    assert await jobs.due(NOW + 30) == (TENANT, "job_0")


async def test_of_many_takers_one_gets_the_job(place: Place) -> None:
    """However many processes want a job at once, one has it."""
    await put(place, JOB)
    other = place.another()
    await other.open()
    stores = (place.stores.jobs, Stores.over(other).jobs)
    found = await asyncio.gather(
        *(stores[n % 2].lease(TENANT, "job_1", owner=str(n), now=NOW, until=NOW + 60) for n in range(20))
    )
    await other.close()
    assert found.count(JOB) == 1
    assert found.count(None) == 19


async def test_who_lost_the_lease_changes_nothing(place: Place) -> None:
    """A worker that was thought dead cannot save once another one has the job, nor with what goes along."""
    jobs = place.stores.jobs
    await put(place, JOB)
    await jobs.lease(TENANT, "job_1", owner="slow", now=NOW, until=NOW + 60)
    await jobs.lease(TENANT, "job_1", owner="quick", now=NOW + 60, until=NOW + 120)
    done = msgspec.structs.replace(JOB, done=3)
    with pytest.raises(Unmatched):
        await place.run(
            jobs.save(TENANT, done, owner="slow", until=NOW + 180),
            jobs.add_part(TENANT, "job_1", "error", Part(1, "x"), expires_at=1),
        )
    assert await jobs.get(TENANT, "job_1") == JOB
    assert await jobs.part_after(TENANT, "job_1", "error", 0) is None
    await place.run(jobs.save(TENANT, done, owner="quick", until=NOW + 180))
    assert await jobs.get(TENANT, "job_1") == done
    assert await jobs.next_due() == NOW + 180


@pytest.mark.parametrize("status", ["completed", "failed"])
async def test_what_is_over_is_nobodys_turn(place: Place, status: str) -> None:
    """A job that is over is kept to be looked at, and is never taken or changed again."""
    jobs = place.stores.jobs
    await put(place, JOB)
    await jobs.lease(TENANT, "job_1", owner="a", now=NOW, until=NOW)
    over = msgspec.structs.replace(JOB, status=status, summary=JobSummary(inserted=9, failed=1, total=10))
    await place.run(jobs.save(TENANT, over, owner="a", until=NOW))
    assert await jobs.get(TENANT, "job_1") == over
    assert await jobs.due(NOW + 1) is None
    assert await jobs.next_due() is None
    assert await jobs.lease(TENANT, "job_1", owner="b", now=NOW + 1, until=NOW + 60) is None
    with pytest.raises(Unmatched):
        await place.run(jobs.save(TENANT, JOB, owner="a", until=NOW))


async def test_parts_keep_their_order_and_their_kind(place: Place) -> None:
    """Parts are read one after the other by number, apart by kind and job, and forgotten."""
    jobs = place.stores.jobs
    for number in (10, 9, 100):
        await place.run(jobs.add_part(TENANT, "j", "input", Part(number, f"ä{number}"), expires_at=1))
    await place.run(jobs.add_part(TENANT, "j", "output", Part(1, "out"), expires_at=1))
    await place.run(jobs.add_part(TENANT, "k", "input", Part(1, "k"), expires_at=1))
    assert await jobs.part_after(TENANT, "j", "input", 0) == Part(9, "ä9")
    assert await jobs.part_after(TENANT, "j", "input", 9) == Part(10, "ä10")
    assert await jobs.part_after(OTHER, "j", "input", 0) is None
    await place.run(jobs.delete_part(TENANT, "j", "input", 9))
    assert await jobs.part_after(TENANT, "j", "input", 0) == Part(10, "ä10")
    await place.run(jobs.delete_parts(TENANT, "j", "input"))
    assert await jobs.part_after(TENANT, "j", "input", 0) is None
    assert await jobs.part_after(TENANT, "j", "output", 0) == Part(1, "out")
    assert await jobs.part_after(TENANT, "k", "input", 0) == Part(1, "k")
