"""Organizations."""

from sqlalchemy import bindparam, delete, select, update

from gatewright.kernel.units import Change, Unit
from gatewright.organizations import Organization
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import invitations, organization_members, organization_roles, organizations
from gatewright.storage.statement import Statement, upsert

_HERE = organizations.c.tenant_id == bindparam("tenant_id")
_THIS = (_HERE, organizations.c.organization_id == bindparam("organization_id"))
_ALL = Statement(select(organizations.c.doc).where(_HERE).order_by(organizations.c.name))
_GET = Statement(select(organizations.c.doc).where(*_THIS))
_BY_NAME = Statement(select(organizations.c.doc).where(_HERE, organizations.c.name == bindparam("name")))
_PUT = upsert(organizations, keys=("tenant_id", "organization_id"), update=("name", "doc"))
_DELETE = Statement(delete(organizations).where(*_THIS))
_THERE = Statement(update(organizations).where(*_THIS).values(name=organizations.c.name))
_BELONGINGS = tuple(
    Statement(
        delete(table).where(
            table.c.tenant_id == bindparam("tenant_id"),
            table.c.organization_id == bindparam("organization_id"),
        )
    )
    for table in (organization_members, organization_roles, invitations)
)
_decode = decoder(Organization).decode


def still_there(tenant_id: str, organization_id: str) -> Change:
    """Undoes its unit when the organization is gone; changes nothing."""
    return _THERE.change(must_match=True, tenant_id=tenant_id, organization_id=organization_id)


class SqlOrganizations:
    """See ``organizations.OrganizationStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def all(self, tenant_id: str) -> list[Organization]:
        """See ``OrganizationStore.all``."""
        return [_decode(row[0]) for row in await self._database.scan(_ALL, tenant_id=tenant_id)]

    async def get(self, tenant_id: str, organization_id: str) -> Organization | None:
        """See ``OrganizationStore.get``."""

        async def load() -> Organization | None:
            row = await self._database.fetch_one(_GET, tenant_id=tenant_id, organization_id=organization_id)
            return _decode(row[0]) if row else None

        return await self._cache.get(tenant_id, ("organization", organization_id), load)

    async def by_name(self, tenant_id: str, name: str) -> Organization | None:
        """See ``OrganizationStore.by_name``."""

        async def load() -> Organization | None:
            row = await self._database.fetch_one(_BY_NAME, tenant_id=tenant_id, name=name)
            return _decode(row[0]) if row else None

        return await self._cache.get(tenant_id, ("organization called", name), load)

    def put(self, tenant_id: str, organization: Organization) -> Change:
        """See ``OrganizationStore.put``."""
        return _PUT.change(
            tenant_id=tenant_id,
            organization_id=organization.organization_id,
            name=organization.name,
            doc=encode(organization),
        )

    def delete(self, tenant_id: str, organization_id: str) -> Unit:
        """See ``OrganizationStore.delete``."""
        return (
            _DELETE.change(must_match=True, tenant_id=tenant_id, organization_id=organization_id),
            *(each.change(tenant_id=tenant_id, organization_id=organization_id) for each in _BELONGINGS),
        )
