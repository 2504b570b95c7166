"""Clients."""

from sqlalchemy import bindparam, delete, select

from gatewright.clients import Client
from gatewright.kernel.units import Change
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import clients
from gatewright.storage.statement import Statement, upsert

_HERE = clients.c.tenant_id == bindparam("tenant_id")
_THIS = clients.c.client_id == bindparam("client_id")
_GET = Statement(select(clients.c.doc).where(_HERE, _THIS))
_ALL = Statement(select(clients.c.doc).where(_HERE).order_by(clients.c.name, clients.c.client_id))
_PUT = upsert(clients, keys=("tenant_id", "client_id"), update=("name", "doc"))
_DELETE = Statement(delete(clients).where(_HERE, _THIS))
_decode = decoder(Client).decode


class SqlClients:
    """See ``clients.ClientStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def get(self, tenant_id: str, client_id: str) -> Client | None:
        """See ``ClientStore.get``."""

        async def load() -> Client | None:
            row = await self._database.fetch_one(_GET, tenant_id=tenant_id, client_id=client_id)
            return _decode(row[0]) if row else None

        return await self._cache.get(tenant_id, ("client", client_id), load)

    async def all(self, tenant_id: str) -> list[Client]:
        """See ``ClientStore.all``."""
        return [_decode(row[0]) for row in await self._database.scan(_ALL, tenant_id=tenant_id)]

    def put(self, tenant_id: str, client: Client) -> Change:
        """See ``ClientStore.put``."""
        return _PUT.change(
            tenant_id=tenant_id, client_id=client.client_id, name=client.name, doc=encode(client)
        )

    def delete(self, tenant_id: str, client_id: str) -> Change:
        """See ``ClientStore.delete``."""
        return _DELETE.change(must_match=True, tenant_id=tenant_id, client_id=client_id)
