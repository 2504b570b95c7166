"""NOUN floor: organizations, who belongs to them, and who is invited.

Does not own users, roles, connections or clients: it knows their ids.
"""

from gatewright.organizations.invitation import (
    Invitation,
    InvitationStore,
    Invitee,
    Inviter,
    new_invitation,
)
from gatewright.organizations.model import (
    DiscoveryDomain,
    EnabledConnection,
    MemberClient,
    Organization,
    OrganizationBranding,
    OrganizationColors,
    OrganizationSettings,
)
from gatewright.organizations.service import Organizations
from gatewright.organizations.store import MemberStore, OrganizationStore

__all__ = [
    "DiscoveryDomain",
    "EnabledConnection",
    "Invitation",
    "InvitationStore",
    "Invitee",
    "Inviter",
    "MemberClient",
    "MemberStore",
    "Organization",
    "OrganizationBranding",
    "OrganizationColors",
    "OrganizationSettings",
    "OrganizationStore",
    "Organizations",
    "new_invitation",
]
