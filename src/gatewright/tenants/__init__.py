"""NOUN floor: a tenant, its canonical issuer, its settings and its looks.

Owns who answers on which host. Does not own what lives in a tenant: clients, users and the rest hold its id.
"""

from gatewright.tenants.attack_protection import AttackProtection
from gatewright.tenants.branding import Branding, BrandingColors, BrandingFont, Gradient
from gatewright.tenants.claim_rules import ClaimRule, TokenKind
from gatewright.tenants.custom_domains import CustomDomain, CustomDomainSettings
from gatewright.tenants.denied_tokens import DeniedToken, DeniedTokenStore
from gatewright.tenants.looks import Looks, LooksStore
from gatewright.tenants.model import Tenant, TenantFlags, TenantSettings
from gatewright.tenants.page_template import PageTemplate
from gatewright.tenants.prompts import CustomText, PromptSettings
from gatewright.tenants.service import Tenants
from gatewright.tenants.store import TenantStore
from gatewright.tenants.theme import BrandingTheme, ThemeSettings

__all__ = [
    "AttackProtection",
    "Branding",
    "BrandingColors",
    "BrandingFont",
    "BrandingTheme",
    "ClaimRule",
    "CustomDomain",
    "CustomDomainSettings",
    "CustomText",
    "DeniedToken",
    "DeniedTokenStore",
    "Gradient",
    "Looks",
    "LooksStore",
    "PageTemplate",
    "PromptSettings",
    "Tenant",
    "TenantFlags",
    "TenantSettings",
    "TenantStore",
    "Tenants",
    "ThemeSettings",
    "TokenKind",
]
