"""An organization as a tenant file says it: what it names, by name."""

from typing import Literal

import msgspec

from gatewright.organizations import OrganizationSettings


class OrganizationConnectionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A connection through which the organization's people come in, by its name.

    ``assign_membership_on_login``: whoever comes in through it becomes a member.
    ``is_signup_enabled``: the organization's login page of a database offers new accounts.
    """

    name: str
    assign_membership_on_login: bool = False
    show_as_button: bool = True
    is_signup_enabled: bool = False


class OrganizationGrantEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Client grants by which a client, by name or id, may act for the organization.

    Without ``audience`` they are all that the client has.
    """

    client_id: str
    audience: str = ""


class OrganizationDomainEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A mail domain of the organization's people."""

    domain: str
    status: Literal["pending", "verified"] = "pending"
    use_for_organization_discovery: bool = True


class OrganizationClientEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A client, by name or id, that the organization is associated with."""

    client_id: str
    use_for_member_access: bool = False


class OrganizationEntry(OrganizationSettings, frozen=True, kw_only=True):
    """One of ``organizations``. Members and invitations are no part of a file."""

    connections: tuple[OrganizationConnectionEntry, ...] = ()
    client_grants: tuple[OrganizationGrantEntry, ...] = ()
    discovery_domains: tuple[OrganizationDomainEntry, ...] = ()
    clients: tuple[OrganizationClientEntry, ...] = ()
