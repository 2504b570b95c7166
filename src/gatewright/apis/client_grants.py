"""Which scopes of an API a client may have for itself (client credentials)."""

from typing import Literal

import msgspec

OrganizationUsage = Literal["deny", "allow", "require"]


class ClientGrant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A client's standing permission for an API.

    ``organization_usage``: whether the client may, or must, act for an organization;
    with ``allow_any_organization`` for each, otherwise for those that name the grant.
    """

    grant_id: str
    client_id: str
    audience: str
    scope: tuple[str, ...] = ()
    organization_usage: OrganizationUsage = "deny"
    allow_any_organization: bool = False
