"""A query in two parts: its shape, in which names stand for values, and the values by name.

Queries of one shape are one statement, compiled once; whatever was typed is a parameter.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gatewright.storage.statement import POSTGRESQL
from gatewright.storage.user_rows import FOLDED
from gatewright.users.search import (
    And,
    Equals,
    Everybody,
    Exists,
    Field,
    Matches,
    Not,
    Or,
    Pattern,
    Query,
    Range,
    Wild,
)

COLUMNS = frozenset({"user_id", "created_at", "last_login", "logins_count", "blocked", *FOLDED})
"""Fields that have a column; the others are in the document."""

INDEXED = frozenset({"email", "name", "username", "created_at", "last_login", "logins_count"})
"""Columns with an index of their own, beside the one by ``user_id``."""

_LAST_CHARACTER = chr(0x10FFFF)
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Is:
    """The value named ``name``."""

    field: Field
    name: str


@dataclass(frozen=True, slots=True)
class Fits:
    """The pattern named ``name``, in the language of the database."""

    field: Field
    name: str


@dataclass(frozen=True, slots=True)
class Within:
    """Between the values named ``low`` and ``high``, "" where that end is open.

    ``are_numbers`` tells of metadata that only numbers are meant.
    """

    field: Field
    low: str
    high: str
    low_inclusive: bool = True
    high_inclusive: bool = True
    are_numbers: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Each of the shapes."""

    shapes: "tuple[Shape, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the shapes."""

    shapes: "tuple[Shape, ...]"


@dataclass(frozen=True, slots=True)
class Except:
    """Not the shape."""

    shape: "Shape"


Shape = Everybody | Exists | Is | Fits | Within | All | Some | Except


class Shaping:
    """Takes the values out of a query. ``values`` are what it found, by their names, for one dialect."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self.values: dict[str, object] = {}

    def shape(self, query: Query) -> Shape:
        """The shape of ``query``."""
        if isinstance(query, Everybody | Exists):
            return query
        if isinstance(query, And | Or):
            kind: Callable[[tuple[Shape, ...]], Shape] = All if isinstance(query, And) else Some
            return kind(tuple(map(self.shape, query.queries)))
        if isinstance(query, Not):
            return Except(self.shape(query.query))
        if isinstance(query, Matches):
            return self._fitting(query)
        if isinstance(query, Equals):
            return self._equal(query)
        return self._range(query)

    def _equal(self, query: Equals) -> Shape:
        value: object = query.value
        if query.field.name == "identities.provider":  # the identity's id begins with it
            return Fits(query.field, self._named(self._pattern((f"{query.value}|", Wild.MANY))))
        if isinstance(value, bool) and query.field.name not in COLUMNS:
            value = str(value).lower() if self._dialect == POSTGRESQL else int(value)
        return Is(query.field, self._named(value))

    def _fitting(self, query: Matches) -> Shape:
        pattern = query.pattern
        if query.field.name in FOLDED and len(pattern) == 2 and pattern[1] is Wild.MANY:
            prefix, following = pattern[0], _following(pattern[0])
            if isinstance(prefix, str) and following:  # a range, which an index finds
                low, high = self._named(prefix), self._named(following)
                return Within(query.field, low, high, high_inclusive=False)
        if query.field.name == "identities.provider":
            pattern = (*pattern, "|", Wild.MANY)
        return Fits(query.field, self._named(self._pattern(pattern)))

    def _range(self, query: Range) -> Shape:
        low, high = (self._named(end.value) if end else "" for end in (query.low, query.high))
        return Within(
            query.field,
            low,
            high,
            low_inclusive=query.low is None or query.low.inclusive,
            high_inclusive=query.high is None or query.high.inclusive,
            are_numbers=any(end and isinstance(end.value, float) for end in (query.low, query.high)),
        )

    def _named(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return name

    def _pattern(self, pattern: Pattern) -> str:
        """The pattern of LIKE on PostgreSQL, and of GLOB, which tells upper from lower case, on SQLite."""
        if self._dialect == POSTGRESQL:
            signs, special, quote = {Wild.MANY: "%", Wild.ONE: "_"}, "%_\\", "\\{}"
        else:
            signs, special, quote = {Wild.MANY: "*", Wild.ONE: "?"}, "*?[", "[{}]"

        def written(piece: str | Wild) -> str:
            if isinstance(piece, Wild):
                return signs[piece]
            return "".join(quote.format(each) if each in special else each for each in piece)

        return "".join(map(written, pattern))


def _following(prefix: str | Wild) -> str:
    """The first text, by code points, after all that begin with ``prefix``; "" when there is none."""
    kept = prefix.rstrip(_LAST_CHARACTER) if isinstance(prefix, str) else ""
    if not kept:
        return ""
    next_one = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if next_one in _SURROGATES else next_one)
