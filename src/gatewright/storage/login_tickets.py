"""Tickets of embedded login."""

from sqlalchemy import and_, bindparam, delete, insert, select

from gatewright.embedded.model import LoginTicket
from gatewright.kernel.units import Change
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import login_tickets as tickets
from gatewright.storage.statement import Statement

_THIS = and_(tickets.c.tenant_id == bindparam("tenant_id"), tickets.c.ticket_hash == bindparam("ticket_hash"))
_GET = Statement(select(tickets.c.doc).where(_THIS))
_INSERT = Statement(
    insert(tickets).values(
        **{name: bindparam(name) for name in ("tenant_id", "ticket_hash", "user_id", "expires_at", "doc")}
    )
)
_TAKE = Statement(delete(tickets).where(_THIS))
_decode = decoder(LoginTicket).decode


class SqlLoginTickets:
    """See ``embedded.LoginTicketStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, ticket_hash: str) -> LoginTicket | None:
        """See ``LoginTicketStore.get``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, ticket_hash=ticket_hash)
        return _decode(row[0]) if row else None

    def insert(self, tenant_id: str, ticket: LoginTicket) -> Change:
        """See ``LoginTicketStore.insert``."""
        return _INSERT.change(
            tenant_id=tenant_id,
            ticket_hash=ticket.ticket_hash,
            user_id=ticket.user_id,
            expires_at=ticket.expires_at,
            doc=encode(ticket),
        )

    def take(self, tenant_id: str, ticket_hash: str) -> Change:
        """See ``LoginTicketStore.take``."""
        return _TAKE.change(must_match=True, tenant_id=tenant_id, ticket_hash=ticket_hash)
