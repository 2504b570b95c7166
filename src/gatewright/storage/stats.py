"""Figures of a tenant, counted where indexes have what is counted and nothing else."""

from sqlalchemy import bindparam, func, select, text

from gatewright.audit import DayCount
from gatewright.storage.database import Database
from gatewright.storage.log_table import LOGGED_BY_DAY, logs
from gatewright.storage.schema import users
from gatewright.storage.statement import Statement

_DAY = 86_400
_ACTIVE = Statement(
    select(func.count())
    .select_from(users)
    .where(users.c.tenant_id == bindparam("tenant_id"), users.c.last_login >= bindparam("since"))
)
_day = logs.c.at // _DAY
_DAILY = Statement(
    select(_day, logs.c.type, func.count(), func.min(logs.c.at), func.max(logs.c.at))
    .where(
        logs.c.tenant_id == bindparam("tenant_id"),
        text(LOGGED_BY_DAY),
        logs.c.at >= bindparam("first"),
        logs.c.at < bindparam("end"),
    )
    .group_by(_day, logs.c.type)
    .order_by(_day, logs.c.type)
)


class SqlStats:
    """Counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def active_users(self, tenant_id: str, *, since: int) -> int:
        """Users whose last sign-in was at ``since``, or later."""
        rows = await self._database.scan(_ACTIVE, tenant_id=tenant_id, since=since)
        return int(rows[0][0])

    async def daily(self, tenant_id: str, *, first: int, end: int) -> list[DayCount]:
        """What the log has of each kind and day (UTC) from ``first`` to before ``end``, the oldest first."""
        rows = await self._database.scan(_DAILY, tenant_id=tenant_id, first=first, end=end)
        return [
            DayCount(day=row[0] * _DAY, type=row[1], count=row[2], first_at=row[3], last_at=row[4])
            for row in rows
        ]
