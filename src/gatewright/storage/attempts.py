"""Attempt counters: one conditional upsert counts an attempt among all processes."""

from sqlalchemy import Insert, and_, bindparam, case, delete, select, update

from gatewright.kernel.units import Change, Unit
from gatewright.protection import Block
from gatewright.storage.database import Database
from gatewright.storage.planning import rare
from gatewright.storage.schema import attempts, blocks
from gatewright.storage.statement import Statement, dialect_insert, upsert

_KEYS = (attempts.c.tenant_id == bindparam("tenant_id"), attempts.c.key == bindparam("key"))
_READ = Statement(select(attempts.c.count, attempts.c.expires_at).where(*_KEYS))
_CLEAR = Statement(delete(attempts).where(*_KEYS))
_GIVE_BACK = Statement(
    update(attempts).where(*_KEYS, attempts.c.count > 0).values(count=attempts.c.count - 1)
)
_BLOCK = ("key", "subject_hash", "connection", "ip", "expires_at")
_PUT_BLOCK = upsert(blocks, keys=("tenant_id", "key"), update=_BLOCK[1:])
_BLOCKS = Statement(
    lambda dialect: (
        select(*(blocks.c[name] for name in _BLOCK))
        .select_from(
            blocks.join(
                attempts, and_(attempts.c.tenant_id == blocks.c.tenant_id, attempts.c.key == blocks.c.key)
            )
        )
        .where(
            blocks.c.tenant_id == bindparam("tenant_id"),
            rare(blocks.c.subject_hash == bindparam("subject_hash"), dialect),
            blocks.c.expires_at > bindparam("now"),
            attempts.c.expires_at == blocks.c.expires_at,
        )
        .order_by(blocks.c.key)
    )
)
_UNBLOCK = Statement(
    delete(blocks).where(blocks.c.tenant_id == bindparam("tenant_id"), blocks.c.key == bindparam("key"))
)


def _count_one(dialect: str) -> Insert:
    """A counter whose window has passed starts anew; otherwise it grows and its window stays."""
    insert = dialect_insert(dialect)(attempts).values(
        tenant_id=bindparam("tenant_id"), key=bindparam("key"), count=1, expires_at=bindparam("ends")
    )
    over = attempts.c.expires_at <= bindparam("now")
    counted: Insert = insert.on_conflict_do_update(
        index_elements=["tenant_id", "key"],
        set_={
            "count": case((over, 1), else_=attempts.c.count + 1),
            "expires_at": case((over, insert.excluded.expires_at), else_=attempts.c.expires_at),
        },
    ).returning(attempts.c.count, attempts.c.expires_at)
    return counted


_ADD = Statement(_count_one)


class SqlAttempts:
    """See ``protection.AttemptStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant_id: str, key: str, *, now: int, window: int) -> tuple[int, int]:
        """See ``AttemptStore.add``."""
        row = await self._database.take(_ADD.change(tenant_id=tenant_id, key=key, now=now, ends=now + window))
        assert row is not None, "an upsert always touches a row"
        return row[0], row[1]

    async def read(self, tenant_id: str, key: str, *, now: int) -> tuple[int, int]:
        """See ``AttemptStore.read``."""
        row = await self._database.fetch_one(_READ, tenant_id=tenant_id, key=key)
        return (row[0], row[1]) if row and row[1] > now else (0, 0)

    async def give_back(self, tenant_id: str, key: str) -> None:
        """See ``AttemptStore.give_back``."""
        await self._database.run((_GIVE_BACK.change(tenant_id=tenant_id, key=key),))

    async def clear(self, tenant_id: str, key: str) -> None:
        """See ``AttemptStore.clear``."""
        await self._database.run((_CLEAR.change(tenant_id=tenant_id, key=key),))

    def put_block(self, tenant_id: str, block: Block) -> Change:
        """See ``AttemptStore.put_block``."""
        return _PUT_BLOCK.change(tenant_id=tenant_id, **{name: getattr(block, name) for name in _BLOCK})

    async def blocks(self, tenant_id: str, subject_hash: str, *, now: int) -> list[Block]:
        """See ``AttemptStore.blocks``."""
        rows = await self._database.scan(_BLOCKS, tenant_id=tenant_id, subject_hash=subject_hash, now=now)
        return [Block(**dict(zip(_BLOCK, row, strict=True))) for row in rows]

    def lift(self, tenant_id: str, key: str) -> Unit:
        """See ``AttemptStore.lift``."""
        return (
            _CLEAR.change(tenant_id=tenant_id, key=key),
            _UNBLOCK.change(tenant_id=tenant_id, key=key),
        )
