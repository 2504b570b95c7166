"""The outbox. Sealed bodies are opaque here."""

from sqlalchemy import bindparam, delete, func, insert, select, update

from gatewright.kernel.units import Change
from gatewright.messages import OutboxEntry
from gatewright.storage.database import Database
from gatewright.storage.schema import outbox
from gatewright.storage.statement import Statement

_HERE = outbox.c.tenant_id == bindparam("tenant_id")
_IS_WAITING = outbox.c.state == "waiting"
_IS_CAPTURED = outbox.c.state == "captured"
# ``tries`` is what the writer saw: one who was overtaken touches nothing.
_AS_SEEN = (_HERE, outbox.c.message_id == bindparam("id"), _IS_WAITING, outbox.c.tries == bindparam("seen"))

_INSERT = Statement(
    insert(outbox).values(
        **{
            name: bindparam(name)
            for name in ("tenant_id", "message_id", "next_try_at", "expires_at", "sealed")
        },
        state="waiting",
        tries=0,
    )
)
_DUE = Statement(
    select(outbox.c.tenant_id, outbox.c.message_id, outbox.c.tries)
    .where(_IS_WAITING, outbox.c.next_try_at <= bindparam("now"))
    .order_by(outbox.c.next_try_at, outbox.c.message_id)
    .limit(bindparam("most"))
)
_NEXT = Statement(select(func.min(outbox.c.next_try_at)).where(_IS_WAITING))
_LEASE = Statement(
    update(outbox)
    .where(*_AS_SEEN)
    .values(tries=outbox.c.tries + 1, next_try_at=bindparam("until"))
    .returning(outbox.c.tries, outbox.c.sealed)
)
_DELETE = Statement(delete(outbox).where(*_AS_SEEN))
_KEEP = Statement(update(outbox).where(*_AS_SEEN).values(state="captured", expires_at=bindparam("expires")))
_FAIL = Statement(
    update(outbox).where(*_AS_SEEN).values(state="failed", sealed="", expires_at=bindparam("expires"))
)
_POSTPONE = Statement(
    update(outbox).where(*_AS_SEEN).values(tries=bindparam("now_tries"), next_try_at=bindparam("at"))
)
_NEWEST_TO_GO = (
    select(outbox.c.message_id)
    .where(_HERE, _IS_CAPTURED)
    .order_by(outbox.c.message_id.desc())
    .limit(1)
    .offset(bindparam("most"))
    .scalar_subquery()
)
_TRIM = Statement(delete(outbox).where(_HERE, _IS_CAPTURED, outbox.c.message_id <= _NEWEST_TO_GO))
_READABLE = Statement(
    select(outbox.c.message_id, outbox.c.tries, outbox.c.sealed)
    .where(_HERE, outbox.c.state.in_(["waiting", "captured"]))
    .order_by(outbox.c.message_id.desc())
    .limit(bindparam("most"))
)


class SqlOutbox:
    """See ``messages.OutboxStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, entry: OutboxEntry, *, at: int, expires_at: int) -> Change:
        """See ``OutboxStore.insert``."""
        return _INSERT.change(
            tenant_id=entry.tenant_id,
            message_id=entry.message_id,
            next_try_at=at,
            expires_at=expires_at,
            sealed=entry.sealed,
        )

    async def due(self, now: int, *, limit: int) -> list[OutboxEntry]:
        """See ``OutboxStore.due``."""
        return [OutboxEntry(*row) for row in await self._database.fetch(_DUE, now=now, most=limit)]

    async def next_due(self) -> int | None:
        """See ``OutboxStore.next_due``."""
        row = await self._database.fetch_one(_NEXT)
        return row[0] if row else None

    async def lease(self, entry: OutboxEntry, *, until: int) -> OutboxEntry | None:
        """See ``OutboxStore.lease``."""
        row = await self._database.take(_seen(_LEASE, entry, until=until))
        return OutboxEntry(entry.tenant_id, entry.message_id, row[0], row[1]) if row else None

    def delete(self, entry: OutboxEntry) -> Change:
        """See ``OutboxStore.delete``."""
        return _seen(_DELETE, entry)

    def keep(self, entry: OutboxEntry, *, expires_at: int) -> Change:
        """See ``OutboxStore.keep``."""
        return _seen(_KEEP, entry, expires=expires_at)

    def trim(self, tenant_id: str, *, most: int) -> Change:
        """See ``OutboxStore.trim``."""
        return _TRIM.change(tenant_id=tenant_id, most=most)

    def postpone(self, entry: OutboxEntry, *, tries: int, at: int) -> Change:
        """See ``OutboxStore.postpone``."""
        return _seen(_POSTPONE, entry, now_tries=tries, at=at)

    def fail(self, entry: OutboxEntry, *, expires_at: int) -> Change:
        """See ``OutboxStore.fail``."""
        return _seen(_FAIL, entry, expires=expires_at)

    async def readable(self, tenant_id: str, *, limit: int) -> list[OutboxEntry]:
        """See ``OutboxStore.readable``."""
        rows = await self._database.scan(_READABLE, tenant_id=tenant_id, most=limit)
        return [OutboxEntry(tenant_id, *row) for row in reversed(rows)]


def _seen(statement: Statement, entry: OutboxEntry, **values: object) -> Change:
    parameters = {"tenant_id": entry.tenant_id, "id": entry.message_id, "seen": entry.tries, **values}
    return Change(statement, parameters)
