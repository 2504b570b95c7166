"""Login transactions and mailed tickets."""

import msgspec
from sqlalchemy import and_, bindparam, insert, literal, or_, select, update

from gatewright.kernel.units import Change
from gatewright.login.tickets import MEMORY as TICKET_MEMORY
from gatewright.login.tickets import Ticket
from gatewright.login.transaction import MEMORY, LoginTransaction
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import login_transactions as transactions
from gatewright.storage.schema import tickets
from gatewright.storage.statement import Statement

_THIS = and_(
    transactions.c.tenant_id == bindparam("tenant_id"),
    transactions.c.transaction_hash == bindparam("transaction_hash"),
)
_GET = Statement(select(transactions.c.doc).where(_THIS))
_INSERT = Statement(
    insert(transactions).values(
        **{
            name: bindparam(name)
            for name in ("tenant_id", "transaction_hash", "version", "expires_at", "doc")
        }
    )
)
_UPDATE = Statement(
    update(transactions)
    .where(_THIS, transactions.c.version == bindparam("old_version"))
    .values(version=bindparam("new_version"), doc=bindparam("doc"))
)

_HERE = tickets.c.tenant_id == bindparam("tenant_id")
_TICKET = and_(_HERE, tickets.c.ticket_hash == bindparam("ticket_hash"))
_UNSPENT = tickets.c.used_at.is_(None)
_GET_TICKET = Statement(select(tickets.c.doc, tickets.c.used_at).where(_TICKET))
_INSERT_TICKET = Statement(
    insert(tickets).values(
        used_at=literal(None),
        **{
            name: bindparam(name)
            for name in ("tenant_id", "ticket_hash", "user_id", "kind", "expires_at", "doc")
        },
    )
)
_SPEND = Statement(update(tickets).where(_TICKET, _UNSPENT).values(used_at=bindparam("at")))
_RENEW = Statement(
    update(tickets)
    .where(_TICKET, or_(_UNSPENT, tickets.c.used_at <= bindparam("before")))
    .values(used_at=bindparam("at"))
)
_VOID = Statement(
    update(tickets)
    .where(_HERE, tickets.c.user_id == bindparam("user_id"), tickets.c.kind == bindparam("kind"), _UNSPENT)
    .values(used_at=bindparam("at"))
)
_decode = decoder(LoginTransaction).decode
_decode_ticket = decoder(Ticket).decode


class SqlTransactions:
    """See ``login.TransactionStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, transaction_hash: str) -> LoginTransaction | None:
        """See ``TransactionStore.get``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, transaction_hash=transaction_hash)
        return _decode(row[0]) if row else None

    def insert(self, tenant_id: str, transaction: LoginTransaction) -> Change:
        """See ``TransactionStore.insert``."""
        return _INSERT.change(
            tenant_id=tenant_id,
            transaction_hash=transaction.transaction_hash,
            version=transaction.version,
            expires_at=transaction.expires_at + MEMORY,
            doc=encode(transaction),
        )

    def update(self, tenant_id: str, transaction: LoginTransaction) -> Change:
        """See ``TransactionStore.update``."""
        following = msgspec.structs.replace(transaction, version=transaction.version + 1)
        return _UPDATE.change(
            must_match=True,
            tenant_id=tenant_id,
            transaction_hash=transaction.transaction_hash,
            old_version=transaction.version,
            new_version=following.version,
            doc=encode(following),
        )

    def finish(self, tenant_id: str, transaction: LoginTransaction) -> Change:
        """See ``TransactionStore.finish``."""
        return self.update(tenant_id, msgspec.structs.replace(transaction, finished=True))


class SqlTickets:
    """See ``login.store.TicketStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, ticket_hash: str) -> tuple[Ticket, int | None] | None:
        """See ``TicketStore.get``."""
        row = await self._database.fetch_one(_GET_TICKET, tenant_id=tenant_id, ticket_hash=ticket_hash)
        return (_decode_ticket(row[0]), row[1]) if row else None

    def insert(self, tenant_id: str, ticket: Ticket) -> Change:
        """See ``TicketStore.insert``."""
        return _INSERT_TICKET.change(
            tenant_id=tenant_id,
            ticket_hash=ticket.ticket_hash,
            user_id=ticket.user_id,
            kind=ticket.kind,
            expires_at=ticket.expires_at + TICKET_MEMORY[ticket.kind],
            doc=encode(ticket),
        )

    def spend(self, tenant_id: str, ticket_hash: str, at: int) -> Change:
        """See ``TicketStore.spend``."""
        return _SPEND.change(must_match=True, tenant_id=tenant_id, ticket_hash=ticket_hash, at=at)

    def renew(self, tenant_id: str, ticket_hash: str, at: int, *, pause: int) -> Change:
        """See ``TicketStore.renew``."""
        return _RENEW.change(
            must_match=True, tenant_id=tenant_id, ticket_hash=ticket_hash, at=at, before=at - pause
        )

    def void_others(self, tenant_id: str, user_id: str, kind: str, at: int) -> Change:
        """See ``TicketStore.void_others``."""
        return _VOID.change(tenant_id=tenant_id, user_id=user_id, kind=kind, at=at)
