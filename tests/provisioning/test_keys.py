"""Signing keys by hand."""

import pytest
from tests.provisioning.conftest import TENANT, Room

from gatewright.kernel.errors import Conflict, Invalid, NotFound


async def test_rotation_lets_the_next_key_sign(room: Room) -> None:
    """The published next key signs, the former one stays published, and a new next is born."""
    await room.apply("roles: []")
    tenant = await room.platform.tenants.get(TENANT)
    before = await room.keys().ring(tenant)
    kid = await room.keys().rotate(tenant, "RS256")
    after = await room.keys().ring(tenant)
    old, new = before.current("RS256"), after.current("RS256")
    expected = before.next("RS256")
    assert old is not None
    assert new is not None
    assert expected is not None
    assert kid == new.kid == expected.kid
    assert {key.kid: key.status for key in after.keys}[old.kid] == "previous"
    assert (await room.log_types())[0] == "SigningKeysRotated"


async def test_rotating_an_unused_algorithm_makes_its_first_keys(room: Room) -> None:
    """An algorithm without keys gets a current and a next one."""
    await room.apply("roles: []")
    tenant = await room.platform.tenants.get(TENANT)
    kid = await room.keys().rotate(tenant, "ES256")
    ring = await room.keys().ring(tenant)
    current = ring.current("ES256")
    assert current is not None
    assert current.kid == kid
    assert ring.next("ES256") is not None


async def test_only_algorithms_with_keys_rotate(room: Room) -> None:
    """HS256 and unknown names have no keys of ours."""
    await room.apply("roles: []")
    tenant = await room.platform.tenants.get(TENANT)
    for alg in ("HS256", "none", "RS1"):
        with pytest.raises(Invalid, match="--alg: read"):
            await room.keys().rotate(tenant, alg)


async def test_a_revoked_key_leaves_the_key_set(room: Room) -> None:
    """The previous key can be revoked and is published no more; the record tells its id."""
    await room.apply("roles: []")
    tenant = await room.platform.tenants.get(TENANT)
    first = (await room.keys().ring(tenant)).current("RS256")
    assert first is not None
    await room.keys().rotate(tenant, "RS256")
    await room.keys().revoke(tenant, first.kid)
    published = {key.kid for key in (await room.keys().ring(tenant)).published()}
    assert first.kid not in published
    (entry, *_) = await room.platform.stores.logs.newest(TENANT, limit=1)
    assert (entry.event, entry.description) == ("SigningKeyRevoked", f"Signing key revoked: {first.kid}")


async def test_a_key_in_service_is_not_revoked(room: Room) -> None:
    """Who signs, and who will, cannot be revoked; who does not exist neither."""
    await room.apply("roles: []")
    tenant = await room.platform.tenants.get(TENANT)
    ring = await room.keys().ring(tenant)
    for key in ring.keys:
        with pytest.raises(Conflict, match="rotate first"):
            await room.keys().revoke(tenant, key.kid)
    with pytest.raises(NotFound):
        await room.keys().revoke(tenant, "nobody")
