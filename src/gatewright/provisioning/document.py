"""A tenant file as frozen values: the single-file format of the wire's deployment tool, strictly read.

Two extensions: clients may carry ``client_id`` and ``client_secret``, and ``users`` lists people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from gatewright.messages import EmailTemplate
from gatewright.provisioning.entry_kinds import (
    ApiEntry,
    BrandingEntry,
    ClientEntry,
    ConnectionEntry,
    CustomDomainEntry,
    DatabaseEntry,
    EmailProviderEntry,
    GrantEntry,
    OrganizationEntry,
    PromptsEntry,
    RoleEntry,
    UserEntry,
)
from gatewright.provisioning.log_stream_entry import LogStreamEntry
from gatewright.provisioning.problems import InvalidFile, Problem, shown
from gatewright.provisioning.reading import Entry, Reader, unknown
from gatewright.provisioning.source import Source, read_yaml
from gatewright.tenants import (
    AttackProtection,
    TenantSettings,
    ThemeSettings,
)

NOT_YET = frozenset(
    """
    actions connectionProfiles databasesScripts eventStreams flowVaultConnections flows forms
    guardianFactorProviders guardianFactorTemplates guardianFactors guardianPhoneFactorMessageTypes
    guardianPhoneFactorSelectedProvider guardianPolicies hooks networkACLs pages
    partials phoneProviders phoneTemplates rateLimitPolicies riskAssessment riskAssessments rules
    rulesConfigs scim selfServiceProfiles supplementalSignals tokenExchangeProfiles triggers
    userAttributeProfiles
    """.split()  # noqa: SIM905 - a list of this length is easier to read so
)
"""Sections that the deployment tool writes and that must be empty here, since nothing reads them yet."""


@dataclass(frozen=True, slots=True)
class Document:
    """A tenant file. A section that is not in it is ``None``: then nothing of its kind is touched.

    ``provider`` has one entry, or none where the section is empty.
    ``names`` holds, by section, every name and id written down, readable entry or not.
    """

    source: Source
    names: Mapping[str, frozenset[str]]
    tenant: Entry[TenantSettings] | None = None
    branding: Entry[BrandingEntry] | None = None
    prompts: Entry[PromptsEntry] | None = None
    themes: tuple[Entry[ThemeSettings], ...] | None = None
    attack_protection: Entry[AttackProtection] | None = None
    custom_domains: tuple[Entry[CustomDomainEntry], ...] | None = None
    apis: tuple[Entry[ApiEntry], ...] | None = None
    clients: tuple[Entry[ClientEntry], ...] | None = None
    grants: tuple[Entry[GrantEntry], ...] | None = None
    databases: tuple[Entry[DatabaseEntry], ...] | None = None
    connections: tuple[Entry[ConnectionEntry], ...] | None = None
    roles: tuple[Entry[RoleEntry], ...] | None = None
    organizations: tuple[Entry[OrganizationEntry], ...] | None = None
    log_streams: tuple[Entry[LogStreamEntry], ...] | None = None
    users: tuple[Entry[UserEntry], ...] | None = None
    provider: tuple[Entry[EmailProviderEntry], ...] | None = None
    email_templates: tuple[Entry[EmailTemplate], ...] | None = None
    problems: tuple[Problem, ...] = ()


EMPTY = Document(Source({}), {})
"""The file that says nothing."""

SECTIONS: Mapping[str, str] = {
    "tenant": "tenant",
    "branding": "branding",
    "themes": "themes",
    "prompts": "prompts",
    "attackProtection": "attack_protection",
    "customDomains": "custom_domains",
    "resourceServers": "apis",
    "clients": "clients",
    "clientGrants": "grants",
    "databases": "databases",
    "connections": "connections",
    "roles": "roles",
    "organizations": "organizations",
    "emailProvider": "provider",
    "emailTemplates": "email_templates",
    "logStreams": "log_streams",
    "users": "users",
}
"""Sections of the file, in the order they are written, with the attribute of ``Document`` for each."""

_ENTRIES: Mapping[str, type[msgspec.Struct]] = {
    "themes": ThemeSettings,
    "customDomains": CustomDomainEntry,
    "resourceServers": ApiEntry,
    "clients": ClientEntry,
    "clientGrants": GrantEntry,
    "databases": DatabaseEntry,
    "connections": ConnectionEntry,
    "roles": RoleEntry,
    "organizations": OrganizationEntry,
    "emailTemplates": EmailTemplate,
    "logStreams": LogStreamEntry,
    "users": UserEntry,
}


def read_document(content: bytes) -> Document:
    """The file's content as a document; what is wrong in its shape stands in ``problems``.

    Raises ``InvalidFile`` when it is not even a mapping in YAML.
    """
    source = read_yaml(content)
    if not isinstance(source.value, dict):
        raise InvalidFile([Problem("", f"read {shown(source.value)}; wanted: a mapping of sections", 1)])
    reader, sections = Reader(), source.value
    for name in sections:
        _check_section(reader, name, sections[name])
    values: dict[str, Any] = {
        SECTIONS[name]: reader.entries(kind, sections[name], name)
        for name, kind in _ENTRIES.items()
        if name in sections
    }
    if sections.get("tenant") is not None:
        values["tenant"] = reader.entry(TenantSettings, sections["tenant"], "tenant")
    if sections.get("branding") is not None:
        values["branding"] = reader.entry(BrandingEntry, sections["branding"], "branding")
    if sections.get("prompts") is not None:
        values["prompts"] = reader.entry(PromptsEntry, sections["prompts"], "prompts")
    if "emailProvider" in sections:
        values["provider"] = reader.optional(EmailProviderEntry, sections["emailProvider"], "emailProvider")
    if sections.get("attackProtection") is not None:
        section = sections["attackProtection"]
        values["attack_protection"] = reader.entry(AttackProtection, section, "attackProtection")
    names = {name: frozenset(_names(sections[name])) for name in _ENTRIES if name in sections}
    return Document(source, names, problems=tuple(reader.problems), **values)


def located(problems: Iterable[Problem], source: Source) -> list[Problem]:
    """The problems with their lines, in the order of the file."""
    placed = [
        Problem(problem.path, problem.message, problem.line or source.line_of(problem.path))
        for problem in problems
    ]
    return sorted(placed, key=lambda problem: problem.line or 0)


def _check_section(reader: Reader, name: str, value: object) -> None:
    if name in NOT_YET:
        if value not in (None, [], {}):
            reader.refuse(name, "nothing of this kind exists yet; wanted: an empty section, or none")
    elif name not in SECTIONS:
        reader.refuse(name, unknown(name, SECTIONS).replace("field", "section"))


def _names(section: object) -> Iterable[str]:
    for item in section if isinstance(section, list) else ():
        for key in ("name", "client_id", "identifier"):
            if isinstance(item, dict) and isinstance(item.get(key), str):
                yield item[key]
