"""What of tenants must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.tenants.model import Tenant


class TenantStore(Protocol):
    """Tenants by id and by host."""

    async def get(self, tenant_id: str) -> Tenant | None:
        """The tenant, cached until its configuration changes."""
        ...

    async def id_of_host(self, host: str) -> str | None:
        """The tenant that answers on ``host[:port]``."""
        ...

    async def hosts(self) -> tuple[str, ...]:
        """Every known host, for the page that an unknown one gets."""
        ...

    def put(self, tenant: Tenant) -> Unit:
        """Inserts or replaces the tenant and its hosts; must match, for another tenant's are not taken."""
        ...

    def touched(self, tenant_id: str) -> Change:
        """Tells every process that the tenant's configuration changed; goes into the same unit."""
        ...

    async def revision(self, tenant_id: str) -> int:
        """The number of the tenant's configuration, which moves with every change of it; 0 before any."""
        ...

    def touched_since(self, tenant_id: str, revision: int) -> Change:
        """What ``touched`` does, if the configuration is still that of ``revision``; must match."""
        ...
