"""What a tenant's pages look like and say beyond its branding: read where pages are shown, and only there."""

from dataclasses import dataclass
from typing import Protocol

from gatewright.kernel.units import Change
from gatewright.tenants.theme import BrandingTheme


@dataclass(frozen=True, slots=True)
class Looks:
    """A tenant's theme, if it has one."""

    theme: BrandingTheme | None = None


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
