"""The tenant's mail server and words for mail as they shall be."""

from gatewright.messages import EmailProvider, EmailTemplate, MailProviders
from gatewright.provisioning.entry_kinds import EmailProviderEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, merged


def target_provider(state: TenantState, wish: Wish, providers: MailProviders) -> EmailProvider | None:
    """The one of the file, none where its section is empty, and the present one without such a section."""
    entries, current = wish.document.provider, state.provider
    if entries is None or (wish.only_missing and current is not None):
        return current
    made = (provider_of(entry, current, wish.tenant_id, providers) for entry in entries)
    return next(made, None)


def target_email_templates(state: TenantState, wish: Wish) -> tuple[EmailTemplate, ...]:
    """The tenant's own words for mail, matched by the name of the template."""
    entries, known = wish.document.email_templates, {one.template: one for one in state.email_templates}
    made = {entry.value.template: entry.value for entry in entries or ()}
    return merged(known, made, wish, is_written=entries is not None)


def provider_of(
    entry: Entry[EmailProviderEntry], current: EmailProvider | None, tenant_id: str, providers: MailProviders
) -> EmailProvider:
    """The provider of an entry, which keeps the password of ``current`` where it says nothing of one."""
    written = entry.value
    return EmailProvider(
        name=written.name,
        enabled=written.enabled,
        default_from_address=written.default_from_address,
        credentials=written.credentials.address,
        settings=written.settings,
        sealed_password=_sealed(entry, current, tenant_id, providers),
    )


def _sealed(
    entry: Entry[EmailProviderEntry], current: EmailProvider | None, tenant_id: str, providers: MailProviders
) -> str:
    password, kept = entry.value.credentials.smtp_pass, current.sealed_password if current else ""
    is_written = "credentials.smtp_pass" in entry.inner
    if not is_written or (current and kept and providers.is_password(tenant_id, current, password)):
        return kept
    return providers.sealed(tenant_id, password)
