"""Custom domains as they shall be, and the hosts that follow from them."""

from collections.abc import Iterable

import msgspec

from gatewright.kernel import ids
from gatewright.provisioning.entry_kinds import CustomDomainEntry
from gatewright.provisioning.target.wish import Wish, merged, settings_of
from gatewright.tenants import CustomDomain, CustomDomainSettings, Tenant


def domain_of(written: CustomDomainEntry, current: CustomDomain | None) -> CustomDomain:
    """The domain that an entry describes; a new one waits until its owner vouches for it."""
    settings = settings_of(CustomDomainSettings, written)
    if current is not None:
        return msgspec.structs.replace(current, **settings)
    return CustomDomain(custom_domain_id=ids.custom_domain_id(), challenge=ids.opaque_token(), **settings)


def with_target_domains(tenant: Tenant, wish: Wish) -> Tenant:
    """The tenant with the domains of the file, matched by name; without the section, with its own."""
    known = {each.domain: each for each in tenant.custom_domains}
    entries = wish.document.custom_domains
    made = {e.value.domain: domain_of(e.value, known.get(e.value.domain)) for e in entries or ()}
    return with_domains(tenant, merged(known, made, wish, is_written=entries is not None))


def with_domains(tenant: Tenant, domains: Iterable[CustomDomain]) -> Tenant:
    """The tenant with these domains; it answers on those that are ready, and on no other that it had."""
    found = tuple(domains)
    before = {tenant.host_of(each) for each in tenant.custom_domains if each.is_ready}
    own = [host for host in tenant.hosts if host not in before]
    ready = [tenant.host_of(each) for each in found if each.is_ready]
    hosts = tuple(dict.fromkeys((*own, *ready)))
    return msgspec.structs.replace(tenant, custom_domains=found, hosts=hosts)
