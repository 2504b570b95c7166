"""APIs and client grants."""

from sqlalchemy import bindparam, delete, select

from gatewright.apis import Api, ClientGrant
from gatewright.kernel.units import Change
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import apis, client_grants
from gatewright.storage.statement import Statement, upsert

_HERE = apis.c.tenant_id == bindparam("tenant_id")
_GET = Statement(select(apis.c.doc).where(_HERE, apis.c.identifier == bindparam("identifier")))
_ALL = Statement(select(apis.c.doc).where(_HERE).order_by(apis.c.name, apis.c.api_id))
_PUT = upsert(apis, keys=("tenant_id", "api_id"), update=("identifier", "name", "doc"))
_DELETE = Statement(delete(apis).where(_HERE, apis.c.api_id == bindparam("api_id")))

_GRANTS_HERE = client_grants.c.tenant_id == bindparam("tenant_id")
_GRANT = Statement(
    select(client_grants.c.doc).where(
        _GRANTS_HERE,
        client_grants.c.client_id == bindparam("client_id"),
        client_grants.c.audience == bindparam("audience"),
    )
)
_GRANTS = Statement(select(client_grants.c.doc).where(_GRANTS_HERE).order_by(client_grants.c.grant_id))
_PUT_GRANT = upsert(client_grants, keys=("tenant_id", "grant_id"), update=("client_id", "audience", "doc"))
_DELETE_GRANT = Statement(
    delete(client_grants).where(_GRANTS_HERE, client_grants.c.grant_id == bindparam("grant_id"))
)
_decode = decoder(Api).decode
_decode_grant = decoder(ClientGrant).decode


class SqlApis:
    """See ``apis.ApiStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def by_identifier(self, tenant_id: str, identifier: str) -> Api | None:
        """See ``ApiStore.by_identifier``."""

        async def load() -> Api | None:
            row = await self._database.fetch_one(_GET, tenant_id=tenant_id, identifier=identifier)
            return _decode(row[0]) if row else None

        return await self._cache.get(tenant_id, ("api", identifier), load)

    async def all(self, tenant_id: str) -> list[Api]:
        """See ``ApiStore.all``."""
        return [_decode(row[0]) for row in await self._database.scan(_ALL, tenant_id=tenant_id)]

    def put(self, tenant_id: str, api: Api) -> Change:
        """See ``ApiStore.put``."""
        return _PUT.change(
            tenant_id=tenant_id,
            api_id=api.api_id,
            identifier=api.identifier,
            name=api.name,
            doc=encode(api),
        )

    def delete(self, tenant_id: str, api_id: str) -> Change:
        """See ``ApiStore.delete``."""
        return _DELETE.change(must_match=True, tenant_id=tenant_id, api_id=api_id)

    async def grant(self, tenant_id: str, client_id: str, audience: str) -> ClientGrant | None:
        """See ``ApiStore.grant``."""

        async def load() -> ClientGrant | None:
            row = await self._database.fetch_one(
                _GRANT, tenant_id=tenant_id, client_id=client_id, audience=audience
            )
            return _decode_grant(row[0]) if row else None

        return await self._cache.get(tenant_id, ("grant", client_id, audience), load)

    async def grants(self, tenant_id: str) -> list[ClientGrant]:
        """See ``ApiStore.grants``."""
        return [_decode_grant(row[0]) for row in await self._database.scan(_GRANTS, tenant_id=tenant_id)]

    def put_grant(self, tenant_id: str, grant: ClientGrant) -> Change:
        """See ``ApiStore.put_grant``."""
        return _PUT_GRANT.change(
            tenant_id=tenant_id,
            grant_id=grant.grant_id,
            client_id=grant.client_id,
            audience=grant.audience,
            doc=encode(grant),
        )

    def delete_grant(self, tenant_id: str, grant_id: str) -> Change:
        """See ``ApiStore.delete_grant``."""
        return _DELETE_GRANT.change(must_match=True, tenant_id=tenant_id, grant_id=grant_id)
