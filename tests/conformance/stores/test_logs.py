"""The audit log, page by page and from entry to entry."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.audit import LogEntry
from gatewright.kernel.ids import log_ids_from

pytestmark = pytest.mark.anyio


async def _append(place: Place) -> None:
    for n in (2, 1, 3):
        entry = LogEntry(log_id=f"900{n}", at=n, type="s", event="E")
        await place.run(place.stores.logs.append(TENANT, entry))
    other = LogEntry(log_id="9009", at=9, type="s", event="E")
    await place.run(place.stores.logs.append(OTHER, other))


async def test_entry_is_found_in_its_tenant(place: Place) -> None:
    """An entry is found by its id, and not by another tenant."""
    await _append(place)
    found = await place.stores.logs.get(TENANT, "9001")
    assert found is not None
    assert found.at == 1
    assert await place.stores.logs.get(TENANT, "9009") is None
    assert await place.stores.logs.count(TENANT) == 3


async def test_pages_in_both_orders(place: Place) -> None:
    """Pages come from either end of the log."""
    await _append(place)
    newest = await place.stores.logs.page(TENANT, skip=0, limit=2, oldest_first=False)
    oldest = await place.stores.logs.page(TENANT, skip=1, limit=5, oldest_first=True)
    assert [each.log_id for each in newest] == ["9003", "9002"]
    assert [each.log_id for each in oldest] == ["9002", "9003"]


async def test_entries_between_two_ids(place: Place) -> None:
    """What follows an id comes the oldest first, up to another id and no further."""
    await _append(place)
    logs = place.stores.logs
    found = await logs.following(TENANT, after="", before="9003", limit=9)
    assert [each.log_id for each in found] == ["9001", "9002"]
    assert [e.log_id for e in await logs.following(TENANT, after="9001", before="9009", limit=1)] == ["9002"]


async def test_entries_of_each_second(place: Place) -> None:
    """Entries are counted by second, from a second on and up to an id, in their tenant."""
    for tenant, at, tail in (
        (TENANT, 7, "a"),
        (TENANT, 8, "a"),
        (TENANT, 8, "b"),
        (TENANT, 9, "a"),
        (OTHER, 8, "c"),
    ):
        entry = LogEntry(log_id=log_ids_from(at) + tail, at=at, type="s", event="E")
        await place.run(place.stores.logs.append(tenant, entry))
    counted = place.stores.logs.counted
    assert await counted(TENANT, since=8, upto=log_ids_from(9) + "a") == {8: 2, 9: 1}
    assert await counted(TENANT, since=0, upto=log_ids_from(8) + "a") == {7: 1, 8: 1}
    assert await counted(TENANT, since=10, upto=log_ids_from(99)) == {}
