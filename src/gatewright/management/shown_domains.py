"""A custom domain as the wire shows it."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from gatewright.management.resource import Shown, moment, shown_as
from gatewright.tenants import CustomDomain, Tenant


class ShownDomain(msgspec.Struct, frozen=True, kw_only=True):
    """A custom domain. ``verification`` says which record vouches for it."""

    custom_domain_id: str
    domain: str
    primary: bool
    is_default: bool
    status: str
    type: str
    verification: dict[str, Any] | None = None
    tls_policy: str = ""
    domain_metadata: dict[str, str] | None = None
    relying_party_identifier: str | None = None


class DefaultDomain(msgspec.Struct, frozen=True, kw_only=True):
    """The default: a custom domain whole, or the tenant's own, which has nothing but its name."""

    domain: str
    custom_domain_id: str = ""
    primary: bool = False
    is_default: bool = True
    status: str = ""
    type: str = ""


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a domain is vouched for, and if not, why."""

    success: bool
    message: str = ""


def shown_domain(domain: CustomDomain, *, failure: str = "") -> Shown:
    """The domain; ``failure`` is why it could not be verified just now."""
    methods = [{"name": "txt", "record": domain.record, "domain": domain.record_name}]
    verification: dict[str, object] = {
        "methods": methods,
        "status": "verified" if domain.is_ready else "failed" if failure else "pending",
    }
    if failure:
        verification["error_msg"] = failure
    if domain.verified_at:
        verification["last_verified_at"] = moment(domain.verified_at)
    return shown_as(
        ShownDomain(
            custom_domain_id=domain.custom_domain_id,
            domain=domain.domain,
            primary=domain.is_default,
            is_default=domain.is_default,
            status="ready" if domain.is_ready else "pending_verification",
            type=domain.type,
            verification=verification,
            tls_policy=domain.tls_policy,
            domain_metadata=domain.domain_metadata or None,
            relying_party_identifier=domain.relying_party_identifier,
        )
    )


def own_domain(tenant: Tenant) -> Shown:
    """The tenant's own name, where no domain is the default."""
    return {"domain": urlsplit(tenant.issuer).hostname or ""}
