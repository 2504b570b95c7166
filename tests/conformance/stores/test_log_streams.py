"""Log streams, how far they got, and who delivers them."""

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.audit import LogEntry
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.kernel.ids import log_ids_from
from gatewright.kernel.units import Unmatched
from gatewright.log_streams import HttpSink, LogFilter, LogStream, Progress
from gatewright.storage.housekeeping import BATCH, HELD_DAYS, Housekeeping
from gatewright.storage.leftovers import Leftovers
from gatewright.tenants import Tenant

pytestmark = pytest.mark.anyio

STREAM = LogStream(
    stream_id="lst_1",
    name="Ours",
    filters=(LogFilter(name="user.fail"),),
    sink=HttpSink(http_endpoint="https://hooks.example.test/"),
    begins_at=1_000,
    header_names=("X-Key",),
    sealed="sealed",
)


async def put(place: Place) -> None:
    await place.run(*place.stores.log_streams.insert(TENANT, STREAM))


async def test_round_trip(place: Place) -> None:
    """A stream comes back as it was stored, to its tenant alone."""
    await put(place)
    assert await place.stores.log_streams.all(TENANT) == [STREAM]
    assert await place.stores.log_streams.all(OTHER) == []


async def test_progress_begins_with_the_stream(place: Place) -> None:
    """A new stream stands before the first entry of the second in which it begins, and its turn has come."""
    await put(place)
    progress = place.stores.log_progress
    assert await progress.everything() == [(TENANT, "lst_1")]
    assert await progress.free_at(TENANT, "lst_1") == 0
    taken = await progress.take(TENANT, "lst_1", owner="a", now=5, until=9)
    assert taken == Progress(position=log_ids_from(1_000))
    assert await progress.free_at(TENANT, "nobody") is None


async def test_one_of_many_takers(place: Place) -> None:
    """Whoever takes it has it alone until the lease ends."""
    await put(place)
    progress = place.stores.log_progress
    assert await progress.take(TENANT, "lst_1", owner="a", now=5, until=9) is not None
    assert await progress.take(TENANT, "lst_1", owner="b", now=8, until=20) is None
    assert await progress.free_at(TENANT, "lst_1") == 9
    assert await progress.take(TENANT, "lst_1", owner="b", now=9, until=20) is not None


async def test_progress_is_the_holders(place: Place) -> None:
    """How far it got is kept by whoever holds the lease; one who lost it changes nothing."""
    await put(place)
    progress = place.stores.log_progress
    await progress.take(TENANT, "lst_1", owner="a", now=5, until=9)
    got = Progress(position="9001", recent={7: 3, 8: 1}, tries=2, failing_since=4)
    await place.run(progress.advance(TENANT, "lst_1", got, owner="a", until=30))
    assert await progress.free_at(TENANT, "lst_1") == 30
    await place.run(progress.release(TENANT, "lst_1", got, owner="a", at=12))
    with pytest.raises(Unmatched):
        await place.run(progress.advance(TENANT, "lst_1", got, owner="a", until=40))
    assert await progress.take(TENANT, "lst_1", owner="b", now=12, until=20) == got


async def test_update_forgets_failures(place: Place) -> None:
    """A changed stream is tried at once and goes on where it was; a suspended one keeps its failures."""
    await put(place)
    progress = place.stores.log_progress
    await progress.take(TENANT, "lst_1", owner="a", now=5, until=9)
    got = Progress(position="9001", tries=2, failing_since=4)
    await place.run(progress.release(TENANT, "lst_1", got, owner="a", at=1_000))
    await place.run(place.stores.log_streams.suspend(TENANT, STREAM))
    assert await progress.take(TENANT, "lst_1", owner="b", now=12, until=20) is None
    await place.run(*place.stores.log_streams.update(TENANT, STREAM))
    assert await progress.take(TENANT, "lst_1", owner="b", now=12, until=20) == Progress(position="9001")


async def test_deleted(place: Place) -> None:
    """A deleted stream leaves nothing; deleting it twice aborts."""
    await put(place)
    await place.run(*place.stores.log_streams.delete(TENANT, "lst_1"))
    assert await place.stores.log_progress.free_at(TENANT, "lst_1") is None
    with pytest.raises(Unmatched):
        await place.run(*place.stores.log_streams.delete(TENANT, "lst_1"))


DAY = 86_400


async def _log(place: Place, *ats: int) -> None:
    tenant = Tenant(tenant_id=TENANT, issuer="https://id.example.test/", hosts=("id.example.test",))
    await place.run(*place.stores.tenants.put(tenant))
    for at in ats:
        entry = LogEntry(log_id=log_ids_from(at) + "1", at=at, type="s", event="E")
        await place.run(place.stores.logs.append(TENANT, entry))


async def _swept(place: Place, at: int) -> list[int]:
    """What is in the log after a sweep; entries are kept for a day."""
    clock = FixedClock(at)
    leftovers = Leftovers(place.database, Bus(place.database), clock)
    await Housekeeping(place.database, clock, leftovers, log_retention_days=1).sweep()
    return [entry.at for entry in await place.stores.logs.page(TENANT, skip=0, limit=999, oldest_first=True)]


async def test_entries_wait_for_an_active_stream(place: Place) -> None:
    """Old entries that an active stream has not told stay, a week longer and no more; told ones go."""
    await put(place)
    await _log(place, 500, 1_000, 2_000)
    await place.stores.log_progress.take(TENANT, "lst_1", owner="a", now=5, until=9)
    told = Progress(position=log_ids_from(1_000) + "1")
    await place.run(place.stores.log_progress.advance(TENANT, "lst_1", told, owner="a", until=30))
    assert await _swept(place, 3 * DAY) == [2_000]
    assert await _swept(place, (1 + HELD_DAYS) * DAY + 2_000) == [2_000]
    assert await _swept(place, (1 + HELD_DAYS) * DAY + 2_001) == []


@pytest.mark.parametrize("status", ["paused", "suspended"])
async def test_entries_wait_for_nobody_else(place: Place, status: str) -> None:
    """A stream that is not active, or of another tenant, keeps nothing."""
    stopped = msgspec.structs.replace(STREAM, status=status)
    await place.run(*place.stores.log_streams.insert(TENANT, stopped))
    await place.run(*place.stores.log_streams.insert(OTHER, STREAM))
    await _log(place, 2_000)
    assert await _swept(place, 2 * DAY) == []


async def test_many_entries_are_swept_past_those_that_wait(place: Place) -> None:
    """Entries that wait do not keep the sweep from those behind them, of a tenant without streams."""
    await put(place)
    await _log(place, *range(2_000, 2_000 + BATCH + 1))
    other = Tenant(tenant_id="zz", issuer="https://zz.example.test/", hosts=("zz",))
    entry = LogEntry(log_id=log_ids_from(2_000), at=2_000, type="s", event="E")
    await place.run(*place.stores.tenants.put(other), place.stores.logs.append("zz", entry))
    assert len(await _swept(place, 2 * DAY)) == BATCH + 1
    assert await place.stores.logs.count("zz") == 0
