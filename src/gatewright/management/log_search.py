"""What can be asked for of the audit log: the wire's query language, with its own fields."""

from dataclasses import dataclass
from typing import Protocol

from gatewright.audit import LogEntry
from gatewright.kernel import ids
from gatewright.kernel.errors import Invalid
from gatewright.management.errors import InvalidQuery
from gatewright.users.search import And, Field, Query, Range, Vocabulary, parse

_TEXTS = (
    *("log_id", "type", "description", "connection", "client_id", "client_name", "ip", "hostname"),
    *("user_agent", "user_id", "user_name", "audience", "scope"),
)
_FIELDS = {name: Field(name, "text") for name in _TEXTS} | {"date": Field("date", "date")}
_ANYWHERE = ("type", "description", "user_id", "user_name", "client_id", "client_name", "ip")
LOG = Vocabulary(_FIELDS, tuple(_FIELDS[name] for name in _ANYWHERE))
"""Fields of an entry; texts are compared as they are written."""

_ALWAYS = 10**12 - 1
"""A second after every other that an id can name."""


class LogIndex(Protocol):
    """Entries of the audit log by what they say; ids sort by time."""

    async def find(
        self,
        tenant_id: str,
        query: Query,
        *,
        first: str,
        before: str,
        oldest_first: bool,
        skip: int,
        limit: int,
    ) -> list[LogEntry]:
        """Entries that ``query`` finds, past ``skip``, ids from ``first`` to below ``before``."""
        ...

    async def count(self, tenant_id: str, query: Query, *, first: str, before: str, most: int) -> int:
        """How many they are; ``most`` stands for that many or more."""
        ...

    async def of_user(
        self, tenant_id: str, user_id: str, *, oldest_first: bool, skip: int, limit: int
    ) -> list[LogEntry]:
        """Entries about the user, past ``skip`` of them."""
        ...

    async def count_of_user(self, tenant_id: str, user_id: str, *, most: int) -> int:
        """How many they are; ``most`` stands for that many or more."""
        ...


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A query, and the ids between which all that it finds lies."""

    query: Query
    first: str
    before: str


def log_query(text: str) -> LogQuery:
    """The query written as ``text``. Raises ``InvalidQuery``, with the place that cannot be read."""
    try:
        query = parse(text, LOG)
    except Invalid as error:
        raise InvalidQuery(error.message) from None
    low, high = _span(query)
    return LogQuery(query, ids.log_ids_from(max(0, low)), ids.log_ids_from(min(_ALWAYS, high + 1)))


def _span(query: Query) -> tuple[int, int]:
    """The first and the last second that the query leaves, where it says so for all that it finds."""
    parts = query.queries if isinstance(query, And) else (query,)
    low, high = 0, _ALWAYS
    for part in parts:
        if isinstance(part, Range) and part.field.name == "date":
            low = max(low, int(part.low.value) if part.low else low)
            high = min(high, int(part.high.value) if part.high else high)
    return low, high
