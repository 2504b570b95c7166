"""Signing keys."""

from sqlalchemy import bindparam, select

from gatewright.jose import KeyRing, SigningKey
from gatewright.kernel.units import Change
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database, revision_bump
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import signing_keys
from gatewright.storage.statement import Statement, upsert

_ALL = Statement(
    select(signing_keys.c.doc)
    .where(signing_keys.c.tenant_id == bindparam("tenant_id"))
    .order_by(signing_keys.c.created_at, signing_keys.c.kid)
)
_PUT = upsert(signing_keys, keys=("tenant_id", "kid"), update=("created_at", "doc"))
_decode = decoder(SigningKey).decode


class SqlSigningKeys:
    """See ``jose.KeyStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def ring(self, tenant_id: str) -> KeyRing:
        """See ``KeyStore.ring``."""

        async def load() -> KeyRing | None:
            rows = await self._database.fetch(_ALL, tenant_id=tenant_id)
            return KeyRing(_decode(row[0]) for row in rows) if rows else None

        return await self._cache.get(tenant_id, "signing-keys", load) or KeyRing(())

    def put(self, tenant_id: str, key: SigningKey) -> Change:
        """See ``KeyStore.put``."""
        return _PUT.change(tenant_id=tenant_id, kid=key.kid, created_at=key.created_at, doc=encode(key))

    def touched(self, tenant_id: str) -> Change:
        """See ``KeyStore.touched``."""
        return revision_bump(tenant_id)
