"""What is in a user's document, taken out of it by the database: for fields that have no column.

PostgreSQL takes no JSON apart that has a NUL in it, so a document with one has no such fields there.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Double,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
)

from gatewright.storage.schema import users
from gatewright.storage.statement import POSTGRESQL

Test = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""A condition on one value."""

_NUL = "\\u0000"
_LONGEST_NUMBER = 300
"""Characters: what has more may be beyond the numbers that PostgreSQL has."""


class Document:
    """The column ``doc`` in the words of one dialect."""

    def __init__(self, dialect: str) -> None:
        self._is_postgresql = dialect == POSTGRESQL

    def text(self, name: str) -> ColumnElement[str]:
        """A text of the user; "" where there is none."""
        return func.coalesce(self._scalar(name), "")

    def number(self, name: str) -> ColumnElement[int]:
        """A whole number of the user; NULL where there is none."""
        return cast(self._scalar(name), BigInteger)

    def boolean(self, name: str) -> ColumnElement[Any]:
        """Whether something holds of the user: 1 or 0 on SQLite, true or false as text on PostgreSQL."""
        return func.coalesce(self._scalar(name), literal("false") if self._is_postgresql else literal(0))

    def has(self, path: tuple[str, ...]) -> ColumnElement[bool]:
        """Whether there is anything but null at ``path``."""
        if self._is_postgresql:
            return func.json_extract_path_text(_readable(), *path).is_not(None)
        return func.coalesce(func.json_type(users.c.doc, _json_path(path)), "null") != "null"

    def some_text(
        self, path: tuple[str, ...], test: Test, *, strings_only: bool = False
    ) -> ColumnElement[bool]:
        """Whether ``test`` holds of the value at ``path`` as JSON writes it, or of one in the list there."""
        if self._is_postgresql:
            element = _elements(path)
            kind, text = func.json_typeof(element.c.value), element.c.value.op("#>>")(literal_column("'{}'"))
            fits = kind == "string" if strings_only else kind.in_(("string", "number", "boolean"))
            return exists(select(1).select_from(element).where(fits, test(text.collate("C"))))
        element = _rows(path)
        text = case(
            (element.c.type.in_(("true", "false")), element.c.type), else_=cast(element.c.value, Text)
        )
        fits = element.c.type == "text" if strings_only else element.c.type.not_in(_NO_SCALARS)
        return exists(select(1).select_from(element).where(_is_no_object(path), fits, test(text)))

    def some_number(self, path: tuple[str, ...], test: Test) -> ColumnElement[bool]:
        """The same for numbers, as numbers."""
        if self._is_postgresql:
            element = _elements(path)
            text = element.c.value.op("#>>")(literal_column("'{}'"))
            is_number = and_(
                func.json_typeof(element.c.value) == "number", func.length(text) < _LONGEST_NUMBER
            )
            number = case((is_number, cast(text, Double)), else_=null())
            return exists(select(1).select_from(element).where(number.is_not(None), test(number)))
        element = _rows(path)
        is_number = element.c.type.in_(("integer", "real"))
        return exists(
            select(1).select_from(element).where(_is_no_object(path), is_number, test(element.c.value))
        )

    def _scalar(self, name: str) -> ColumnElement[Any]:
        if self._is_postgresql:
            return func.json_extract_path_text(_readable(), name, type_=Text)
        return func.json_extract(users.c.doc, _json_path((name,)))


_NO_SCALARS = ("object", "array", "null")


def _readable() -> ColumnElement[Any]:
    return case((func.strpos(users.c.doc, _NUL) > 0, cast(null(), JSON)), else_=cast(users.c.doc, JSON))


def _elements(path: tuple[str, ...]) -> Any:
    """PostgreSQL: the elements of the list at ``path``, or what is there as the only one."""
    there = func.json_extract_path(_readable(), *path)
    listed = case((func.json_typeof(there) == "array", there), else_=func.json_build_array(there))
    return func.json_array_elements(listed).table_valued("value")


def _rows(path: tuple[str, ...]) -> Any:
    """SQLite: the same."""
    return func.json_each(users.c.doc, _json_path(path)).table_valued("value", "type")


def _is_no_object(path: tuple[str, ...]) -> ColumnElement[bool]:
    return func.json_type(users.c.doc, _json_path(path)) != "object"


def _json_path(path: tuple[str, ...]) -> str:
    return "$" + "".join(f'."{key}"' for key in path)
