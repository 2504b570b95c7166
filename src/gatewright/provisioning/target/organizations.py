"""Organizations as they shall be."""

from collections.abc import Iterator

import msgspec

from gatewright.kernel import ids
from gatewright.organizations import (
    DiscoveryDomain,
    EnabledConnection,
    MemberClient,
    Organization,
    OrganizationSettings,
)
from gatewright.provisioning.organization_entry import (
    OrganizationEntry,
    OrganizationGrantEntry,
)
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, client_ids, dated, merged, settings_of


def target_organizations(wanted: TenantState, wish: Wish) -> tuple[Organization, ...]:
    """Organizations, matched by name; ``wanted`` has everything that they name as it shall be."""
    known = {each.name: each for each in wanted.organizations}
    written = wish.document.organizations
    made = {
        e.value.name: _organization(e.value, known.get(e.value.name), wanted, wish) for e in written or ()
    }
    return merged(known, made, wish, is_written=written is not None)


def organization_of(
    written: OrganizationSettings, current: Organization | None, now: int, **lists: object
) -> Organization:
    """The organization with these settings; ``current`` is the one that it changes.

    ``lists`` are those of its other fields that are not as they were, or not empty in a new one.
    """
    kept = ("connections", "client_grants", "discovery_domains", "clients")
    held = {name: getattr(current, name) for name in kept} if current else {}
    return dated(
        Organization,
        current,
        now,
        organization_id=current.organization_id if current else ids.organization_id(),
        **settings_of(OrganizationSettings, written),
        **held | lists,
    )


def organization_pruned(organization: Organization, wanted: TenantState, now: int) -> Organization:
    """The organization without anything in it that leads nowhere."""
    connections = {each.connection_id for each in wanted.connections}
    grants = {each.grant_id for each in wanted.grants}
    clients = {each.client_id for each in wanted.clients}
    pruned = msgspec.structs.replace(
        organization,
        connections=tuple(each for each in organization.connections if each.connection_id in connections),
        client_grants=tuple(each for each in organization.client_grants if each in grants),
        clients=tuple(each for each in organization.clients if each.client_id in clients),
    )
    return organization if pruned == organization else msgspec.structs.replace(pruned, updated_at=now)


def _organization(
    written: OrganizationEntry, current: Organization | None, wanted: TenantState, wish: Wish
) -> Organization:
    connections = {each.name: each.connection_id for each in wanted.connections}
    clients = client_ids(wanted.clients, wish.document)
    return organization_of(
        written,
        current,
        wish.now,
        connections=tuple(
            EnabledConnection(
                connection_id=connections[each.name],
                assign_membership_on_login=each.assign_membership_on_login,
                show_as_button=each.show_as_button,
                is_signup_enabled=each.is_signup_enabled,
            )
            for each in written.connections
        ),
        client_grants=tuple(
            dict.fromkeys(
                grant_id
                for each in written.client_grants
                for grant_id in _grants(each, clients[each.client_id], wanted)
            )
        ),
        discovery_domains=tuple(_domains(written, current)),
        clients=tuple(
            MemberClient(client_id=clients[each.client_id], use_for_member_access=each.use_for_member_access)
            for each in written.clients
        ),
    )


def _grants(written: OrganizationGrantEntry, client_id: str, wanted: TenantState) -> Iterator[str]:
    for grant in wanted.grants:
        if grant.client_id == client_id and written.audience in ("", grant.audience):
            yield grant.grant_id


def _domains(written: OrganizationEntry, current: Organization | None) -> Iterator[DiscoveryDomain]:
    known = {each.domain: each.domain_id for each in current.discovery_domains} if current else {}
    for each in written.discovery_domains:
        yield DiscoveryDomain(
            domain_id=known.get(each.domain) or ids.discovery_domain_id(),
            domain=each.domain,
            status=each.status,
            use_for_organization_discovery=each.use_for_organization_discovery,
        )
