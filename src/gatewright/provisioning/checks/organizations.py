"""What a tenant file may say of organizations."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from gatewright.kernel.errors import Invalid
from gatewright.organizations import OrganizationBranding
from gatewright.provisioning.checks.values import check_name
from gatewright.provisioning.organization_entry import (
    OrganizationConnectionEntry,
    OrganizationDomainEntry,
    OrganizationEntry,
)
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.tenants import Branding
from gatewright.tenants.branding import BrandingColors

LONGEST_NAME = 50
LONGEST_METADATUM = 255
MOST_METADATA = 25
MOST_CONNECTIONS = 100
MOST_DOMAINS = 100

_NAME = re.compile(r"(?!org_)[a-z0-9][a-z0-9_-]{0,49}")
_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def check_organization(entry: Entry[OrganizationEntry]) -> Iterator[Problem]:
    """One of ``organizations``."""
    organization, path = entry.value, entry.path
    if not _NAME.fullmatch(organization.name):
        wanted = f"1 to {LONGEST_NAME} of a-z 0-9 _ -, not beginning with _, - or org_"
        yield Problem(inside(path, "name"), f"read {shown(organization.name)}; wanted: {wanted}")
    if organization.display_name:
        yield from check_name(inside(path, "display_name"), organization.display_name)
    yield from _check_branding(inside(path, "branding"), organization.branding)
    yield from _check_metadata(inside(path, "metadata"), organization.metadata)
    connections = organization.connections
    yield from _check_list(path, "connections", [each.name for each in connections], MOST_CONNECTIONS)
    for place, connection in enumerate(connections):
        yield from check_enabled(f"{inside(path, 'connections')}[{place}]", connection)
    domains = organization.discovery_domains
    yield from _check_list(path, "discovery_domains", [each.domain for each in domains], MOST_DOMAINS)
    for place, domain in enumerate(domains):
        yield from _check_domain(f"{inside(path, 'discovery_domains')}[{place}]", domain)
    clients = [each.client_id for each in organization.clients]
    yield from _check_list(path, "clients", clients, MOST_CONNECTIONS)


def check_enabled(path: str, connection: OrganizationConnectionEntry) -> Iterator[Problem]:
    """How a connection is enabled: whoever signs up for the organization must become its member."""
    if connection.is_signup_enabled and not connection.assign_membership_on_login:
        message = "read true without membership; wanted: assign_membership_on_login as well"
        yield Problem(inside(path, "is_signup_enabled"), message)


def _check_branding(path: str, branding: OrganizationBranding) -> Iterator[Problem]:
    colors = BrandingColors(primary=branding.colors.primary, page_background=branding.colors.page_background)
    try:
        Branding(logo_url=branding.logo_url, colors=colors).check(path)
    except Invalid as error:
        yield Problem(error.path, str(error).removeprefix(f"{error.path}: "))


def _check_metadata(path: str, metadata: Mapping[str, str]) -> Iterator[Problem]:
    if len(metadata) > MOST_METADATA:
        yield Problem(path, f"{len(metadata)} fields; wanted: at most {MOST_METADATA}")
    for name, value in metadata.items():
        if not 1 <= len(name) <= LONGEST_METADATUM or len(value) > LONGEST_METADATUM:
            wanted = f"names of 1 to {LONGEST_METADATUM} characters, values of at most {LONGEST_METADATUM}"
            yield Problem(
                inside(path, name[:60]), f"{len(name)} and {len(value)} characters; wanted: {wanted}"
            )


def _check_list(path: str, name: str, keys: list[str], most: int) -> Iterator[Problem]:
    where = inside(path, name)
    if len(keys) > most:
        yield Problem(where, f"{len(keys)} of them; wanted: at most {most}")
    for key, count in Counter(keys).items():
        if count > 1:
            yield Problem(where, f"{shown(key)} stands there {count} times; wanted: once")


def _check_domain(path: str, domain: OrganizationDomainEntry) -> Iterator[Problem]:
    if not _DOMAIN.fullmatch(domain.domain):
        message = f"read {shown(domain.domain)}; wanted: a domain like acme.example, in small letters"
        yield Problem(inside(path, "domain"), message)
