"""The audit log by what its entries say, and by whom they are about.

Nothing but the time and the user finds entries quickly: whatever else is asked for is looked for in each
of them, the newest first, outside the event loop.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    not_,
    null,
    or_,
    select,
    text,
    true,
    union_all,
)

from gatewright.audit import LogEntry
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder
from gatewright.storage.log_table import LOGGED_OFTEN, LOGGED_RARELY, logs
from gatewright.storage.planning import rare
from gatewright.storage.search_shapes import All, Except, Fits, Is, Shape, Shaping, Some
from gatewright.storage.statement import POSTGRESQL, Statement
from gatewright.users.search import Everybody, Exists, Field, Query

REACH = 100_000
"""How many of the newest entries are looked through for those of a user that no index finds."""

_SHAPES_KEPT = 128
_COLUMNS = {"log_id": logs.c.log_id, "type": logs.c.type, "date": logs.c.at}
_NULLABLE = {"user_id": logs.c.user_id, "client_id": logs.c.client_id}
_HERE = logs.c.tenant_id == bindparam("tenant_id")
_MOST: ColumnElement[int] = bindparam("most", type_=BigInteger)
_SKIPPED: ColumnElement[int] = bindparam("skipped", type_=BigInteger)
_NUL = "\\u0000"
_decode = decoder(LogEntry).decode


class SqlLogIndex:
    """Finds entries of the audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        shaping = Shaping(self._database.dialect)
        statement = _found(self._database.dialect, shaping.shape(query), oldest_first)
        rows = await self._database.scan(
            statement,
            tenant_id=tenant_id,
            first=first,
            before=before,
            skipped=skip,
            most=limit,
            **shaping.values,
        )
        return [_decode(row[0]) for row in rows]

    async def count(self, tenant_id: str, query: Query, *, first: str, before: str, most: int) -> int:
        """How many they are; ``most`` stands for that many or more."""
        shaping = Shaping(self._database.dialect)
        statement = _counted(self._database.dialect, shaping.shape(query))
        rows = await self._database.scan(
            statement, tenant_id=tenant_id, first=first, before=before, most=most, **shaping.values
        )
        return int(rows[0][0])

    async def of_user(
        self, tenant_id: str, user_id: str, *, oldest_first: bool, skip: int, limit: int
    ) -> list[LogEntry]:
        """Entries about the user, past ``skip``; those logged often are of the newest ``REACH`` alone."""
        rows = await self._database.scan(
            _OF_USER[oldest_first], tenant_id=tenant_id, user_id=user_id, skipped=skip, most=limit
        )
        return [_decode(row[0]) for row in rows]

    async def count_of_user(self, tenant_id: str, user_id: str, *, most: int) -> int:
        """How many they are; ``most`` stands for that many or more."""
        rows = await self._database.scan(_COUNT_OF_USER, tenant_id=tenant_id, user_id=user_id, most=most)
        return int(rows[0][0])


def of_user(*, oldest_first: bool) -> Statement:
    """The statement that finds a user's entries: an index finds the rare ones."""

    def express(dialect: str) -> Select[Any]:
        of = _of_user(dialect, _MOST + _SKIPPED, oldest_first=oldest_first)
        order = of.c.log_id if oldest_first else of.c.log_id.desc()
        return select(of.c.doc).order_by(order).limit(_MOST).offset(_SKIPPED)

    return Statement(express)


def _of_user(dialect: str, most: ColumnElement[int], *, oldest_first: bool) -> Subquery:
    theirs = rare(logs.c.user_id == bindparam("user_id", type_=Text), dialect)
    seldom = (
        select(logs.c.log_id, logs.c.doc)
        .where(_HERE, theirs, text(LOGGED_RARELY))
        .order_by(logs.c.log_id if oldest_first else logs.c.log_id.desc())
        .limit(most)
        .subquery()
    )
    newest = (
        select(logs.c.log_id, logs.c.type, logs.c.user_id, logs.c.doc)
        .where(_HERE)
        .order_by(logs.c.log_id.desc())
        .limit(REACH)
        .subquery()
    )
    often = select(newest.c.log_id, newest.c.doc).where(
        newest.c.user_id == bindparam("user_id", type_=Text), newest.c.type.in_(LOGGED_OFTEN)
    )
    return union_all(select(seldom.c.log_id, seldom.c.doc), often).subquery()


