"""When a key is born, serves and retires."""

import pytest
from tests.support.world import ISSUER, World

from gatewright.jose import KeyRing, SigningKey
from gatewright.kernel.errors import Conflict, NotFound

pytestmark = pytest.mark.anyio

TENANT = "main"


async def ring(world: World) -> KeyRing:
    return await world.platform.keys.ring(TENANT)


def by_status(keys: KeyRing, alg: str = "RS256") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys.keys:
        if key.alg == alg:
            found.setdefault(key.status, []).append(key.kid)
    return found


async def rotate(world: World) -> SigningKey:
    unit, promoted = await world.platform.keys.rotated(TENANT, ISSUER, "RS256")
    await world.platform.bus.commit(unit)
    return promoted


async def test_first_keys(world: World) -> None:
    """A new tenant has a key that signs and one that will."""
    found = by_status(await ring(world))
    assert {status: len(kids) for status, kids in found.items()} == {"current": 1, "next": 1}


async def test_nothing_is_missing_twice(world: World) -> None:
    """Where both keys are there none is made."""
    assert await world.platform.keys.missing(TENANT, ISSUER, "RS256") == ()


async def test_rotation(world: World) -> None:
    """A rotation promotes the next key, keeps the old one published and makes a new next one."""
    before = by_status(await ring(world))
    world.clock.advance(100)
    promoted = await rotate(world)
    after = by_status(await ring(world))
    assert after["current"] == before["next"] == [promoted.kid]
    assert after["previous"] == before["current"]
    assert after["next"] != before["next"]
    assert promoted.current_since == world.clock.now()


async def test_third_rotation(world: World) -> None:
    """At most one old key stays published; the older ones are revoked."""
    first = by_status(await ring(world))["current"]
    for _ in range(3):
        await rotate(world)
    found = by_status(await ring(world))
    assert len(found["previous"]) == len(found["current"]) == len(found["next"]) == 1
    assert first[0] in found["revoked"]
    assert first[0] not in {key.kid for key in (await ring(world)).published()}


async def test_signer_is_that_of_the_current_key(world: World) -> None:
    """Whoever signs signs with the current key, right after a rotation too."""
    assert (await world.platform.keys.signer(TENANT, "RS256")).kid == by_status(await ring(world))["current"][
        0
    ]
    promoted = await rotate(world)
    assert (await world.platform.keys.signer(TENANT, "RS256")).kid == promoted.kid


async def test_no_key_for_the_algorithm(world: World) -> None:
    """An algorithm without a key is named, with the command that makes one."""
    with pytest.raises(NotFound, match="keys rotate"):
        await world.platform.keys.signer(TENANT, "ES256")
    with pytest.raises(NotFound, match="ES256"):
        await world.platform.keys.rotated(TENANT, ISSUER, "ES256")


async def test_key_in_service_cannot_be_revoked(world: World) -> None:
    """A key that signs, or is about to, is not taken away."""
    for kids in by_status(await ring(world)).values():
        with pytest.raises(Conflict, match="rotate first"):
            await world.platform.keys.revoked(TENANT, kids[0])


async def test_unknown_key_cannot_be_revoked(world: World) -> None:
    """A kid nobody has is named."""
    with pytest.raises(NotFound, match="nobody"):
        await world.platform.keys.revoked(TENANT, "nobody")


async def test_revoked_key_has_a_time(world: World) -> None:
    """A revoked key knows since when, and is not published."""
    old = by_status(await ring(world))["current"][0]
    await rotate(world)
    world.clock.advance(10)
    await world.platform.bus.commit(await world.platform.keys.revoked(TENANT, old))
    (key,) = [key for key in (await ring(world)).keys if key.kid == old]
    assert (key.status, key.revoked_at) == ("revoked", world.clock.now())


async def test_private_half_is_sealed(world: World) -> None:
    """What is stored of a private key is sealed."""
    for key in (await ring(world)).keys:
        assert "PRIVATE KEY" not in key.sealed_private
        assert world.platform.master_key.unseal(key.sealed_private, f"{TENANT}/signing-key/{key.kid}")
