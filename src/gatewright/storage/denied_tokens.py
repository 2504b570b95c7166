"""Access tokens that administrators deny."""

from gatewright.kernel.units import Change
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder
from gatewright.storage.tenant_documents import delete_document, documents_of, put_document
from gatewright.tenants import DeniedToken

_KIND = "denied_token"
_token = decoder(DeniedToken).decode


class SqlDeniedTokens:
    """See ``tenants.DeniedTokenStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def all(self, tenant_id: str) -> dict[str, DeniedToken]:
        """See ``DeniedTokenStore.all``."""

        async def load() -> dict[str, DeniedToken]:
            rows = await documents_of(self._database, tenant_id)
            return {key: _token(doc) for kind, key, doc in rows if kind == _KIND}

        return await self._cache.get(tenant_id, "denied_tokens", load) or {}

    def put(self, tenant_id: str, token: DeniedToken) -> Change:
        """See ``DeniedTokenStore.put``."""
        return put_document(tenant_id, _KIND, token.jti, token)

    def delete(self, tenant_id: str, jti: str) -> Change:
        """See ``DeniedTokenStore.delete``."""
        return delete_document(tenant_id, _KIND, jti)