def _count_of_user(dialect: str) -> Select[Any]:
    of = _of_user(dialect, _MOST, oldest_first=False)
    return select(func.count()).select_from(select(of.c.log_id).limit(_MOST).subquery())


_OF_USER = {oldest_first: of_user(oldest_first=oldest_first) for oldest_first in (False, True)}
_COUNT_OF_USER = Statement(_count_of_user)


@lru_cache(maxsize=_SHAPES_KEPT)
def _found(dialect: str, shape: Shape, oldest_first: bool) -> Statement:
    order = logs.c.log_id if oldest_first else logs.c.log_id.desc()
    page = _where(select(logs.c.doc), dialect, shape).order_by(order)
    return Statement(page.limit(_MOST).offset(_SKIPPED))


@lru_cache(maxsize=_SHAPES_KEPT)
def _counted(dialect: str, shape: Shape) -> Statement:
    some = _where(select(logs.c.log_id), dialect, shape).limit(_MOST)
    return Statement(select(func.count()).select_from(some.subquery()))


def _where(of: Select[Any], dialect: str, shape: Shape) -> Select[Any]:
    between = (logs.c.log_id >= bindparam("first"), logs.c.log_id < bindparam("before"))
    return of.where(_HERE, *between, _Conditions(dialect).of(shape))


class _Conditions:
    """Conditions on entries, in the words of one dialect. None is ever NULL, so that NOT finds the others."""

    def __init__(self, dialect: str) -> None:
        self._is_postgresql = dialect == POSTGRESQL

    def of(self, shape: Shape) -> ColumnElement[bool]:
        """The condition that holds of entries of that shape."""
        if isinstance(shape, Everybody):
            return true()
        if isinstance(shape, All):
            return and_(*map(self.of, shape.shapes))
        if isinstance(shape, Some):
            return or_(*map(self.of, shape.shapes))
        if isinstance(shape, Except):
            return not_(self.of(shape.shape))
        return self._of_field(shape)

    def _of_field(self, shape: Shape) -> ColumnElement[bool]:
        assert not isinstance(shape, Everybody | All | Some | Except)
        value = self._value(shape.field)
        if isinstance(shape, Exists):
            return true() if shape.field.kind == "date" else value != ""
        if isinstance(shape, Is):
            return value == bindparam(shape.name, type_=value.type)
        if isinstance(shape, Fits):
            pattern = bindparam(shape.name, type_=Text)
            return (
                value.like(pattern) if self._is_postgresql else value.op("GLOB", is_comparison=True)(pattern)
            )
        ends = []
        if shape.low:
            low = bindparam(shape.low, type_=value.type)
            ends.append(value >= low if shape.low_inclusive else value > low)
        if shape.high:
            high = bindparam(shape.high, type_=value.type)
            ends.append(value <= high if shape.high_inclusive else value < high)
        return and_(*ends)

    def _value(self, field: Field) -> ColumnElement[Any]:
        if field.name in _COLUMNS:
            return _COLUMNS[field.name]
        if field.name in _NULLABLE:
            return func.coalesce(_NULLABLE[field.name], "")
        if not self._is_postgresql:
            return func.coalesce(func.json_extract(logs.c.doc, f"$.{field.name}", type_=Text), "")
        # PostgreSQL takes no JSON apart that has a NUL in it.
        readable = case((func.strpos(logs.c.doc, _NUL) > 0, cast(null(), JSON)), else_=cast(logs.c.doc, JSON))
        return func.coalesce(func.json_extract_path_text(readable, field.name, type_=Text), "")
