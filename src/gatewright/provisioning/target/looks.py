"""How the tenant's pages shall look."""

from gatewright.kernel import ids
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, settings_of
from gatewright.tenants import BrandingTheme, ThemeSettings


def target_theme(state: TenantState, wish: Wish) -> BrandingTheme | None:
    """The theme of the file, none where its section is empty, and the present one without such a section."""
    entries, current = wish.document.themes, state.theme
    if entries is None or (wish.only_missing and current is not None):
        return current
    return next((theme_of(entry.value, current) for entry in entries), None)


def theme_of(written: ThemeSettings, current: BrandingTheme | None, *, theme_id: str = "") -> BrandingTheme:
    """The theme of an entry, which is about ``current`` or a new one; ``theme_id`` is for the new one."""
    theme_id = current.theme_id if current else theme_id or ids.hexadecimal()
    return BrandingTheme(**settings_of(ThemeSettings, written), theme_id=theme_id)
