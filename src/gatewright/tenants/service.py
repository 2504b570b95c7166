"""What one may do with tenants."""

from gatewright.kernel.errors import NotFound
from gatewright.tenants.looks import Looks, LooksStore
from gatewright.tenants.model import Tenant
from gatewright.tenants.store import TenantStore


class Tenants:
    """Finds tenants by the host they are asked on."""

    def __init__(self, store: TenantStore, looks: LooksStore) -> None:
        self._store = store
        self._looks = looks

    async def by_host(self, host: str) -> Tenant | None:
        """The tenant that answers on ``host[:port]``, or ``None``."""
        tenant_id = await self._store.id_of_host(host)
        return await self._store.get(tenant_id) if tenant_id else None

    async def get(self, tenant_id: str) -> Tenant:
        """The tenant. Raises ``NotFound``."""
        tenant = await self._store.get(tenant_id)
        if tenant is None:
            raise NotFound(f"no tenant {tenant_id!r}")
        return tenant

    async def looks(self, tenant_id: str) -> Looks:
        """How the tenant's pages look beyond its branding."""
        return await self._looks.get(tenant_id)

    async def known_hosts(self) -> tuple[str, ...]:
        """Every host that any tenant answers on."""
        return await self._store.hosts()
