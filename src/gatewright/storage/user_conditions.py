"""The shape of a query → a condition on the table of users.

No condition is ever NULL, so that NOT finds those who lack the field.

SQLite, without statistics, takes it that a tenant has ten users and would rather read them all. So it is
told how rare an equal value is, and alternatives that have an index each are looked up one by one.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    union,
)

from gatewright.storage.schema import identities, users
from gatewright.storage.search_shapes import COLUMNS, INDEXED, All, Except, Fits, Is, Shape, Some, Within
from gatewright.storage.statement import POSTGRESQL
from gatewright.storage.user_json import Document, Test
from gatewright.users.search import Everybody, Exists, Field

_IDENTITY_COLUMNS = {
    "identities.connection": identities.c.connection,
    "identities.provider": identities.c.identity_id,
    "identities.user_id": identities.c.subject,
}

_RARE = "0.00001"


class Conditions:
    """Conditions in the words of one dialect."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._document = Document(dialect)

    def of(self, shape: Shape) -> ColumnElement[bool]:
        """The condition that holds of the users of that shape."""
        if isinstance(shape, Everybody):
            return true()
        if isinstance(shape, All):
            return and_(*map(self.of, shape.shapes))
        if isinstance(shape, Some):
            return self._some(shape)
        if isinstance(shape, Except):
            return not_(self.of(shape.shape))
        return self._exists(shape.field) if isinstance(shape, Exists) else self._of_field(shape)

    def value(self, field: Field) -> ColumnElement[Any]:
        """The column of a field, or what stands for one."""
        if field.name in COLUMNS:
            return users.c[field.name]
        if field.kind == "boolean":
            return self._document.boolean(field.name)
        if field.kind in ("date", "number"):
            return self._document.number(field.name)
        return self._document.text(field.name)

    def _some(self, shape: Some) -> ColumnElement[bool]:
        if self._dialect == POSTGRESQL or not all(map(_is_indexed, shape.shapes)):
            return or_(*map(self.of, shape.shapes))
        here = users.c.tenant_id == bindparam("tenant_id")
        theirs = (select(users.c.user_id).where(here, self.of(each)) for each in shape.shapes)
        return users.c.user_id.in_(union(*theirs).scalar_subquery())

    def _of_field(self, shape: Is | Fits | Within) -> ColumnElement[bool]:
        field, test = shape.field, self._test(shape)
        if field.kind == "identity":
            return exists(
                select(1).where(
                    identities.c.tenant_id == users.c.tenant_id,
                    identities.c.user_id == users.c.user_id,
                    test(_IDENTITY_COLUMNS[field.name]),
                )
            )
        if field.kind == "metadata":
            if isinstance(shape, Within) and shape.are_numbers:
                return self._document.some_number(field.path, test)
            return self._document.some_text(field.path, test, strings_only=isinstance(shape, Within))
        value = self.value(field)
        if isinstance(shape, Is) and field.name in INDEXED and self._dialect != POSTGRESQL:
            return func.likelihood(test(value), literal_column(_RARE))
        return and_(value.is_not(None), test(value)) if field.kind == "date" else test(value)

    def _exists(self, field: Field) -> ColumnElement[bool]:
        if field.kind == "metadata":
            return self._document.has(field.path)
        if field.kind == "identity":
            return true()
        value = self.value(field)
        if field.kind == "date":
            return value.is_not(None)
        if field.kind == "number":
            return value > 0
        if field.kind == "boolean":
            return value if field.name in COLUMNS else value == self._true()
        return value != ""

    def _true(self) -> object:
        return "true" if self._dialect == POSTGRESQL else 1

    def _test(self, shape: Is | Fits | Within) -> Test:
        if isinstance(shape, Is):
            return lambda value: value == bindparam(shape.name, type_=value.type)
        if isinstance(shape, Fits):
            return lambda value: self._fits(value, shape.name)
        return lambda value: _between(value, shape)

    def _fits(self, value: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        pattern = bindparam(name, type_=Text)
        if self._dialect == POSTGRESQL:
            return value.like(pattern)
        return value.op("GLOB", is_comparison=True)(pattern)


def _is_indexed(shape: Shape) -> bool:
    if isinstance(shape, Is | Within):
        return shape.field.name in INDEXED or (isinstance(shape, Is) and shape.field.name == "user_id")
    return False


def _between(value: ColumnElement[Any], shape: Within) -> ColumnElement[bool]:
    kind = Double if shape.are_numbers else value.type
    ends = []
    if shape.low:
        low = bindparam(shape.low, type_=kind)
        ends.append(value >= low if shape.low_inclusive else value > low)
    if shape.high:
        high = bindparam(shape.high, type_=kind)
        ends.append(value <= high if shape.high_inclusive else value < high)
    return and_(*ends)
