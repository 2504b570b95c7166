"""Background work: one worker at a time, nothing twice, nothing lost."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest
from tests.support.world import CONNECTION, World
from tests.transfer.filled import counts, errors, finished, lines, ordered

from gatewright.jobs import Job, Part
from gatewright.kernel.units import Unmatched
from gatewright.transfer import Worker
from gatewright.transfer.held_job import LEASE_SECONDS

pytestmark = pytest.mark.anyio

PEOPLE = [{"email": f"p{number}@example.test", "user_id": f"p{number:03}"} for number in range(180)]


@pytest.fixture
def quiet(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A server whose own worker sleeps: the test works in its place."""
    monkeypatch.setattr(world.platform.worker, "_awake", asyncio.Event())
    monkeypatch.setattr(world.platform.worker, "nudge", lambda: None)
    monkeypatch.setattr(world.platform.jobs, "_nudge", lambda: None)
    return world


def another(world: World) -> Worker:
    """The worker of another process."""
    platform = world.platform
    return Worker(
        platform.stores.jobs, platform.stores.users, platform.connections, platform.bus, platform.clock
    )


def people(world: World) -> int:
    ((count,),) = world.rows("SELECT count(*) FROM users WHERE user_id LIKE 'auth0|p%'")
    return int(count)


async def now(world: World, job: Job) -> Job:
    found = await world.platform.jobs.get(world.tenant_id, job.job_id)
    assert found is not None
    return found


def stop_after(world: World, monkeypatch: pytest.MonkeyPatch, units: int, how: BaseException) -> None:
    """Makes the ``units``-th unit from now raise, as when a process dies or is stopped."""
    bus, left = world.platform.bus, [units]
    commit = bus.commit

    async def counted(*what: Any) -> tuple[int, ...]:
        left[0] -= 1
        if left[0] == 0:
            raise how
        return await commit(*what)

    monkeypatch.setattr(bus, "commit", counted)


class Died(BaseException):
    """The process is gone: nothing more is done."""


@pytest.mark.parametrize("units", range(2, 10))
async def test_what_a_dead_worker_left_is_done_once(
    quiet: World, monkeypatch: pytest.MonkeyPatch, units: int
) -> None:
    """Wherever a worker dies, another one goes on after its lease; every line counts once."""
    job = await ordered(quiet, lines([*PEOPLE[:90], {"email": "wrong"}, *PEOPLE[90:]]))
    with monkeypatch.context() as patched:
        stop_after(quiet, patched, units, Died())
        with pytest.raises(Died):
            await another(quiet).work()
    assert await another(quiet).work() == LEASE_SECONDS
    assert not (await now(quiet, job)).is_over
    quiet.clock.advance(LEASE_SECONDS)
    assert await another(quiet).work() is None
    done = await now(quiet, job)
    assert (done.status, counts(done)) == ("completed", (180, 0, 1))
    assert people(quiet) == 180
    assert [one["number"] for one in await errors(quiet, job)] == [91]
    assert len([log for log in await quiet.logs() if log.type == "sui"]) == 1


