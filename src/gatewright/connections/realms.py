"""Which database a request means: by name or realm, by the tenant's default, or because there is only one."""

from collections.abc import Iterable
from typing import Literal

from gatewright.connections.model import Connection
from gatewright.kernel.errors import Invalid

Why = Literal["unknown", "no_password", "no_default", "none", "several"]
_DATABASE = "auth0"


class NoDatabase(Invalid):
    """No database is there to compare a password with; ``why`` is for doors that word it themselves.

    ``unknown``: nothing of that name or realm is enabled for the client; whether it exists is not told.
    ``no_password``: it is no database. ``no_default``: the tenant has no default directory.
    ``none`` and ``several``: nothing was named, and the client has not just one.
    """

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why


def called(realm: str, connections: Iterable[Connection]) -> Connection:
    """The database of that name, or with that word among its ``realms``; names go first, then their order.

    Raises ``NoDatabase``.
    """
    found = [c for c in connections if realm in (c.name, *c.realms)]
    if not found:
        raise NoDatabase(
            "unknown",
            f"The connection {realm[:128]} was not found or is not enabled for this client "
            "(enabled_clients of the connection).",
        )
    chosen = next((c for c in found if c.name == realm), found[0])
    if chosen.strategy != _DATABASE:
        raise NoDatabase("no_password", f"The connection {realm[:128]} is no database: it takes no password.")
    return chosen


def default(directory: str, connections: Iterable[Connection]) -> Connection:
    """The database that the tenant's ``default_directory`` names. Raises ``NoDatabase``."""
    if not directory:
        raise NoDatabase(
            "no_default",
            "The tenant has no default_directory: set it to the name of a database, or name the connection.",
        )
    return called(directory, connections)


def only(connections: Iterable[Connection]) -> Connection:
    """The database among ``connections``, where there is just one. Raises ``NoDatabase``."""
    databases = [c for c in connections if c.strategy == _DATABASE]
    if not databases:
        raise NoDatabase("none", "No database is enabled for this client (enabled_clients of a connection).")
    if len(databases) > 1:
        raise NoDatabase("several", "Several databases are enabled for this client: name the connection.")
    return databases[0]
