"""``/logs`` and ``/users/{id}/logs``: the audit log, newest first, or from an entry on."""

from gatewright.audit import SETTLING, LogEntry, LogStore, ShownLog, shown_log
from gatewright.kernel import ids
from gatewright.management.errors import Inexistent, InvalidQuery
from gatewright.management.log_search import LogIndex, log_query
from gatewright.management.paging import MOST, MOST_COUNTED, USUAL, Offset, offset_of
from gatewright.management.people import user_of
from gatewright.management.query import FIELDS, PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation
from gatewright.users import UserStore

_SCOPES = ("read:logs", "read:logs_users")
_NOT_WITH_CHECKPOINTS = ("page", "per_page", "include_totals", "sort", "q", "search")
_ORDERS = ("date:-1", "date:1")
_SORT = Parameter("sort", "`date:-1`, the newest first, or `date:1`.")
_QUERY = (
    *PAGES,
    *FIELDS,
    _SORT,
    Parameter("q", "What to find, in the syntax of Lucene: `type:fp AND date:[2026-03-01 TO *]`."),
    Parameter("search", "Another name of `q`."),
    Parameter("from", "The id of an entry: those after it come, the oldest first, once they are settled."),
    Parameter("take", "How many come from there: 50, and at most 100.", "number"),
)


class LogResource:
    """See ``resource.Resource``."""

    def __init__(self, logs: LogStore, index: LogIndex, users: UserStore) -> None:
        self._logs = logs
        self._index = index
        self._users = users

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
                lacks=f"totals of a search beyond {MOST_COUNTED}; the fields {fields}",
            ),
            Operation(
                method="GET",
                path="/users/{id}/logs",
                scopes=_SCOPES,
                summary="List entries of the audit log about a user.",
                run=self._list_of_user,
                query=(*PAGES, _SORT),
                shows=ShownLog,
                plural="logs",
                lacks=(
                    "codes, tokens and refreshes (ssa, seacft, sertft) further back than the newest 100,000 "
                    f"entries of the tenant; totals beyond {MOST_COUNTED}; the fields {fields}"
                ),
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
        if text := _searched(call):
            return await self._search(call, text)
        paging, is_oldest_first = offset_of(call.query), _is_oldest_first(call)
        found = await self._logs.page(
            call.tenant_id, skip=paging.start, limit=paging.per_page, oldest_first=is_oldest_first
        )
        total = await self._logs.count(call.tenant_id) if paging.include_totals else 0
        page = [call.selected(shown_log(each)) for each in found]
        return Answer(paging.answer("logs", page, total, length=len(page)))

    async def _search(self, call: Call, text: str) -> Answer:
        paging, wanted = _reachable(call), log_query(text)
        found = await self._index.find(
            call.tenant_id,
            wanted.query,
            first=wanted.first,
            before=wanted.before,
            oldest_first=_is_oldest_first(call),
            skip=paging.start,
            limit=paging.per_page,
        )
        total = (
            await self._index.count(
                call.tenant_id,
                wanted.query,
                first=wanted.first,
                before=wanted.before,
                most=MOST_COUNTED,
            )
            if paging.include_totals
            else 0
        )
        page = [call.selected(shown_log(each)) for each in found]
        return Answer(paging.answer("logs", page, total, length=len(page)))

    async def _list_of_user(self, call: Call) -> Answer:
        user, paging = await user_of(call, self._users), _reachable(call)
        found = await self._index.of_user(
            call.tenant_id,
            user.user_id,
            oldest_first=_is_oldest_first(call),
            skip=paging.start,
            limit=paging.per_page,
        )
        total = (
            await self._index.count_of_user(call.tenant_id, user.user_id, most=MOST_COUNTED)
            if paging.include_totals
            else 0
        )
        page = [shown_log(each) for each in found]
        return Answer(paging.answer("logs", page, total, length=len(page)))

    async def _following(self, call: Call) -> list[LogEntry]:
        """The entries behind ``from``, as far as they are settled, the oldest first."""
        if any(map(call.query.has, _NOT_WITH_CHECKPOINTS)):
            raise InvalidQuery(f"from and take do not go together with {', '.join(_NOT_WITH_CHECKPOINTS)}.")
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


def _searched(call: Call) -> str:
    """What is to be found; "" for everything. Raises ``InvalidQuery`` for two answers to that."""
    q, search = call.query.text("q"), call.query.text("search")
    if q and search:
        raise InvalidQuery("search is another name of q; wanted: one of them.")
    return q or search


def _reachable(call: Call) -> Offset:
    """The page asked for, if it is among the first: further ones would look through more and more."""
    paging = offset_of(call.query)
    if paging.start + paging.per_page > MOST_COUNTED:
        raise InvalidQuery(f"page: wanted: one of the first {MOST_COUNTED} entries; narrow it by a date.")
    return paging
