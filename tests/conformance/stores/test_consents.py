"""Consents found by what is said of them, on every backend."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.consents import Consent, Given

pytestmark = pytest.mark.anyio

API = "https://api.example.test/ünï"


def consent(user_id: str, client_id: str, audience: str = "") -> Consent:
    return Consent(
        user_id=user_id,
        client_id=client_id,
        audience=audience,
        scopes=frozenset({"openid", "profile"}),
        granted_at=7,
    )


FOUR = [consent("ada", "one"), consent("ada", "one", API), consent("ada", "two", API), consent("bob", "one")]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (Given(), [0, 1, 2, 3]),
        (Given(user_id="ada"), [0, 1, 2]),
        (Given(client_id="one"), [0, 1, 3]),
        (Given(audience=API), [1, 2]),
        (Given(audience=""), [0, 3]),
        (Given(user_id="ada", client_id="one", audience=API), [1]),
        (Given(user_id="nobody"), []),
    ],
    ids=["all", "user", "client", "audience", "identity", "one", "nobody"],
)
async def test_found_and_counted(place: Place, given: Given, wanted: list[int]) -> None:
    """Consents are found and counted by user, client and audience, in one order, of one tenant."""
    stores = place.stores.consents
    await place.run(*(stores.put(TENANT, each) for each in reversed(FOUR)))
    await place.run(stores.put(OTHER, consent("ada", "other", API)))
    assert await stores.find(TENANT, given, limit=50) == [FOUR[n] for n in wanted]
    assert await stores.find(TENANT, given, skip=1, limit=1) == [FOUR[n] for n in wanted[1:2]]
    assert await stores.count(TENANT, given, most=3) == min(3, len(wanted))
