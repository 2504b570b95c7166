"""What of APIs and client grants must be remembered."""

from typing import Protocol

from gatewright.apis.client_grants import ClientGrant
from gatewright.apis.model import Api
from gatewright.kernel.units import Change


class ApiStore(Protocol):
    """APIs by identifier, grants by client and audience; both cached until the configuration changes."""

    async def by_identifier(self, tenant_id: str, identifier: str) -> Api | None:
        """The API that the ``audience`` parameter names."""
        ...

    async def all(self, tenant_id: str) -> list[Api]:
        """Every API of the tenant, by name."""
        ...

    def put(self, tenant_id: str, api: Api) -> Change:
        """Inserts or replaces."""
        ...

    def delete(self, tenant_id: str, api_id: str) -> Change:
        """Removes; must match."""
        ...

    async def grant(self, tenant_id: str, client_id: str, audience: str) -> ClientGrant | None:
        """The client's grant for the API."""
        ...

    async def grants(self, tenant_id: str) -> list[ClientGrant]:
        """Every grant of the tenant."""
        ...

    def put_grant(self, tenant_id: str, grant: ClientGrant) -> Change:
        """Inserts or replaces."""
        ...

    def delete_grant(self, tenant_id: str, grant_id: str) -> Change:
        """Removes; must match."""
        ...
