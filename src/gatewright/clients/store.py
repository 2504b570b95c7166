"""What of clients must be remembered."""

from typing import Protocol

from gatewright.clients.model import Client
from gatewright.kernel.units import Change


class ClientStore(Protocol):
    """Clients by id."""

    async def get(self, tenant_id: str, client_id: str) -> Client | None:
        """The client, cached until the tenant's configuration changes."""
        ...

    async def all(self, tenant_id: str) -> list[Client]:
        """Every client of the tenant, by name."""
        ...

    def put(self, tenant_id: str, client: Client) -> Change:
        """Inserts or replaces."""
        ...

    def delete(self, tenant_id: str, client_id: str) -> Change:
        """Removes; must match."""
        ...
