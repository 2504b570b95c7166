"""What a tenant file may say of custom domains."""

import re
from collections.abc import Iterator

from gatewright.provisioning.entry_kinds import CustomDomainEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")
_LONGEST_DOMAIN = 240
"""Characters: what is left of 253 below the label of the record."""

_MOST_METADATA, _LONGEST_METADATA = 10, 255


def check_custom_domain(entry: Entry[CustomDomainEntry], issuer_host: str) -> Iterator[Problem]:
    """One of ``customDomains``; ``issuer_host`` is the tenant's own name."""
    domain, path = entry.value, entry.path
    if len(domain.domain) > _LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain.domain):
        wanted = "a host name like login.example.com, in small letters, without scheme, port and path"
        yield Problem(inside(path, "domain"), f"read {shown(domain.domain)}; wanted: {wanted}")
    elif domain.domain == issuer_host:
        yield Problem(inside(path, "domain"), "is the tenant's own name; wanted: another one")
    pairs = domain.domain_metadata
    longest = max((len(text) for pair in pairs.items() for text in pair), default=0)
    if len(pairs) > _MOST_METADATA or longest > _LONGEST_METADATA:
        wanted = f"at most {_MOST_METADATA} pairs of texts of {_LONGEST_METADATA} characters"
        yield Problem(inside(path, "domain_metadata"), f"{len(pairs)} pairs; wanted: {wanted}")
