"""Roles and what they allow."""

import pytest
from tests.support.world import API, World

from gatewright.roles import Permission, Role

pytestmark = pytest.mark.anyio


async def allowed(world: World, api: str = API, user: str = "auth0|ada") -> frozenset[str]:
    return await world.platform.roles.permissions(world.tenant_id, user, api)


async def assign(world: World, role_id: str = "rol_reader") -> None:
    roles = world.platform.stores.roles
    await world.platform.bus.commit((roles.assign(world.tenant_id, "auth0|ada", role_id),))


async def test_without_a_role_nothing_is_allowed(world: World) -> None:
    """A user who holds no role may do nothing."""
    assert await allowed(world) == frozenset()


async def test_role_allows_what_it_bundles(world: World) -> None:
    """A user may do what their role bundles at that API, and nothing at another."""
    await assign(world)
    assert await allowed(world) == {"read:timesheets"}
    assert await allowed(world, "https://other.example.test/") == frozenset()
    assert await allowed(world, user="auth0|bob") == frozenset()


async def test_roles_add_up(world: World) -> None:
    """Two roles allow together what each allows, and giving one twice changes nothing."""
    permission = Permission(permission_name="create:timesheets", resource_server_identifier=API)
    writer = Role(role_id="rol_writer", name="writer", permissions=(permission,))
    await world.commit(world.platform.stores.roles.put(world.tenant_id, writer))
    for role_id in ("rol_reader", "rol_writer", "rol_writer"):
        await assign(world, role_id)
    assert await allowed(world) == {"read:timesheets", "create:timesheets"}


async def test_permissions_without_a_role_add_up(world: World) -> None:
    """What a user may do without a role counts beside what their roles allow, at its API alone."""
    await assign(world)
    roles = world.platform.stores.roles
    own = Permission(permission_name="create:timesheets", resource_server_identifier=API)
    elsewhere = Permission(permission_name="fly", resource_server_identifier="urn:other")
    unit = (roles.permit(world.tenant_id, "auth0|ada", each) for each in (own, elsewhere))
    await world.platform.bus.commit((*unit,))
    assert await allowed(world) == {"read:timesheets", "create:timesheets"}
    assert await allowed(world, "urn:other") == {"fly"}
    assert await allowed(world, user="auth0|bob") == frozenset()


async def test_withdrawing_takes_effect_at_once(world: World) -> None:
    """A role that is withdrawn allows nothing any more."""
    await assign(world)
    roles = world.platform.stores.roles
    await world.platform.bus.commit((roles.withdraw(world.tenant_id, "auth0|ada", "rol_reader"),))
    assert await allowed(world) == frozenset()


async def test_deleted_role_allows_nothing(world: World) -> None:
    """A role that is gone allows its holders nothing."""
    await assign(world)
    await world.commit(*world.platform.stores.roles.delete(world.tenant_id, "rol_reader"))
    assert await allowed(world) == frozenset()


async def test_role_of_another_tenant_is_not_held(world: World) -> None:
    """A role held in one tenant allows nothing in another."""
    await assign(world)
    assert await world.platform.roles.permissions("other", "auth0|ada", API) == frozenset()
