"""The audit log."""

from sqlalchemy import bindparam, func, insert, select

from gatewright.audit import LogEntry
from gatewright.kernel.ids import log_ids_from
from gatewright.kernel.units import Change
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import logs
from gatewright.storage.statement import Statement

_APPEND = Statement(
    insert(logs).values(
        **{
            name: bindparam(name)
            for name in ("tenant_id", "log_id", "type", "at", "user_id", "client_id", "doc")
        }
    )
)
_NEWEST = Statement(
    select(logs.c.doc)
    .where(logs.c.tenant_id == bindparam("tenant_id"))
    .order_by(logs.c.log_id.desc())
    .limit(bindparam("most"))
)
_HERE = logs.c.tenant_id == bindparam("tenant_id")
_GET = Statement(select(logs.c.doc).where(_HERE, logs.c.log_id == bindparam("log_id")))
_PAGE = select(logs.c.doc).where(_HERE).limit(bindparam("most")).offset(bindparam("skip"))
_NEWEST_FIRST = Statement(_PAGE.order_by(logs.c.log_id.desc()))
_OLDEST_FIRST = Statement(_PAGE.order_by(logs.c.log_id))
_COUNT = Statement(select(func.count()).select_from(logs).where(_HERE))
_FOLLOWING = Statement(
    select(logs.c.doc)
    .where(_HERE, logs.c.log_id > bindparam("after"), logs.c.log_id < bindparam("before"))
    .order_by(logs.c.log_id)
    .limit(bindparam("most"))
)
_SECOND = func.substr(logs.c.log_id, len(log_ids_from(0)) - 11, 12)
_COUNTED = Statement(
    select(_SECOND, func.count())
    .where(_HERE, logs.c.log_id >= bindparam("first"), logs.c.log_id <= bindparam("last"))
    .group_by(_SECOND)
)
_decode = decoder(LogEntry).decode


class SqlLogs:
    """See ``audit.LogStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, tenant_id: str, entry: LogEntry) -> Change:
        """See ``LogStore.append``."""
        return _APPEND.change(
            tenant_id=tenant_id,
            log_id=entry.log_id,
            type=entry.type,
            at=entry.at,
            user_id=entry.user_id,
            client_id=entry.client_id,
            doc=encode(entry),
        )

    async def newest(self, tenant_id: str, *, limit: int) -> list[LogEntry]:
        """See ``LogStore.newest``."""
        return [
            _decode(row[0]) for row in await self._database.scan(_NEWEST, tenant_id=tenant_id, most=limit)
        ]

    async def get(self, tenant_id: str, log_id: str) -> LogEntry | None:
        """See ``LogStore.get``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, log_id=log_id)
        return _decode(row[0]) if row else None

    async def page(self, tenant_id: str, *, skip: int, limit: int, oldest_first: bool) -> list[LogEntry]:
        """See ``LogStore.page``."""
        statement = _OLDEST_FIRST if oldest_first else _NEWEST_FIRST
        rows = await self._database.scan(statement, tenant_id=tenant_id, skip=skip, most=limit)
        return [_decode(row[0]) for row in rows]

    async def count(self, tenant_id: str) -> int:
        """See ``LogStore.count``."""
        ((count,),) = await self._database.scan(_COUNT, tenant_id=tenant_id)
        return int(count)

    async def following(self, tenant_id: str, *, after: str, before: str, limit: int) -> list[LogEntry]:
        """See ``LogStore.following``."""
        rows = await self._database.scan(
            _FOLLOWING, tenant_id=tenant_id, after=after, before=before, most=limit
        )
        return [_decode(row[0]) for row in rows]

    async def counted(self, tenant_id: str, *, since: int, upto: str) -> dict[int, int]:
        """See ``LogStore.counted``."""
        rows = await self._database.scan(_COUNTED, tenant_id=tenant_id, first=log_ids_from(since), last=upto)
        return {int(second): count for second, count in rows}