async def test_stopped_worker_lets_go_at_once(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is stopped in an import lets the next one go on without waiting for the lease."""
    job = await ordered(quiet, lines(PEOPLE))
    with monkeypatch.context() as patched:
        stop_after(quiet, patched, 4, asyncio.CancelledError())
        with pytest.raises(asyncio.CancelledError):
            await another(quiet).work()
    assert 0 < people(quiet) < 180
    await another(quiet).work()
    assert counts(await now(quiet, job)) == (180, 0, 0)
    assert people(quiet) == 180


async def test_two_workers_do_a_job_once(quiet: World) -> None:
    """Two processes that look at once share nothing of a job: one does it, the other finds nothing."""
    job = await ordered(quiet, lines(PEOPLE))
    await asyncio.gather(another(quiet).work(), another(quiet).work())
    assert counts(await now(quiet, job)) == (180, 0, 0)


async def test_worker_that_was_thought_dead_does_nothing_more(
    quiet: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker whose lease ran out in the middle, and was taken, adds nothing to what the other one does."""
    job = await ordered(quiet, lines(PEOPLE))
    commit, calls = quiet.platform.bus.commit, []

    async def overtaken(*what: Any) -> tuple[int, ...]:
        calls.append(what)
        if len(calls) == 3:
            quiet.clock.advance(LEASE_SECONDS)
            with monkeypatch.context() as patched:
                patched.setattr(quiet.platform.bus, "commit", commit)
                await another(quiet).work()
        return await commit(*what)

    monkeypatch.setattr(quiet.platform.bus, "commit", overtaken)
    await another(quiet).work()
    assert len(calls) == 3
    assert counts(await now(quiet, job)) == (180, 0, 0)
    assert people(quiet) == 180


async def test_somebody_who_was_quicker_is_no_trouble(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-up between the look and the write costs one line, not its batch."""
    job = await ordered(quiet, lines(PEOPLE[:20]))
    users = quiet.platform.stores.users
    owners, done = users.owners, []

    async def meanwhile(*what: Any) -> Any:
        found = await owners(*what)
        if not done:
            done.append(await quiet.put_user("p7@example.test"))
        return found

    monkeypatch.setattr(type(users), "owners", lambda self, *what: meanwhile(*what))
    await another(quiet).work()
    assert counts(await now(quiet, job)) == (19, 0, 1)
    assert [one["number"] for one in await errors(quiet, job)] == [8]


async def test_user_who_always_changes_is_given_up(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line whose user somebody else changes every time is refused after three tries; the rest is done."""
    await quiet.put_user("p1@example.test")
    job = await ordered(
        quiet, lines([{"email": f"p{n}@example.test", "name": "N"} for n in range(3)]), upsert=True
    )
    commit = quiet.platform.bus.commit

    async def busy(changes: Any, *events: Any) -> tuple[int, ...]:
        if any(change.parameters.get("old_version") for change in changes):
            raise Unmatched(1)
        return await commit(changes, *events)

    monkeypatch.setattr(quiet.platform.bus, "commit", busy)
    await another(quiet).work()
    assert counts(await now(quiet, job)) == (2, 0, 1)
    (refused,) = await errors(quiet, job)
    assert (refused["number"], refused["errors"][0]["code"]) == (2, "CONFLICT")


async def test_deleted_connection_ends_the_import(quiet: World) -> None:
    """An import into a connection that is gone fails, is told as fui, and its input is forgotten."""
    job = await ordered(quiet, lines(PEOPLE))
    await quiet.commit(quiet.platform.stores.connections.delete(quiet.tenant_id, "con_db"))
    await another(quiet).work()
    done = await now(quiet, job)
    assert (done.status, done.status_details) == ("failed", f"the connection {CONNECTION} was deleted")
    assert quiet.rows("SELECT * FROM job_parts") == []
    (event,) = [log for log in await quiet.logs() if log.type == "fui"]
    assert event.details["job_id"] == job.job_id


async def test_mistake_of_ours_ends_the_job_and_not_the_worker(
    quiet: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that a mistake ends fails without its cause in public, and the next one is done."""
    broken = await ordered(quiet, lines([{"email": "a@example.test"}]))
    await quiet.platform.bus.commit(
        (
            quiet.platform.stores.jobs.delete_parts(quiet.tenant_id, broken.job_id, "input"),
            quiet.platform.stores.jobs.add_part(
                quiet.tenant_id, broken.job_id, "input", Part(1, "secret nonsense"), expires_at=10**10
            ),
        )
    )
    quiet.clock.advance(1)
    good = await ordered(quiet, lines([{"email": "b@example.test"}]))
    await another(quiet).work()
    found = await now(quiet, broken)
    assert (found.status, found.status_details) == ("failed", "internal error; the server's log has it")
    assert (await now(quiet, good)).status == "completed"


async def test_server_does_what_it_finds_at_its_start(quiet: World) -> None:
    """A job that was handed in before a restart is done after it, with nobody asking."""
    job = await ordered(quiet, lines(PEOPLE))
    task = asyncio.create_task(another(quiet).run())
    try:
        assert counts(await finished(quiet, job)) == (180, 0, 0)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_progress(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the way a job shows its percentage, and the seconds that are left at the pace so far."""
    job = await ordered(quiet, lines(PEOPLE))
    assert ((await now(quiet, job)).status, (await now(quiet, job)).percentage_done) == ("pending", 0)
    seen = []
    commit = quiet.platform.bus.commit

    async def watched(*what: Any) -> tuple[int, ...]:
        told = await commit(*what)
        quiet.clock.advance(5)
        found = await now(quiet, job)
        seen.append((found.percentage_done, found.time_left_seconds(quiet.clock.now())))
        return told

    monkeypatch.setattr(quiet.platform.bus, "commit", watched)
    await another(quiet).work()
    percentages = [percentage for percentage, _ in seen]
    assert percentages == sorted(percentages)
    assert set(percentages) == {0, 27, 55, 83, 99, 100}
    assert [left for percentage, left in seen if percentage == 55] == [20 * 80 // 100, 25 * 80 // 100]


async def test_finished_jobs_are_forgotten_after_a_week(quiet: World) -> None:
    """A job and all of its parts are kept for a week, so the tables stay bounded."""
    await ordered(quiet, lines([{"email": "wrong"}]))
    await another(quiet).work()
    assert quiet.rows("SELECT count(*) FROM job_parts") == [(1,)]
    quiet.clock.advance(7 * 86_400)
    await quiet.platform.housekeeping.sweep()
    assert quiet.rows("SELECT count(*) FROM jobs") == quiet.rows("SELECT count(*) FROM job_parts") == [(0,)]


async def test_job_says_nothing_of_its_hashes(quiet: World) -> None:
    """Once an import is over, what it brought stands nowhere but with its users."""
    secret = "$2b$04$" + "Z" * 53
    await ordered(
        quiet,
        lines(
            [{"email": "z@example.test", "password_hash": secret}, {"email": "x", "password_hash": secret}]
        ),
    )
    await another(quiet).work()
    assert json.dumps(quiet.dump()).count("Z" * 53) == 1


def test_a_server_without_jobs_does_not_pay_for_them() -> None:
    """What reads and checks users is not imported when a server starts."""
    program = (
        "import sys, gatewright.app; "
        "print([name for name in sys.modules if name.startswith(('gatewright.provisioning', 'yaml'))])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
