"""Who holds a role, page by page."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

pytestmark = pytest.mark.anyio


async def _assign(place: Place) -> None:
    roles = place.stores.roles
    await place.run(
        *(roles.assign(TENANT, user_id, "rol_1") for user_id in ("c", "a", "b")),
        roles.assign(TENANT, "d", "rol_2"),
        roles.assign(OTHER, "e", "rol_1"),
    )


async def test_holders_come_in_the_order_of_their_ids(place: Place) -> None:
    """Holders of a role are those of this tenant and this role, by id."""
    await _assign(place)
    assert await place.stores.roles.holders(TENANT, "rol_1", limit=10) == ["a", "b", "c"]
    assert await place.stores.roles.count_holders(TENANT, "rol_1") == 3
    assert await place.stores.roles.count_holders(TENANT, "rol_3") == 0


async def test_holders_by_page(place: Place) -> None:
    """A page begins past as many as are skipped, or behind the one that is named."""
    await _assign(place)
    roles = place.stores.roles
    assert await roles.holders(TENANT, "rol_1", skip=1, limit=1) == ["b"]
    assert await roles.holders(TENANT, "rol_1", after="a", limit=10) == ["b", "c"]
    assert await roles.holders(TENANT, "rol_1", after="c", limit=10) == []
