"""``/stats``: how many people signed in, and signed up."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Protocol

import msgspec

from gatewright.audit import DayCount
from gatewright.management.errors import InvalidQuery
from gatewright.management.query import Parameter
from gatewright.management.resource import Answer, Call, Operation, Shown, moment, shown_as
from gatewright.provisioning import shown

ACTIVE_DAYS = 30
MOST_DAYS = 366

_DAY = 86_400
_READ = ("read:stats",)
_RANGE = (
    Parameter("from", "The first day (UTC), as `20260301`; 30 days back if it is left out."),
    Parameter("to", "The last day (UTC), as `20260331`; today if it is left out."),
)


class Stats(Protocol):
    """Figures of a tenant."""

    async def active_users(self, tenant_id: str, *, since: int) -> int:
        """Users whose last sign-in was at ``since``, or later."""
        ...

    async def daily(self, tenant_id: str, *, first: int, end: int) -> list[DayCount]:
        """What the log has of each kind and day (UTC) from ``first`` to before ``end``, the oldest first."""
        ...


class ShownDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day as the wire shows it, and when the first and the last of what is counted happened."""

    date: str
    logins: int
    signups: int
    leaked_passwords: int
    created_at: str
    updated_at: str


class StatsResource:
    """See ``resource.Resource``."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path="/stats/active-users",
                scopes=_READ,
                summary=f"Count the users who signed in during the last {ACTIVE_DAYS} days.",
                run=self._active,
            ),
            Operation(
                method="GET",
                path="/stats/daily",
                scopes=_READ,
                summary="Count sign-ins and sign-ups day by day; a day without any is left out.",
                run=self._daily,
                query=_RANGE,
                shows=ShownDay,
                bare_list=True,
                lacks=(
                    f"days that the audit log is not kept for, more than {MOST_DAYS} at once, sign-ins by a "
                    "password grant, and leaked passwords, which nobody looks for yet"
                ),
            ),
        )

    async def _active(self, call: Call) -> Answer:
        since = call.now - ACTIVE_DAYS * _DAY
        return Answer(await self._stats.active_users(call.tenant_id, since=since))

    async def _daily(self, call: Call) -> Answer:
        last = _day(call, "to", call.now - call.now % _DAY)
        first = _day(call, "from", last - (ACTIVE_DAYS - 1) * _DAY)
        if not 0 <= last - first < MOST_DAYS * _DAY:
            raise InvalidQuery(f"to: wanted: a day from `from` on, {MOST_DAYS} days in all at most.")
        found = await self._stats.daily(call.tenant_id, first=first, end=last + _DAY)
        return Answer([_shown(day, counts) for day, counts in groupby(found, key=lambda each: each.day)])


def _day(call: Call, name: str, otherwise: int) -> int:
    """The first second of the day that a parameter names. Raises ``InvalidQuery``."""
    text = call.query.text(name)
    if not text:
        return otherwise
    try:
        if not (text.isascii() and text.isdigit() and len(text) == 8):
            raise ValueError(text)
        day = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)
        return int((day - datetime.fromtimestamp(0, UTC)) / timedelta(seconds=1))
    except ValueError:
        raise InvalidQuery(f"{name}: read {shown(text)}; wanted: a day, as 20260301.") from None


def _shown(day: int, counts: Iterable[DayCount]) -> Shown:
    by_type = {each.type: each for each in counts}

    def number(kind: str) -> int:
        return by_type[kind].count if kind in by_type else 0

    told = ShownDay(
        date=moment(day),
        logins=number("s"),
        signups=number("ss"),
        leaked_passwords=number("pwd_leak"),
        created_at=moment(min(each.first_at for each in by_type.values())),
        updated_at=moment(max(each.last_at for each in by_type.values())),
    )
    return shown_as(told)
