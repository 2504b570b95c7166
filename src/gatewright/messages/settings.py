"""What a tenant decides about its mail, and what of it must be remembered."""

from dataclasses import dataclass
from typing import Protocol

from gatewright.kernel.units import Change
from gatewright.messages.email_template import TEMPLATE_OF, EmailTemplate, TemplateName
from gatewright.messages.model import MailKind
from gatewright.messages.provider import EmailProvider


@dataclass(frozen=True, slots=True)
class MailSettings:
    """A tenant's mail server, if it has one of its own, and its own words for kinds of mail."""

    provider: EmailProvider | None = None
    templates: tuple[EmailTemplate, ...] = ()

    def template(self, kind: MailKind) -> EmailTemplate | None:
        """The words for mail of that kind, where there are some and they are enabled."""
        name = TEMPLATE_OF.get(kind)
        return next((each for each in self.templates if each.template == name and each.enabled), None)

    @property
    def has_own_server(self) -> bool:
        """Whether mail leaves by the tenant's own server."""
        return self.provider is not None and self.provider.enabled

    @property
    def sender(self) -> str:
        """Whose mail is, where the tenant's own server says so; otherwise "", the installation's."""
        provider = self.provider
        return provider.default_from_address if provider is not None and provider.enabled else ""


class MailSettingsStore(Protocol):
    """Tenants' decisions about mail; whoever changes one touches the tenant in the same unit."""

    async def get(self, tenant_id: str) -> MailSettings:
        """What the tenant decided, cached until its configuration changes."""
        ...

    def put_provider(self, tenant_id: str, provider: EmailProvider) -> Change:
        """Inserts or replaces the tenant's mail server."""
        ...

    def put_template(self, tenant_id: str, template: EmailTemplate) -> Change:
        """Inserts or replaces a template by its name."""
        ...

    def delete_template(self, tenant_id: str, name: TemplateName) -> Change:
        """That mail has the words of the installation again."""
        ...

    def delete_provider(self, tenant_id: str) -> Change:
        """The tenant's mail goes through the installation's server again."""
        ...
