"""What a tenant file may say of the tenant itself and its looks."""

import importlib
import re
from collections.abc import Iterator

from gatewright.kernel.errors import Invalid
from gatewright.provisioning.checks.claim_rules import check_claim_rules
from gatewright.provisioning.checks.values import check_name, check_range, check_redirects, check_web_address
from gatewright.provisioning.entry_kinds import BrandingEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.tenants import TenantSettings, ThemeSettings

LONGEST_SESSION = 8_760
"""Hours: a year."""

_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,8}(?:-[a-zA-Z0-9]{1,8})*")


def check_tenant(entry: Entry[TenantSettings]) -> Iterator[Problem]:
    """The section ``tenant``."""
    tenant, path = entry.value, entry.path
    if tenant.friendly_name:
        yield from check_name(inside(path, "friendly_name"), tenant.friendly_name)
    for name in ("picture_url", "support_url", "default_redirection_uri"):
        yield from check_web_address(inside(path, name), getattr(tenant, name))
    yield from check_redirects(inside(path, "allowed_logout_urls"), tenant.allowed_logout_urls)
    yield from _check_sessions(entry)
    yield from check_claim_rules(entry)
    for place, tag in enumerate(tenant.enabled_locales):
        if not _LANGUAGE_TAG.fullmatch(tag):
            message = f"read {shown(tag)}; wanted: a language tag like en or pt-BR (RFC 5646)"
            yield Problem(inside(path, f"enabled_locales[{place}]"), message)


def unprotected(entry: Entry[TenantSettings]) -> Iterator[str]:
    """What a flag of the tenant gives up, in words for whoever sets it."""
    if entry.value.flags.disable_clickjack_protection_headers:
        path = inside(entry.path, "flags.disable_clickjack_protection_headers")
        yield f"{path}: any site can frame the login pages and trick people into clicks (clickjacking)"


def check_branding(entry: Entry[BrandingEntry]) -> Iterator[Problem]:
    """The section ``branding``."""
    try:
        entry.value.check(entry.path)
    except Invalid as error:
        yield Problem(error.path, str(error).removeprefix(f"{error.path}: "))
    for place, page in enumerate(entry.value.templates):
        path = inside(entry.path, f"templates[{place}].body")
        try:
            # what reads templates takes long to load
            importlib.import_module("gatewright.web.page_templates").check_own_page(page.body, path)
        except Invalid as error:
            yield Problem(path, error.message.removeprefix(f"{path}: "))
    if len(entry.value.templates) > 1:
        yield Problem(inside(entry.path, "templates[1]"), "a second template; wanted: one")


def check_themes(entries: tuple[Entry[ThemeSettings], ...]) -> Iterator[Problem]:
    """The section ``themes``, of which the pages can wear one."""
    for entry in entries:
        try:
            entry.value.check()
        except Invalid as error:
            yield Problem(inside(entry.path, error.path), error.message.removeprefix(f"{error.path}: "))
    if len(entries) > 1:
        yield Problem(entries[1].path, "a second theme; wanted: one, which every page wears")


def _check_sessions(entry: Entry[TenantSettings]) -> Iterator[Problem]:
    tenant, path = entry.value, entry.path
    longest = tenant.session_lifetime
    yield from check_range(inside(path, "session_lifetime"), longest, 0.01, LONGEST_SESSION, "hours")
    if "idle_session_lifetime" in entry.given:
        idle = inside(path, "idle_session_lifetime")
        yield from check_range(idle, tenant.idle_session_lifetime, 0.01, longest, "hours (session_lifetime)")
    if tenant.session_cookie.mode not in ("persistent", "non-persistent"):
        message = f"read {shown(tenant.session_cookie.mode)}; wanted: persistent or non-persistent"
        yield Problem(inside(path, "session_cookie.mode"), message)
