"""Permissions that users have without a role."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.roles import Holding, Permission

pytestmark = pytest.mark.anyio

READ = Permission(permission_name="read", resource_server_identifier="urn:a")
WRITE = Permission(permission_name="write", resource_server_identifier="urn:a")
READ_B = Permission(permission_name="read", resource_server_identifier="urn:b")


async def furnish(place: Place) -> None:
    """Ada has a role and two permissions; Bob has one, and somebody with Ada's id elsewhere has one."""
    roles = place.stores.roles
    unit = (
        roles.assign(TENANT, "ada", "rol_1"),
        roles.permit(TENANT, "ada", WRITE),
        roles.permit(TENANT, "ada", READ_B),
        roles.permit(TENANT, "ada", READ_B),
        roles.permit(TENANT, "bob", READ),
        roles.permit(OTHER, "ada", READ),
    )
    await place.run(*unit)


async def test_holding(place: Place) -> None:
    """One read tells the roles and the permissions of one user of one tenant."""
    await furnish(place)
    roles = place.stores.roles
    assert await roles.holding(TENANT, "ada") == Holding(("rol_1",), (WRITE, READ_B))
    assert await roles.holding(TENANT, "bob") == Holding((), (READ,))
    assert await roles.holding(OTHER, "ada") == Holding((), (READ,))
    assert await roles.holding(TENANT, "nobody") == Holding()


async def test_forbidding(place: Place) -> None:
    """What is taken from one user others keep, and other tenants."""
    await furnish(place)
    roles = place.stores.roles
    await place.run(roles.forbid(TENANT, "ada", WRITE), roles.forbid(TENANT, "ada", READ))
    assert await roles.holding(TENANT, "ada") == Holding(("rol_1",), (READ_B,))
    assert await roles.holding(TENANT, "bob") == Holding((), (READ,))
    assert await roles.holding(OTHER, "ada") == Holding((), (READ,))


async def test_forgetting(place: Place) -> None:
    """An API, or a scope of it, is forgotten at everybody of one tenant."""
    await furnish(place)
    roles = place.stores.roles
    await place.run(roles.forget_permission(TENANT, READ))
    assert (await roles.holding(TENANT, "bob")).permissions == ()
    assert (await roles.holding(TENANT, "ada")).permissions == (WRITE, READ_B)
    await place.run(roles.forget_api(TENANT, "urn:a"))
    assert (await roles.holding(TENANT, "ada")).permissions == (READ_B,)
    assert await roles.holding(OTHER, "ada") == Holding((), (READ,))
