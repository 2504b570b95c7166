"""What of connections must be remembered."""

from typing import Protocol

from gatewright.connections.model import Connection
from gatewright.kernel.units import Change


class ConnectionStore(Protocol):
    """Connections by name, cached until the tenant's configuration changes."""

    async def all(self, tenant_id: str) -> list[Connection]:
        """Every connection of the tenant, by name."""
        ...

    def put(self, tenant_id: str, connection: Connection) -> Change:
        """Inserts or replaces."""
        ...

    def delete(self, tenant_id: str, connection_id: str) -> Change:
        """Removes; must match."""
        ...


class Leftovers(Protocol):
    """What connections leave behind when they are deleted: the people who came from there."""

    async def remove_of(self, tenant_id: str) -> int:
        """Removes those of the tenant for good, batch by batch; returns how many people went.

        Cut short at any moment, it can be begun again.
        """
        ...
