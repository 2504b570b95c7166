"""What a tenant's pages look like and say beyond its branding: read where pages are shown, and only there."""

from dataclasses import dataclass, field
from typing import Protocol

from gatewright.kernel.units import Change
from gatewright.tenants.page_template import PageTemplate
from gatewright.tenants.prompts import CustomText, PromptSettings
from gatewright.tenants.theme import BrandingTheme


@dataclass(frozen=True, slots=True)
class Looks:
    """A tenant's theme, if it has one, its decisions about the pages, its words on them, and its own page."""

    theme: BrandingTheme | None = None
    prompts: PromptSettings = field(default_factory=PromptSettings)
    texts: tuple[CustomText, ...] = ()
    page: PageTemplate | None = None

    def text(self, prompt: str, language: str) -> CustomText | None:
        """The words for a prompt in a language, if there are some."""
        key = f"{language}/{prompt}"
        return next((each for each in self.texts if each.key == key), None)


class LooksStore(Protocol):
    """Tenants' looks; whoever changes them touches the tenant in the same unit."""

    async def get(self, tenant_id: str) -> Looks:
        """The tenant's looks, cached until its configuration changes."""
        ...

    def put_theme(self, tenant_id: str, theme: BrandingTheme) -> Change:
        """Inserts or replaces the tenant's theme."""
        ...

    def delete_theme(self, tenant_id: str) -> Change:
        """The tenant's pages wear its branding alone again."""
        ...

    def put_prompts(self, tenant_id: str, settings: PromptSettings) -> Change:
        """Inserts or replaces what the tenant decided about the pages."""
        ...

    def put_text(self, tenant_id: str, text: CustomText) -> Change:
        """Inserts or replaces the words for a prompt in a language."""
        ...

    def put_page(self, tenant_id: str, page: PageTemplate) -> Change:
        """Inserts or replaces what the tenant has around its forms."""
        ...

    def delete_page(self, tenant_id: str) -> Change:
        """The forms stand on the page of the installation again."""
        ...

    def delete_text(self, tenant_id: str, text: CustomText) -> Change:
        """The prompt has the words of the installation in that language again."""
        ...
