"""Invitations: an address that may become a member, once, by a secret that is mailed there."""

from typing import Any, Protocol

import msgspec

from gatewright.kernel import ids
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Change, Unit

LIFETIME = 604_800
"""Seconds for which an invitation stands unless it says otherwise: a week."""

LONGEST_LIFETIME = 2_592_000
"""Seconds: thirty days."""


class Inviter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who invites, as the mail says."""

    name: str


class Invitee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is invited."""

    email: str


class Invitation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An invitation; only the hash of its secret is kept. Times are seconds UTC.

    ``connection_id`` is the only connection that will do, "" for any of the organization's.
    ``roles`` are ids of what the invited becomes there; the metadata is laid over that of the user.
    """

    invitation_id: str
    ticket_hash: str
    organization_id: str
    inviter: Inviter
    invitee: Invitee
    client_id: str
    created_at: int
    expires_at: int
    connection_id: str = ""
    roles: tuple[str, ...] = ()
    app_metadata: dict[str, Any] = {}
    user_metadata: dict[str, Any] = {}


def new_invitation(organization_id: str, *, now: int, lifetime: int, **fields: Any) -> tuple[str, Invitation]:
    """A fresh invitation and its secret; ``fields`` are the others of ``Invitation``."""
    secret = ids.opaque_token()
    made = Invitation(
        invitation_id=ids.invitation_id(),
        ticket_hash=fingerprint(secret),
        organization_id=organization_id,
        created_at=now,
        expires_at=now + lifetime,
        **fields,
    )
    return secret, made


class InvitationStore(Protocol):
    """Invitations of organizations."""

    async def of_organization(self, tenant_id: str, organization_id: str, *, now: int) -> list[Invitation]:
        """Those that stand, by id."""
        ...

    async def by_ticket(self, tenant_id: str, ticket_hash: str, *, now: int) -> Invitation | None:
        """The one with this secret, if it stands."""
        ...

    def insert(self, tenant_id: str, invitation: Invitation) -> Unit:
        """Remembers it; must match: its organization is there."""
        ...

    def spend(self, tenant_id: str, invitation: Invitation) -> Change:
        """Forgets it; must match, so it is used once."""
        ...
