"""The platform → what tenant files and the management API change it by."""

from contextlib import suppress

from gatewright.app.platform import Platform
from gatewright.kernel.errors import Conflict
from gatewright.provisioning import EMPTY, Order, Provisioning, Stores
from gatewright.tenants import Tenant


def provisioning_stores(platform: Platform) -> Stores:
    """The stores that a tenant file speaks of."""
    stores = platform.stores
    return Stores(
        tenants=stores.tenants,
        apis=stores.apis,
        clients=stores.clients,
        connections=stores.connections,
        roles=stores.roles,
        organizations=stores.organizations,
        users=stores.users,
        keys=stores.signing_keys,
        mail=stores.mail_settings,
        looks=stores.looks,
        log_streams=stores.log_streams,
    )


def build_provisioning(platform: Platform) -> Provisioning:
    """What plans and applies tenant files."""
    return Provisioning(
        stores=provisioning_stores(platform),
        bus=platform.bus,
        clients=platform.clients,
        apis=platform.apis,
        log_streams=platform.log_streams,
        connections=platform.connections,
        keys=platform.keys,
        hasher=platform.hasher,
        leftovers=platform.leftovers,
        providers=platform.mail_providers,
        clock=platform.clock,
    )


async def ensure_system(platform: Platform, tenant: Tenant) -> None:
    """Gives the tenant what belongs to the system, as the tenant file that says nothing does."""
    provisioning = build_provisioning(platform)
    order = Order(document=EMPTY, tenant_id=tenant.tenant_id, issuer=tenant.issuer)
    with suppress(Conflict):  # another process that starts did it meanwhile
        await provisioning.apply(await provisioning.plan(order))
