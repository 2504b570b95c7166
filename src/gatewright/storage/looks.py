"""What tenants' pages look like and say."""

from gatewright.kernel.units import Change
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder
from gatewright.storage.tenant_documents import delete_document, documents_of, put_document
from gatewright.tenants import BrandingTheme, CustomText, Looks, PageTemplate, PromptSettings

_THEME = "theme"
_PROMPTS = "prompts"
_TEXT = "custom_text"
_PAGE = "page_template"
_prompts = decoder(PromptSettings).decode
_text = decoder(CustomText).decode
_page = decoder(PageTemplate).decode
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
            prompts = [_prompts(doc) for kind, _, doc in rows if kind == _PROMPTS]
            pages = [_page(doc) for kind, _, doc in rows if kind == _PAGE]
            return Looks(
                page=pages[0] if pages else None,
                theme=themes[0] if themes else None,
                prompts=prompts[0] if prompts else PromptSettings(),
                texts=tuple(_text(doc) for kind, _, doc in rows if kind == _TEXT),
            )

        return await self._cache.get(tenant_id, "looks", load) or Looks()

    def put_theme(self, tenant_id: str, theme: BrandingTheme) -> Change:
        """See ``LooksStore.put_theme``."""
        return put_document(tenant_id, _THEME, "", theme)

    def delete_theme(self, tenant_id: str) -> Change:
        """See ``LooksStore.delete_theme``."""
        return delete_document(tenant_id, _THEME, "")

    def put_prompts(self, tenant_id: str, settings: PromptSettings) -> Change:
        """See ``LooksStore.put_prompts``."""
        return put_document(tenant_id, _PROMPTS, "", settings)

    def put_page(self, tenant_id: str, page: PageTemplate) -> Change:
        """See ``LooksStore.put_page``."""
        return put_document(tenant_id, _PAGE, "", page)

    def delete_page(self, tenant_id: str) -> Change:
        """See ``LooksStore.delete_page``."""
        return delete_document(tenant_id, _PAGE, "")

    def put_text(self, tenant_id: str, text: CustomText) -> Change:
        """See ``LooksStore.put_text``."""
        return put_document(tenant_id, _TEXT, text.key, text)

    def delete_text(self, tenant_id: str, text: CustomText) -> Change:
        """See ``LooksStore.delete_text``."""
        return delete_document(tenant_id, _TEXT, text.key)
