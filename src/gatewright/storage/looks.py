"""What tenants' pages look like and say."""

from gatewright.kernel.units import Change
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder
from gatewright.storage.tenant_documents import delete_document, documents_of, put_document
from gatewright.tenants import BrandingTheme, Looks

_THEME = "theme"
_theme = decoder(BrandingTheme).decode


class SqlLooks:
    """See ``tenants.LooksStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def get(self, tenant_id: str) -> Looks:
        """See ``LooksStore.get``."""

        async def load() -> Looks:
            rows = await documents_of(self._database, tenant_id)
            themes = [_theme(doc) for kind, _, doc in rows if kind == _THEME]
            return Looks(theme=themes[0] if themes else None)

        return await self._cache.get(tenant_id, "looks", load) or Looks()

    def put_theme(self, tenant_id: str, theme: BrandingTheme) -> Change:
        """See ``LooksStore.put_theme``."""
        return put_document(tenant_id, _THEME, "", theme)

    def delete_theme(self, tenant_id: str) -> Change:
        """See ``LooksStore.delete_theme``."""
        return delete_document(tenant_id, _THEME, "")
