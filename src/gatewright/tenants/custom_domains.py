"""Other names of a tenant, each of which it answers on once its owner has vouched for it in the DNS."""

from typing import Literal

import msgspec

LABEL = "_gatewright"
"""The record that vouches stands at this name below the domain."""


class CustomDomainSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator sets for a domain. Its certificate is the operator's business.

    ``domain`` is in small letters. The second block is kept and given back, and steers nothing.
    """

    domain: str
    type: Literal["self_managed_certs"] = "self_managed_certs"

    tls_policy: Literal["recommended"] = "recommended"
    domain_metadata: dict[str, str] = {}
    relying_party_identifier: str | None = None


class CustomDomain(CustomDomainSettings, frozen=True, kw_only=True, omit_defaults=True):
    """A domain. ``challenge`` is what its owner has to publish; times are seconds UTC, 0 for never."""

    custom_domain_id: str
    challenge: str
    is_ready: bool = False
    is_default: bool = False
    verified_at: int = 0

    @property
    def record_name(self) -> str:
        """Where the TXT record has to stand."""
        return f"{LABEL}.{self.domain}"

    @property
    def record(self) -> str:
        """What the TXT record has to say."""
        return f"gatewright-domain-verification={self.challenge}"
