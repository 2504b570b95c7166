"""What has to be true of a database before it is served: the management API is there, of this version."""

from pathlib import Path

import msgspec
import pytest
from tests.support.keys import quick_keys
from tests.support.world import World, settings_for

from gatewright.apis import MANAGEMENT_SCOPES, ClientGrant
from gatewright.app import build_platform
from gatewright.app.preparing import ensure_first_tenant
from gatewright.kernel.errors import Invalid
from gatewright.roles import Permission, Role
from gatewright.tenants import CustomDomain, Tenant

__all__ = ["quick_keys"]

pytestmark = pytest.mark.anyio

MOVED = "https://moved.example.test/"


async def test_first_start_brings_the_management_api(world: World) -> None:
    """A server that never saw a tenant file has the management API, with every scope."""
    (api,) = [api for api in await world.platform.apis.all(world.tenant_id) if api.is_system]
    assert api.identifier == "https://id.example.test/api/v2/"
    assert api.scope_values == set(MANAGEMENT_SCOPES)


async def test_next_start_changes_nothing(world: World) -> None:
    """A server that starts again writes nothing."""
    before = await world.platform.stores.tenants.revision(world.tenant_id)
    await ensure_first_tenant(world.platform)
    assert await world.platform.stores.tenants.revision(world.tenant_id) == before


async def test_upgrade_brings_new_scopes(world: World) -> None:
    """A management API of an older version has the scopes of this one after the start, and its id."""
    (api,) = [api for api in await world.platform.apis.all(world.tenant_id) if api.is_system]
    await world.put_api(msgspec.structs.replace(api, scopes=api.scopes[:3]))
    await ensure_first_tenant(world.platform)
    (after,) = [api for api in await world.platform.apis.all(world.tenant_id) if api.is_system]
    assert (after.api_id, after.scope_values) == (api.api_id, set(MANAGEMENT_SCOPES))


async def test_moved_issuer_keeps_what_was_set(world: World, tmp_path: Path) -> None:
    """Under another issuer the tenant has its protection and its domains as before, and answers on those."""
    tenant = await world.platform.tenants.get(world.tenant_id)
    brute = msgspec.structs.replace(tenant.attack_protection.brute_force, max_attempts=3)
    protection = msgspec.structs.replace(tenant.attack_protection, brute_force=brute)
    domain = CustomDomain(custom_domain_id="cd_1", domain="login.acme.test", challenge="x", is_ready=True)
    changed = msgspec.structs.replace(
        tenant,
        attack_protection=protection,
        custom_domains=(domain,),
        hosts=(*tenant.hosts, "login.acme.test"),
    )
    await world.platform.bus.commit(world.platform.stores.tenants.put(changed))
    platform = build_platform(
        settings_for(tmp_path, issuer=MOVED), world.platform.database, clock=world.clock
    )
    await ensure_first_tenant(platform)
    platform.hasher.close()
    moved = await world.platform.tenants.get(world.tenant_id)
    assert moved.hosts == ("moved.example.test", "login.acme.test")
    assert (moved.attack_protection, moved.custom_domains) == (protection, (domain,))


async def test_issuer_of_another_tenant(world: World, tmp_path: Path) -> None:
    """A server does not start under the name of a tenant that is not its first."""
    other = Tenant(tenant_id="other", issuer=MOVED, hosts=("moved.example.test",))
    await world.platform.bus.commit(world.platform.stores.tenants.put(other))
    platform = build_platform(
        settings_for(tmp_path, issuer=MOVED), world.platform.database, clock=world.clock
    )
    with pytest.raises(Invalid, match="another tenant answers on"):
        await ensure_first_tenant(platform)
    platform.hasher.close()


async def test_moved_issuer_takes_its_grants_along(world: World, tmp_path: Path) -> None:
    """Under another issuer the management API has another identifier, and grants and roles name that one."""
    stores, old = world.platform.stores, "https://id.example.test/api/v2/"
    permission = Permission(permission_name="read:users", resource_server_identifier=old)
    await world.commit(
        stores.apis.put_grant(
            world.tenant_id,
            ClientGrant(grant_id="cgr_m", client_id="web", audience=old, scope=("read:users",)),
        ),
        stores.roles.put(
            world.tenant_id, Role(role_id="rol_reader", name="reader", permissions=(permission,))
        ),
    )
    platform = build_platform(
        settings_for(tmp_path, issuer=MOVED), world.platform.database, clock=world.clock
    )
    await ensure_first_tenant(platform)
    platform.hasher.close()
    grant = await world.platform.apis.grant(world.tenant_id, "web", f"{MOVED}api/v2/")
    (role,) = await stores.roles.all(world.tenant_id)
    assert grant is not None
    assert grant.scope == ("read:users",)
    assert role.permissions[0].resource_server_identifier == f"{MOVED}api/v2/"
    assert sum(api.is_system for api in await world.platform.apis.all(world.tenant_id)) == 1
