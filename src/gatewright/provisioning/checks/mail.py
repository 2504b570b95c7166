"""What a tenant file may say of the tenant's mail."""

import importlib
import re
from collections.abc import Iterator

from gatewright.kernel.errors import Invalid
from gatewright.messages import (
    LONGEST_LIFETIME,
    TEMPLATE_OF,
    EmailProvider,
    EmailTemplate,
    checked_sender,
)
from gatewright.provisioning.checks.values import check_range
from gatewright.provisioning.entry_kinds import EmailProviderEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9\-.]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?")
_MASK = re.compile(r"[*•#_]+(?:[A-Z_]+#+)?|\(not shown\)")


def check_provider(entry: Entry[EmailProviderEntry], current: EmailProvider | None) -> Iterator[Problem]:
    """The section ``emailProvider``; ``current`` is the provider there is."""
    provider, at = entry.value, inside(entry.path, "credentials")
    if provider.name != "smtp":
        message = f"{provider.name} is not there; wanted: smtp, which every such service offers"
        yield Problem(inside(entry.path, "name"), message)
    credentials = provider.credentials
    if not _HOST.fullmatch(credentials.smtp_host):
        message = f"read {shown(credentials.smtp_host)}; wanted: a host name"
        yield Problem(inside(at, "smtp_host"), message)
    if not 1 <= credentials.smtp_port <= 65_535:
        message = f"read {credentials.smtp_port}; wanted: 1 to 65535, usually 587"
        yield Problem(inside(at, "smtp_port"), message)
    for name in ("smtp_user", "smtp_pass"):
        yield from _check_line(inside(at, name), getattr(credentials, name))
    yield from _check_sender(inside(entry.path, "default_from_address"), provider.default_from_address)
    yield from _check_password(inside(at, "smtp_pass"), entry, current)


def check_email_template(entry: Entry[EmailTemplate]) -> Iterator[Problem]:
    """One of ``emailTemplates``."""
    template, path = entry.value, entry.path
    lifetime = template.url_lifetime_in_seconds
    if lifetime is not None:
        at = inside(path, "urlLifetimeInSeconds")
        yield from check_range(at, lifetime, 60, LONGEST_LIFETIME, "seconds")
    try:
        importlib.import_module("gatewright.messages.wording").check_template(template)
    except Invalid as error:
        yield Problem(inside(path, error.path), error.message.removeprefix(f"{error.path}: "))


def is_unsent(entry: Entry[EmailTemplate]) -> bool:
    """Whether nothing sends that mail."""
    return entry.value.enabled and entry.value.template not in TEMPLATE_OF.values()


def unsent(entry: Entry[EmailTemplate]) -> str:
    """What is said of such a template."""
    return f"{entry.path}: stored, has no effect yet: no {entry.value.template} is sent"


def _check_sender(path: str, address: str) -> Iterator[Problem]:
    if address:
        try:
            checked_sender(address)
        except Invalid:
            yield Problem(path, f"read {shown(address)}; wanted: an address, or name <address>")


def _check_line(path: str, text: str) -> Iterator[Problem]:
    if len(text) > 1_000 or not text.isprintable():
        yield Problem(path, "wanted: at most 1000 printable characters")


def _check_password(
    path: str, entry: Entry[EmailProviderEntry], current: EmailProvider | None
) -> Iterator[Problem]:
    """A password goes only where its owner sent it: to another server it has to be sent again."""
    written = entry.value.credentials
    if written.smtp_pass and _MASK.fullmatch(written.smtp_pass):
        yield Problem(path, "is a mask, not a password; leave it out to keep the one there is")
    is_silent = "credentials.smtp_pass" not in entry.inner
    is_kept = is_silent and current is not None and bool(current.sealed_password)
    if is_kept and current is not None and written.address != current.credentials:
        yield Problem(path, "missing; another server, port or user needs the password sent again")
