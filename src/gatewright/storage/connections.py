"""Connections."""

from sqlalchemy import bindparam, delete, select

from gatewright.connections import Connection
from gatewright.kernel.units import Change
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import connections
from gatewright.storage.statement import Statement, upsert

_HERE = connections.c.tenant_id == bindparam("tenant_id")
_ALL = Statement(select(connections.c.doc).where(_HERE).order_by(connections.c.name))
_PUT = upsert(connections, keys=("tenant_id", "connection_id"), update=("name", "doc"))
_DELETE = Statement(
    delete(connections).where(_HERE, connections.c.connection_id == bindparam("connection_id"))
)
_decode = decoder(Connection).decode


class SqlConnections:
    """See ``connections.ConnectionStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def all(self, tenant_id: str) -> list[Connection]:
        """See ``ConnectionStore.all``."""

        async def load() -> list[Connection]:
            return [_decode(row[0]) for row in await self._database.fetch(_ALL, tenant_id=tenant_id)]

        return await self._cache.get(tenant_id, "connections", load) or []

    def put(self, tenant_id: str, connection: Connection) -> Change:
        """See ``ConnectionStore.put``."""
        return _PUT.change(
            tenant_id=tenant_id,
            connection_id=connection.connection_id,
            name=connection.name,
            doc=encode(connection),
        )

    def delete(self, tenant_id: str, connection_id: str) -> Change:
        """See ``ConnectionStore.delete``."""
        return _DELETE.change(must_match=True, tenant_id=tenant_id, connection_id=connection_id)
