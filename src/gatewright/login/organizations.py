"""An organization as the pages of login take it."""

from gatewright.connections import Connections
from gatewright.login.transaction import OrganizationAsked
from gatewright.organizations import Organization


async def as_asked(organization: Organization, connections: Connections, tenant_id: str) -> OrganizationAsked:
    """The facts of the organization that pages need, its connections by name."""
    names = await connections.names(tenant_id)
    enabled = [each for each in organization.connections if each.connection_id in names]
    colors = organization.branding.colors
    return OrganizationAsked(
        organization_id=organization.organization_id,
        called=organization.called,
        logo_url=organization.branding.logo_url,
        primary=colors.primary,
        page_background=colors.page_background,
        connections=tuple(names[each.connection_id] for each in enabled),
        signup=tuple(names[each.connection_id] for each in enabled if each.is_signup_enabled),
    )
