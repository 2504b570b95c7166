"""How the tenant's pages shall look."""

from gatewright.kernel import ids
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, merged, settings_of
from gatewright.tenants import BrandingTheme, CustomText, PageTemplate, PromptSettings, ThemeSettings


def target_theme(state: TenantState, wish: Wish) -> BrandingTheme | None:
    """The theme of the file, none where its section is empty, and the present one without such a section."""
    entries, current = wish.document.themes, state.theme
    if entries is None or (wish.only_missing and current is not None):
        return current
    return next((theme_of(entry.value, current) for entry in entries), None)


def target_page(state: TenantState, wish: Wish) -> PageTemplate | None:
    """The page around the forms: that of the file, the present one where its branding says nothing of it."""
    branding = wish.document.branding
    if branding is None or "templates" not in branding.given or (wish.only_missing and state.page):
        return state.page
    return next(iter(branding.value.templates), None)


def theme_of(written: ThemeSettings, current: BrandingTheme | None, *, theme_id: str = "") -> BrandingTheme:
    """The theme of an entry, which is about ``current`` or a new one; ``theme_id`` is for the new one."""
    theme_id = current.theme_id if current else theme_id or ids.hexadecimal()
    return BrandingTheme(**settings_of(ThemeSettings, written), theme_id=theme_id)


def target_prompts(state: TenantState, wish: Wish) -> PromptSettings:
    """What the file decides about the pages, or what is decided now where it is silent."""
    entry, current = wish.document.prompts, state.prompts
    if entry is None or (wish.only_missing and current != PromptSettings()):
        return current
    return PromptSettings(**settings_of(PromptSettings, entry.value))


def target_texts(state: TenantState, wish: Wish) -> tuple[CustomText, ...]:
    """The words of the file, by prompt and language."""
    entry, known = wish.document.prompts, {text.key: text for text in state.texts}
    made = {text.key: text for text in (entry.value.texts if entry else ())}
    return merged(known, made, wish, is_written=entry is not None)
