"""The platform → what an administrator may do to users, and how to find them.

Nothing of it is needed to sign anybody in, so whoever needs it imports it then.
"""

from gatewright.administration import LinkAdministration, UserAdministration
from gatewright.app.platform import Platform
from gatewright.storage.user_search import SqlUserIndex
from gatewright.users.search import UserSearch


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


def build_user_search(platform: Platform) -> UserSearch:
    """Users found by query."""
    return UserSearch(SqlUserIndex(platform.database))
