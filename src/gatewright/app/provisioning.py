"""The platform → what tenant files and the management API change it by."""

from gatewright.app.platform import Platform
from gatewright.provisioning import Provisioning, Stores


def provisioning_stores(platform: Platform) -> Stores:
    """The stores that a tenant file speaks of."""
    stores = platform.stores
    return Stores(
        tenants=stores.tenants,
        apis=stores.apis,
        clients=stores.clients,
        connections=stores.connections,
        roles=stores.roles,
        users=stores.users,
        keys=stores.signing_keys,
    )


def build_provisioning(platform: Platform) -> Provisioning:
    """What plans and applies tenant files."""
    return Provisioning(
        stores=provisioning_stores(platform),
        bus=platform.bus,
        clients=platform.clients,
        apis=platform.apis,
        keys=platform.keys,
        hasher=platform.hasher,
        leftovers=platform.leftovers,
        clock=platform.clock,
    )
