"""Tenants and the hosts they answer on."""

from sqlalchemy import Insert, bindparam, delete, select

from gatewright.kernel.units import Change, Unit
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database, revision_bump
from gatewright.storage.documents import decoder, encode
from gatewright.storage.revision import REVISION, revision_bump_from
from gatewright.storage.schema import tenant_hosts, tenants
from gatewright.storage.statement import Statement, dialect_insert, upsert
from gatewright.tenants import Tenant

_GET = Statement(select(tenants.c.doc).where(tenants.c.tenant_id == bindparam("tenant_id")))
_HOST = Statement(select(tenant_hosts.c.tenant_id).where(tenant_hosts.c.host == bindparam("host")))
_HOSTS = Statement(select(tenant_hosts.c.host).order_by(tenant_hosts.c.host).limit(100))
_PUT = upsert(tenants, keys=("tenant_id",), update=("issuer", "doc"))
_DROP_HOSTS = Statement(delete(tenant_hosts).where(tenant_hosts.c.tenant_id == bindparam("tenant_id")))
_decode = decoder(Tenant).decode


def _take_host(dialect: str) -> Insert:
    """A host of nobody, or of this very tenant: another tenant's cannot be taken."""
    insert = dialect_insert(dialect)(tenant_hosts).values(
        host=bindparam("host"), tenant_id=bindparam("tenant_id")
    )
    taken: Insert = insert.on_conflict_do_update(
        index_elements=["host"],
        set_={"tenant_id": insert.excluded.tenant_id},
        where=tenant_hosts.c.tenant_id == insert.excluded.tenant_id,
    )
    return taken


_PUT_HOST = Statement(_take_host)


def _put_host(host: str, tenant_id: str) -> Change:
    return _PUT_HOST.change(must_match=True, host=host, tenant_id=tenant_id)


class SqlTenants:
    """See ``tenants.TenantStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache
        self._ids: dict[str, str] = {}

    async def get(self, tenant_id: str) -> Tenant | None:
        """See ``TenantStore.get``."""

        async def load() -> Tenant | None:
            row = await self._database.fetch_one(_GET, tenant_id=tenant_id)
            return _decode(row[0]) if row else None

        return await self._cache.get(tenant_id, "tenant", load)

    async def id_of_host(self, host: str) -> str | None:
        """See ``TenantStore.id_of_host``. A host once seen is checked against its tenant's own list."""
        known = self._ids.get(host)
        if known is not None:
            tenant = await self.get(known)
            if tenant is not None and host in tenant.hosts:
                return known
            del self._ids[host]
        row = await self._database.fetch_one(_HOST, host=host)
        if row is None:
            return None
        self._ids[host] = row[0]
        return str(row[0])

    async def hosts(self) -> tuple[str, ...]:
        """See ``TenantStore.hosts``."""
        return tuple(row[0] for row in await self._database.scan(_HOSTS))

    def put(self, tenant: Tenant) -> Unit:
        """See ``TenantStore.put``."""
        return (
            _PUT.change(tenant_id=tenant.tenant_id, issuer=tenant.issuer, doc=encode(tenant)),
            _DROP_HOSTS.change(tenant_id=tenant.tenant_id),
            *(
                _PUT_HOST.change(must_match=True, host=host, tenant_id=tenant.tenant_id)
                for host in tenant.hosts
            ),
            self.touched(tenant.tenant_id),
        )

    def touched(self, tenant_id: str) -> Change:
        """See ``TenantStore.touched``."""
        return revision_bump(tenant_id)

    async def revision(self, tenant_id: str) -> int:
        """See ``TenantStore.revision``."""
        row = await self._database.fetch_one(REVISION, tenant_id=tenant_id)
        return int(row[0]) if row else 0

    def touched_since(self, tenant_id: str, revision: int) -> Change:
        """See ``TenantStore.touched_since``."""
        return revision_bump_from(tenant_id, revision)
