"""Invitations to organizations."""

from sqlalchemy import bindparam, delete, insert, select

from gatewright.kernel.units import Change, Unit
from gatewright.organizations import Invitation
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.organizations import still_there
from gatewright.storage.schema import invitations
from gatewright.storage.statement import Statement

_HERE = invitations.c.tenant_id == bindparam("tenant_id")
_STANDS = invitations.c.expires_at > bindparam("now")
_OF_ORGANIZATION = Statement(
    select(invitations.c.doc)
    .where(_HERE, invitations.c.organization_id == bindparam("organization_id"), _STANDS)
    .order_by(invitations.c.invitation_id)
)
_BY_TICKET = Statement(
    select(invitations.c.doc).where(_HERE, invitations.c.ticket_hash == bindparam("ticket_hash"), _STANDS)
)
_INSERT = Statement(insert(invitations).values({each.name: bindparam(each.name) for each in invitations.c}))
_SPEND = Statement(
    delete(invitations).where(
        _HERE,
        invitations.c.organization_id == bindparam("organization_id"),
        invitations.c.invitation_id == bindparam("invitation_id"),
    )
)
_decode = decoder(Invitation).decode


class SqlInvitations:
    """See ``organizations.InvitationStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_organization(self, tenant_id: str, organization_id: str, *, now: int) -> list[Invitation]:
        """See ``InvitationStore.of_organization``."""
        rows = await self._database.scan(
            _OF_ORGANIZATION, tenant_id=tenant_id, organization_id=organization_id, now=now
        )
        return [_decode(row[0]) for row in rows]

    async def by_ticket(self, tenant_id: str, ticket_hash: str, *, now: int) -> Invitation | None:
        """See ``InvitationStore.by_ticket``."""
        row = await self._database.fetch_one(
            _BY_TICKET, tenant_id=tenant_id, ticket_hash=ticket_hash, now=now
        )
        return _decode(row[0]) if row else None

    def insert(self, tenant_id: str, invitation: Invitation) -> Unit:
        """See ``InvitationStore.insert``."""
        put = _INSERT.change(
            tenant_id=tenant_id,
            organization_id=invitation.organization_id,
            invitation_id=invitation.invitation_id,
            ticket_hash=invitation.ticket_hash,
            expires_at=invitation.expires_at,
            doc=encode(invitation),
        )
        return (still_there(tenant_id, invitation.organization_id), put)

    def spend(self, tenant_id: str, invitation: Invitation) -> Change:
        """See ``InvitationStore.spend``."""
        return _SPEND.change(
            must_match=True,
            tenant_id=tenant_id,
            organization_id=invitation.organization_id,
            invitation_id=invitation.invitation_id,
        )
