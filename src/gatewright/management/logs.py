"""``/logs``: the audit log, newest first, or from an entry on."""

from gatewright.audit import SETTLING, LogEntry, LogStore, ShownLog, shown_log
from gatewright.kernel import ids
from gatewright.management.errors import Inexistent, InvalidQuery
from gatewright.management.paging import MOST, USUAL, offset_of
from gatewright.management.query import FIELDS, PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation

_SCOPES = ("read:logs", "read:logs_users")
_ORDERS = ("date:-1", "date:1")
_QUERY = (
    *PAGES,
    *FIELDS,
    Parameter("sort", "`date:-1`, the newest first, or `date:1`."),
    Parameter("from", "The id of an entry: those after it come, the oldest first, once they are settled."),
    Parameter("take", "How many come from there: 50, and at most 100.", "number"),
)


class LogResource:
    """See ``resource.Resource``."""

    def __init__(self, logs: LogStore) -> None:
        self._logs = logs

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        fields = "connection_id, strategy, isMobile, location_info and security_context"
        return (
            Operation(
                method="GET",
                path="/logs",
                scopes=_SCOPES,
                summary="List entries of the audit log.",
                run=self._list,
                query=_QUERY,
                shows=ShownLog,
                plural="logs",
                lacks=f"the searches q and search, which are refused; the fields {fields}",
            ),
            Operation(
                method="GET",
                path="/logs/{id}",
                scopes=_SCOPES,
                summary="Read an entry of the audit log.",
                run=self._read,
                shows=ShownLog,
                lacks=f"the fields {fields}",
            ),
        )

    async def _list(self, call: Call) -> Answer:
        if call.query.has("from") or call.query.has("take"):
            return Answer([call.selected(shown_log(each)) for each in await self._following(call)])
        paging, is_oldest_first = offset_of(call.query), _is_oldest_first(call)
        found = await self._logs.page(
            call.tenant_id, skip=paging.start, limit=paging.per_page, oldest_first=is_oldest_first
        )
        total = await self._logs.count(call.tenant_id) if paging.include_totals else 0
        page = [call.selected(shown_log(each)) for each in found]
        return Answer(paging.answer("logs", page, total, length=len(page)))

    async def _following(self, call: Call) -> list[LogEntry]:
        """The entries behind ``from``, as far as they are settled, the oldest first."""
        if any(map(call.query.has, ("page", "per_page", "include_totals", "sort"))):
            raise InvalidQuery("from and take do not go together with page, per_page, include_totals, sort.")
        after = call.query.text("from")
        if after and not (after.isascii() and after.isdigit() and len(after) <= 100):
            raise InvalidQuery("from: no id of an entry; wanted: log_id of the last one read.")
        return await self._logs.following(
            call.tenant_id,
            after=after,
            before=ids.log_ids_from(call.now - SETTLING + 1),
            limit=call.query.number("take", USUAL, lowest=1, highest=MOST),
        )

    async def _read(self, call: Call) -> Answer:
        entry = await self._logs.get(call.tenant_id, call.id())
        if entry is None:
            raise Inexistent("log")
        return call.one(shown_log(entry))


def _is_oldest_first(call: Call) -> bool:
    sort = call.query.text("sort") or _ORDERS[0]
    if sort not in _ORDERS:
        raise InvalidQuery(f"sort: wanted: {' or '.join(_ORDERS)}.")
    return sort == "date:1"
