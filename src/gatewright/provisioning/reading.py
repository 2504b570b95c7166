"""Plain values → frozen structs: an unknown field, a wrong type, a missing value are found, all of them.

Types are those of the structs themselves, so that a field is described once, in its noun.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

from gatewright.provisioning.problems import Problem, inside, shown

T = TypeVar("T", bound=msgspec.Struct)

SECRET_FIELDS = frozenset(
    {
        "client_secret",
        "signing_secret",
        "password",
        "password_hash",
        "smtp_pass",
        "pem",
        "httpAuthorization",
    }
)
"""Their values are never repeated in a message."""

_WRONG = object()


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """Something described in a file: where, what, and which of its fields were written down.

    ``inner`` are those of its own settings that are mappings, as in ``jwt_configuration.alg``.
    """

    path: str
    value: T
    given: frozenset[str]
    inner: frozenset[str] = frozenset()


@cache
def _described(kind: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(kind)  # a millisecond for a long struct


class Reader:
    """Turns values into entries and gathers ``problems`` on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, path: str, message: str) -> None:
        """Notes that something is wrong."""
        self.problems.append(Problem(path, message))

    def entry(self, kind: type[T], value: object, path: str) -> Entry[T] | None:
        """The struct described by ``value``; ``None`` when it cannot be made.

        A field that is wrong is noted and left at its default, so that others can still be checked.
        """
        made = self._struct(_described(kind), value, path)
        if not isinstance(made, kind) or not isinstance(value, dict):
            return None
        return Entry(path, made, frozenset(value), frozenset(_inner(made, value)))

    def entries(self, kind: type[T], value: object, path: str) -> tuple[Entry[T], ...]:
        """The structs described by a list; ``None`` is an empty one."""
        if value is None:
            return ()
        if not isinstance(value, list):
            self.refuse(path, f"read {shown(value)}; wanted: a list")
            return ()
        made = (self.entry(kind, item, f"{path}[{place}]") for place, item in enumerate(value))
        return tuple(entry for entry in made if entry is not None)

    def optional(self, kind: type[T], value: object, path: str) -> tuple[Entry[T], ...]:
        """The struct described by a mapping; an empty one, or ``None``, describes none."""
        made = None if value in (None, {}) else self.entry(kind, value, path)
        return (made,) if made is not None else ()

    def _struct(self, info: inspect.Type, value: object, path: str) -> object:
        assert isinstance(info, inspect.StructType)
        if not isinstance(value, dict):
            self.refuse(path, f"read {shown(value)}; wanted: a mapping")
            return _WRONG
        fields = {field.encode_name: field for field in info.fields}
        for name in value.keys() - fields.keys():
            self.refuse(inside(path, name), unknown(name, fields))
        made: dict[str, Any] = {}
        for name, field in fields.items():
            if name in value:
                read = self._value(field.type, value[name], inside(path, name))
                if read is not _WRONG:
                    made[field.name] = read
            elif field.required:
                self.refuse(inside(path, name), f"missing; wanted: {_wanted(field.type)}")
        missing = any(field.required and field.name not in made for field in info.fields)
        return _WRONG if missing else info.cls(**made)

    def _value(self, info: inspect.Type, value: object, path: str) -> object:
        if isinstance(info, inspect.UnionType):
            return None if value is None else self._value(_meant(info, value), value, path)
        if isinstance(info, inspect.StructType):
            return self._struct(info, value, path)
        if isinstance(info, inspect.VarTupleType) and isinstance(value, list):
            return self._items(info.item_type, value, path)
        if isinstance(info, inspect.DictType) and isinstance(value, dict):
            return self._mapping(info.value_type, value, path)
        if _fits(info, value):
            return value
        self.refuse(path, f"{_read(path, value)}; wanted: {_wanted(info)}")
        return _WRONG

    def _items(self, info: inspect.Type, items: list[object], path: str) -> object:
        read = [self._value(info, item, f"{path}[{place}]") for place, item in enumerate(items)]
        return _WRONG if any(one is _WRONG for one in read) else tuple(read)

    def _mapping(self, info: inspect.Type, items: dict[str, object], path: str) -> object:
        read = {key: self._value(info, item, inside(path, key)) for key, item in items.items()}
        return _WRONG if any(one is _WRONG for one in read.values()) else read


def _meant(info: inspect.UnionType, value: object) -> inspect.Type:
    """The type of a union that a value is of: a mapping is a struct, anything else is the first that fits."""
    types = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    structs = (one for one in types if isinstance(one, inspect.StructType) == isinstance(value, dict))
    return next(structs, types[0])


def _inner(made: msgspec.Struct, value: Mapping[str, object]) -> Iterator[str]:
    for name, part in value.items():
        if isinstance(part, dict) and isinstance(getattr(made, name, None), msgspec.Struct):
            yield from (inside(name, field) for field in part)


def unknown(name: str, known: Mapping[str, object]) -> str:
    """The message about a field nobody knows."""
    near = get_close_matches(name, known, n=1)
    return f"no such field; did you mean {near[0]}?" if near else "no such field"


def _fits(info: inspect.Type, value: object) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(info, inspect.LiteralType):
        return isinstance(value, str) and value in info.values
    if isinstance(info, inspect.StrType):
        return isinstance(value, str)
    if isinstance(info, inspect.BoolType):
        return isinstance(value, bool)
    if isinstance(info, inspect.IntType):
        return is_number
    if isinstance(info, inspect.FloatType):
        return is_number or isinstance(value, float)
    return not isinstance(info, inspect.VarTupleType | inspect.DictType)


def _read(path: str, value: object) -> str:
    is_secret = path.rpartition(".")[2] in SECRET_FIELDS or ".configuration" in path
    return "read a value that is not shown" if is_secret else f"read {shown(value)}"


def _wanted(info: inspect.Type) -> str:
    if isinstance(info, inspect.UnionType):
        return " or ".join(map(_wanted, info.types))
    if isinstance(info, inspect.LiteralType):
        return "one of " + ", ".join(map(str, info.values))
    return _WORDS.get(type(info), "another kind of value")


_WORDS: Mapping[type[inspect.Type], str] = {
    inspect.StrType: "text (in quotes, when it looks like something else)",
    inspect.BoolType: "true or false",
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.VarTupleType: "a list",
    inspect.DictType: "a mapping",
    inspect.StructType: "a mapping",
    inspect.NoneType: "null",
}
