"""What an organization is; field names are the wire's."""

from typing import Any, Literal

import msgspec

ID_PREFIX = "org_"
"""What ids begin with, and names do not: a request may name an organization by either."""


class OrganizationColors(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Colours as ``#rrggbb``; "" leaves the tenant's."""

    primary: str = ""
    page_background: str = ""


class OrganizationBranding(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What the hosted pages show its people in place of the tenant's logo and colours."""

    logo_url: str = ""
    colors: OrganizationColors = OrganizationColors()


class EnabledConnection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A connection through which the organization's people come in.

    ``assign_membership_on_login``: whoever comes in through it becomes a member.
    ``is_signup_enabled``: the organization's login page of a database offers new accounts.
    """

    connection_id: str
    assign_membership_on_login: bool = False
    show_as_button: bool = True
    is_signup_enabled: bool = False


class DiscoveryDomain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mail domain of the organization's people; ``verified`` is what an administrator says of it."""

    domain_id: str
    domain: str
    status: Literal["pending", "verified"] = "pending"
    use_for_organization_discovery: bool = True


class MemberClient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An application that the organization is associated with."""

    client_id: str
    use_for_member_access: bool = False


class OrganizationSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an administrator sets for an organization.

    ``name`` is what programs and the login page call it, ``display_name`` what people do.
    The last two are kept and given back for those who move here, and steer nothing.
    """

    name: str
    display_name: str = ""
    branding: OrganizationBranding = OrganizationBranding()
    metadata: dict[str, str] = {}
    token_quota: dict[str, Any] | None = None
    third_party_client_access: Literal["block", "allow"] | None = None


class Organization(OrganizationSettings, frozen=True, kw_only=True):
    """A business customer, say, whose people sign in as its members.

    ``client_grants`` are ids of the client grants by which clients may act for it.
    Times are seconds UTC.
    """

    organization_id: str
    connections: tuple[EnabledConnection, ...] = ()
    client_grants: tuple[str, ...] = ()
    discovery_domains: tuple[DiscoveryDomain, ...] = ()
    clients: tuple[MemberClient, ...] = ()
    created_at: int = 0
    updated_at: int = 0

    @property
    def called(self) -> str:
        """What people call it."""
        return self.display_name or self.name

    def enabled(self, connection_id: str) -> EnabledConnection | None:
        """How the connection is enabled, ``None`` where it is not."""
        return next((each for each in self.connections if each.connection_id == connection_id), None)
