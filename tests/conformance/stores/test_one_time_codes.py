"""One-time codes: one for each address, five guesses, spent once, on every backend."""

import asyncio
from dataclasses import replace

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Unmatched
from gatewright.login.one_time_code import MOST_GUESSES, OneTimeCode
from gatewright.storage.stores import Stores

pytestmark = pytest.mark.anyio

CODE = OneTimeCode(address_hash="a", code_hash="c", client_id="web", expires_at=100)
NEWER = replace(CODE, code_hash="d", expires_at=200)


async def test_round_trip(place: Place) -> None:
    """A code comes back as it was put, in its own tenant alone, and until it expires."""
    codes = place.stores.one_time_codes
    await place.run(codes.put(TENANT, CODE))
    assert await codes.get(TENANT, "a", now=99) == CODE
    assert await codes.guess(TENANT, "a", now=99) == CODE
    for tenant, address, now in ((OTHER, "a", 99), (TENANT, "b", 99), (TENANT, "a", 100)):
        assert await codes.get(tenant, address, now=now) is None
        assert await codes.guess(tenant, address, now=now) is None


async def test_newer_code_replaces_the_older_one(place: Place) -> None:
    """An address has one code: the newest, with all its guesses."""
    codes = place.stores.one_time_codes
    await place.run(codes.put(TENANT, CODE))
    for _ in range(MOST_GUESSES):
        await codes.guess(TENANT, "a", now=1)
    await place.run(codes.put(TENANT, NEWER))
    assert await codes.guess(TENANT, "a", now=150) == NEWER


async def test_of_many_guesses_at_once_five_are_compared(place: Place) -> None:
    """However many guess at once, in however many processes, a code is compared five times."""
    other = place.another()
    await other.open()
    await place.run(place.stores.one_time_codes.put(TENANT, CODE))
    stores = (place.stores.one_time_codes, Stores.over(other).one_time_codes)
    found = await asyncio.gather(*(stores[number % 2].guess(TENANT, "a", now=1) for number in range(40)))
    await other.close()
    assert found.count(CODE) == MOST_GUESSES
    assert found.count(None) == 40 - MOST_GUESSES


async def test_looking_is_no_guess(place: Place) -> None:
    """What is looked up for a link uses up no guesses."""
    codes = place.stores.one_time_codes
    await place.run(codes.put(TENANT, CODE))
    for _ in range(MOST_GUESSES + 1):
        assert await codes.get(TENANT, "a", now=1) == CODE
    assert await codes.guess(TENANT, "a", now=1) == CODE


async def test_of_many_spenders_one_succeeds(place: Place) -> None:
    """A hundred parallel spendings of one code: one succeeds, and then it is gone."""
    codes = place.stores.one_time_codes
    await place.run(codes.put(TENANT, CODE))
    ends = await asyncio.gather(
        *(place.run(codes.spend(TENANT, CODE)) for _ in range(100)), return_exceptions=True
    )
    assert ends.count((1,)) == 1
    assert sum(isinstance(end, Unmatched) for end in ends) == 99
    assert await codes.get(TENANT, "a", now=1) is None


async def test_replaced_code_cannot_be_spent(place: Place) -> None:
    """Whoever looked at a code that was replaced meanwhile does not spend the newer one."""
    codes = place.stores.one_time_codes
    await place.run(codes.put(TENANT, CODE))
    await place.run(codes.put(TENANT, NEWER))
    with pytest.raises(Unmatched):
        await place.run(codes.spend(TENANT, CODE))
    assert await codes.get(TENANT, "a", now=1) == NEWER
