"""Users by what is known of them: shapes of queries as statements, each compiled once."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select

from gatewright.storage.database import Database
from gatewright.storage.documents import decoder
from gatewright.storage.schema import identities, users
from gatewright.storage.search_shapes import INDEXED, All, Is, Shape, Shaping, Within
from gatewright.storage.statement import Statement
from gatewright.storage.user_conditions import Conditions
from gatewright.users import User
from gatewright.users.search import MOST_FOUND, Order, Query, Search, field_named

_SHAPES_KEPT = 256
_BY_ID = Order(field_named("user_id"))
_CONNECTION = field_named("identities.connection")
_HERE = users.c.tenant_id == bindparam("tenant_id")
_MOST: ColumnElement[int] = bindparam("most", type_=BigInteger)
_SKIPPED: ColumnElement[int] = bindparam("skipped", type_=BigInteger)
_decode = decoder(User).decode


class SqlUserIndex:
    """See ``users.search.UserIndex``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: str, search: Search) -> list[User]:
        """See ``UserIndex.find``."""
        statement, values = found(self._database.dialect, search)
        rows = await self._database.scan(
            statement, tenant_id=tenant_id, skipped=search.offset, most=search.limit, **values
        )
        return [_decode(row[0]) for row in rows]

    async def count(self, tenant_id: str, query: Query) -> int:
        """See ``UserIndex.count``."""
        shaping = Shaping(self._database.dialect)
        statement = _counted(self._database.dialect, shaping.shape(query))
        rows = await self._database.scan(statement, tenant_id=tenant_id, most=MOST_FOUND, **shaping.values)
        return int(rows[0][0])


def found(dialect: str, search: Search) -> tuple[Statement, dict[str, object]]:
    """The statement that finds one page, and the values of its query."""
    shaping = Shaping(dialect)
    shape = shaping.shape(search.query)
    return _found(dialect, shape, search.order or _cheapest(shape)), shaping.values


@lru_cache(maxsize=_SHAPES_KEPT)
def _found(dialect: str, shape: Shape, order: Order) -> Statement:
    by = Conditions(dialect).value(order.field)
    keys = (by, users.c.user_id) if order != _BY_ID else (by,)
    page = select(users.c.doc).where(_HERE, _condition(dialect, shape, order, reach=_MOST + _SKIPPED))
    ordered: Select[Any] = page.order_by(*(key.desc() if order.descending else key for key in keys))
    return Statement(ordered.limit(_MOST).offset(_SKIPPED))


@lru_cache(maxsize=_SHAPES_KEPT)
def _counted(dialect: str, shape: Shape) -> Statement:
    """Nobody counts further than pages go: that would cost more with each user."""
    if isinstance(shape, Is) and shape.field == _CONNECTION:
        some = _first_of_connection(shape, _MOST)
    else:
        some = select(users.c.user_id).where(_HERE, Conditions(dialect).of(shape)).limit(_MOST)
    return Statement(select(func.count()).select_from(some.subquery()))


def _condition(dialect: str, shape: Shape, order: Order, *, reach: ColumnElement[int]) -> ColumnElement[bool]:
    if isinstance(shape, Is) and shape.field == _CONNECTION and order == _BY_ID:
        return users.c.user_id.in_(_first_of_connection(shape, reach))
    return Conditions(dialect).of(shape)


def _first_of_connection(shape: Is, reach: ColumnElement[int]) -> Select[tuple[str]]:
    """The ids of whoever comes up to the end of the page, ``reach`` users from the first.

    They come from an index that has them in their order, so whether the connection has ten users or
    a million, none of the others is looked at.
    """
    return (
        select(identities.c.user_id)
        .distinct()
        .where(
            identities.c.tenant_id == bindparam("tenant_id"),
            identities.c.connection == bindparam(shape.name, type_=identities.c.connection.type),
        )
        .order_by(identities.c.user_id)
        .limit(reach)
    )


def _cheapest(shape: Shape) -> Order:
    """The order of the index that finds a range or a prefix; else that of the ids."""
    parts = shape.shapes if isinstance(shape, All) else (shape,)
    for part in parts:
        if isinstance(part, Within) and part.field.name in INDEXED:
            return Order(part.field)
    return _BY_ID
