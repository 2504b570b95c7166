"""The audit log."""

from sqlalchemy import bindparam, insert, select

from gatewright.audit import LogEntry
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
