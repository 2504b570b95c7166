"""Which counters are past their limit, and for whom, on every backend."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.protection import Block

pytestmark = pytest.mark.anyio


async def shut_out(place: Place, key: str, who: str, tenant_id: str = TENANT) -> Block:
    """A counter and its block, until 160."""
    stores = place.stores.attempts
    _, ends = await stores.add(tenant_id, key, now=100, window=60)
    block = Block(key=key, subject_hash=who, connection="db", ip="203.0.113.7", expires_at=ends)
    await place.run(stores.put_block(tenant_id, block))
    return block


async def test_found_by_whom_they_shut_out(place: Place) -> None:
    """Blocks are found by their subject, in one tenant, until they end."""
    stores = place.stores.attempts
    one, two = await shut_out(place, "k1", "ada"), await shut_out(place, "k2", "ada")
    await shut_out(place, "k3", "bob")
    await shut_out(place, "k1", "ada", OTHER)
    assert await stores.blocks(TENANT, "ada", now=159) == [one, two]
    assert await stores.blocks(TENANT, "ada", now=160) == []
    assert await stores.blocks(TENANT, "nobody", now=100) == []


async def test_lifted_block(place: Place) -> None:
    """Lifting a block takes its counter along, and nothing else."""
    stores = place.stores.attempts
    await shut_out(place, "k1", "ada")
    two = await shut_out(place, "k2", "ada")
    await place.run(*stores.lift(TENANT, "k1"))
    assert await stores.blocks(TENANT, "ada", now=100) == [two]
    assert await stores.read(TENANT, "k1", now=100) == (0, 0)
    assert await stores.read(TENANT, "k2", now=100) == (1, 160)


async def test_cleared_counter_shuts_out_nobody(place: Place) -> None:
    """Once the counter was cleared, or began anew, its old block is none."""
    stores = place.stores.attempts
    await shut_out(place, "k1", "ada")
    await stores.clear(TENANT, "k1")
    assert await stores.blocks(TENANT, "ada", now=100) == []
    await stores.add(TENANT, "k1", now=120, window=60)
    assert await stores.blocks(TENANT, "ada", now=120) == []
