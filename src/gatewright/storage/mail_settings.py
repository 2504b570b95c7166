"""What tenants decide about their mail."""

from gatewright.kernel.units import Change
from gatewright.messages import EmailProvider, EmailTemplate, MailSettings, TemplateName
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder
from gatewright.storage.tenant_documents import delete_document, documents_of, put_document

_PROVIDER = "email_provider"
_TEMPLATE = "email_template"
_template = decoder(EmailTemplate).decode
_provider = decoder(EmailProvider).decode


class SqlMailSettings:
    """See ``messages.MailSettingsStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def get(self, tenant_id: str) -> MailSettings:
        """See ``MailSettingsStore.get``."""

        async def load() -> MailSettings:
            rows = await documents_of(self._database, tenant_id)
            providers = [_provider(doc) for kind, _, doc in rows if kind == _PROVIDER]
            templates = tuple(_template(doc) for kind, _, doc in rows if kind == _TEMPLATE)
            return MailSettings(provider=providers[0] if providers else None, templates=templates)

        return await self._cache.get(tenant_id, "mail settings", load) or MailSettings()

    def put_provider(self, tenant_id: str, provider: EmailProvider) -> Change:
        """See ``MailSettingsStore.put_provider``."""
        return put_document(tenant_id, _PROVIDER, "", provider)

    def delete_provider(self, tenant_id: str) -> Change:
        """See ``MailSettingsStore.delete_provider``."""
        return delete_document(tenant_id, _PROVIDER, "")

    def put_template(self, tenant_id: str, template: EmailTemplate) -> Change:
        """See ``MailSettingsStore.put_template``."""
        return put_document(tenant_id, _TEMPLATE, template.template, template)

    def delete_template(self, tenant_id: str, name: TemplateName) -> Change:
        """See ``MailSettingsStore.delete_template``."""
        return delete_document(tenant_id, _TEMPLATE, name)
