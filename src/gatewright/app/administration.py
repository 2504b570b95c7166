"""The platform → what an administrator may do to users."""

from gatewright.administration import LinkAdministration, UserAdministration
from gatewright.app.platform import Platform


def build_user_administration(platform: Platform) -> UserAdministration:
    """Users made, changed and removed."""
    return UserAdministration(
        users=platform.users,
        store=platform.stores.users,
        connections=platform.connections,
        clients=platform.clients,
        hasher=platform.hasher,
        mailing=platform.mailing,
        bus=platform.bus,
        clock=platform.clock,
    )


def build_link_administration(platform: Platform) -> LinkAdministration:
    """Users linked and unlinked."""
    return LinkAdministration(store=platform.stores.users, bus=platform.bus, clock=platform.clock)
