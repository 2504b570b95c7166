"""The page of the tenant file: every field of every section, with type, default and effect."""

from collections.abc import Iterator
from typing import get_args, get_type_hints

import msgspec
from msgspec import inspect

from gatewright.provisioning.defaults import (
    GRANT_TYPES_BY_APP_TYPE,
    GRANT_TYPES_OF_LEGACY,
    auth_method,
)
from gatewright.provisioning.document import NOT_YET, SECTIONS, Document
from gatewright.provisioning.entry_kinds import ClientEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.stored_only import NO_EFFECT, NOT_ENFORCED, STORED_ONLY
from writers.markdown import docstring, table

_HEAD = """\
# Tenant file

<!-- Written by `make docs` from gatewright.provisioning.document and the models it names. -->

A tenant file is YAML: one mapping whose sections are listed here, in the format of Auth0's deployment tool.
Two things are ours: clients may carry `client_id` and `client_secret`, and `users` lists people.
`gatewright apply FILE` makes the tenant equal to it, and `gatewright export` writes it.

A section that is not in the file leaves everything of its kind alone.
In a section that is there, what is missing from the list is deleted, except users, who are made and changed, and deleted only with their database.
An unknown field, a wrong type or a name that leads nowhere is refused with its path and line, and nothing is applied.

Fields without effect are kept and given back by `gatewright export`, so that a file survives the way here and back.
`apply` names each one that your file sets.
*Not enforced* marks those that would make something stricter: do not rely on them.
"""  # noqa: E501 - a sentence is a line

_CLIENT_DEFAULTS = """\
What is left out of a client depends on its `app_type`, and a `client_id` or a needed `client_secret` is made.
A client is found again by its `client_id`, or by its `name` where the file gives no id.
"""

_LEGACY_DEFAULTS = """\
With `oidc_conformant: false` what is left out means what [the legacy pipeline](../concepts/legacy-pipeline.md) needs.
`grant_types` are those of the table and {grants}.
`jwt_configuration.alg` is `HS256`, so the client has a secret even where it never sends it.
"""  # noqa: E501 - a sentence is a line


def sections() -> dict[str, type[msgspec.Struct]]:
    """Return the struct that describes an entry of each section."""
    hints = get_type_hints(Document)
    return {name: _struct(hints[attribute]) for name, attribute in SECTIONS.items()}


def tenant_file_page() -> str:
    """Return the page, one section a section of the file."""
    return "\n".join((_HEAD, *(_section(name, kind) for name, kind in sections().items()), _not_yet()))


def _struct(hint: object) -> type[msgspec.Struct]:
    """Return the struct inside ``tuple[Entry[X], ...] | None`` or ``Entry[X] | None``."""
    while not (isinstance(hint, type) and issubclass(hint, msgspec.Struct)):
        hint = next(part for part in get_args(hint) if part not in (type(None), Ellipsis))
    return hint


def _section(name: str, kind: type[msgspec.Struct]) -> str:
    more = _client_defaults() if name == "clients" else ()
    return "\n".join((f"## `{name}`\n", *_fields(name, kind, STORED_ONLY.get(name, {})), *more))


def _client_defaults() -> Iterator[str]:
    yield "### What a client gets by its type\n"
    yield _CLIENT_DEFAULTS
    rows = []
    for app_type, grants in GRANT_TYPES_BY_APP_TYPE.items():
        entry = Entry("", ClientEntry(name="", app_type=app_type), frozenset({"app_type"}))
        rows.append((f"`{app_type}`", ", ".join(f"`{grant}`" for grant in grants), f"`{auth_method(entry)}`"))
    yield table(("`app_type`", "`grant_types`", "`token_endpoint_auth_method`"), rows) + "\n"
    yield _LEGACY_DEFAULTS.format(grants=", ".join(f"`{grant}`" for grant in GRANT_TYPES_OF_LEGACY))


def _fields(path: str, kind: type[msgspec.Struct], silent: dict[str, str]) -> Iterator[str]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    yield "\n".join(docstring(described) for described in (*_parents(kind), kind)) + "\n"
    working = [field for field in info.fields if field.encode_name not in silent]
    yield table(("field", "wanted", "default"), (_row(field) for field in working)) + "\n"
    names = [field.encode_name for field in info.fields]
    for words, title in ((NO_EFFECT, "Without effect yet"), (NOT_ENFORCED, "*Not enforced* yet")):
        if kept := [f"`{name}`" for name in names if silent.get(name) == words]:
            yield f"{title}: {', '.join(kept)}.\n"
    for field in working:
        nested = _nested(field.type)
        if nested is not None:
            yield f"### `{path}.{field.encode_name}`\n"
            yield from _fields(f"{path}.{field.encode_name}", nested, STORED_ONLY.get(field.encode_name, {}))


def _parents(kind: type[msgspec.Struct]) -> list[type]:
    """Return the structs that ``kind`` adds to, the first one first."""
    return [
        base
        for base in reversed(kind.__mro__[1:])
        if issubclass(base, msgspec.Struct) and base.__doc__ != msgspec.Struct.__doc__
    ]


def _nested(wanted: inspect.Type) -> type[msgspec.Struct] | None:
    if isinstance(wanted, inspect.VarTupleType):
        return _nested(wanted.item_type)
    return wanted.cls if isinstance(wanted, inspect.StructType) else None


def _row(field: inspect.Field) -> tuple[str, str, str]:
    return f"`{field.encode_name}`", _wanted(field.type), _default(field)


def _wanted(wanted: inspect.Type) -> str:
    match wanted:
        case inspect.UnionType():
            return " or ".join(_wanted(one) for one in wanted.types)
        case inspect.LiteralType():
            return ", ".join(f"`{value}`" for value in wanted.values)
        case inspect.VarTupleType():
            return f"list of {_wanted(wanted.item_type)}s"
        case inspect.StructType():
            return "mapping"
        case _:
            return _WORDS[type(wanted)]


_WORDS: dict[type[inspect.Type], str] = {
    inspect.StrType: "text",
    inspect.BoolType: "true or false",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.DictType: "mapping",
    inspect.AnyType: "anything",
    inspect.NoneType: "nothing",
}


def _default(field: inspect.Field) -> str:
    if field.required:
        return "**required**"
    value = field.default if field.default is not inspect.NODEFAULT else field.default_factory()
    if value in (None, "", (), {}) or isinstance(value, msgspec.Struct):
        return ""
    plain = msgspec.to_builtins(value)
    return f"`{msgspec.json.encode(plain).decode()}`" if not isinstance(plain, str) else f"`{plain}`"


def _not_yet() -> str:
    names = ", ".join(f"`{name}`" for name in sorted(NOT_YET))
    words = "The deployment tool writes these, and nothing reads them yet"
    return f"## Sections that must be empty\n\n{words}: {names}.\n"
