"""Statements: a SQLAlchemy Core expression, turned into a driver's text and parameter order once.

SQLAlchemy describes and compiles; it never runs anything. What a driver needs at run time is a string and
a function that puts named parameters in order, and both are kept on the statement after its first use.
Values pass through as they are: times are integers, documents are JSON text, ids are text.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Delete, Insert, SelectBase, Table, Update, bindparam
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from gatewright.kernel.units import Change

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

_KINDS: tuple[tuple[type[Any], str], ...] = (
    (Insert, "insert"),
    (Update, "update"),
    (Delete, "delete"),
    (SelectBase, "select"),
)

Bind = Callable[[Mapping[str, object]], tuple[object, ...]]


class Mismatch(TypeError):
    """The parameters given are not the parameters of the statement: a mistake in the calling code."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one driver runs.

    ``order`` names the parameter of each position in ``sql``; ``bind`` puts a mapping into that order and
    raises ``Mismatch`` when a name is missing or unknown. ``kind`` is insert, update, delete, select or
    other; ``table`` is the one written ("" if none). ``returns_rows`` is true for SELECT and RETURNING.
    ``template`` is the text with ``%(name)s`` in place of positions ("" for SQLite).
    ``reach`` names every table whose rows the outcome may depend on or change, foreign keys followed.
    ``appends`` is true for an INSERT that does nothing but add the row it is given.
    """

    sql: str
    order: tuple[str, ...]
    bind: Bind
    kind: str
    table: str
    returns_rows: bool
    template: str
    reach: frozenset[str]
    appends: bool


class Statement:
    """One Core expression with ``bindparam("name")`` where values go.

    ``expression`` may be a function from dialect name to expression where the two dialects differ.
    Columns of an INSERT without ``values`` are parameters of their own name.
    A list given as a literal to ``in_`` is expanded; a list cannot be a named parameter.
    Plain text that reads must say so, by ``text(…).columns(…)``.
    Python-side column defaults are refused: a statement says all it writes.
    """

    __slots__ = ("_compiled", "_express")

    def __init__(self, expression: Executable | Callable[[str], Executable]) -> None:
        self._express = expression if callable(expression) else lambda _: expression
        self._compiled: dict[str, Compiled] = {}

    def for_dialect(self, dialect: str) -> Compiled:
        """The compiled form for ``sqlite`` or ``postgresql``; compiled at the first call."""
        try:
            return self._compiled[dialect]
        except KeyError:
            compiled = self._compiled[dialect] = _COMPILE[dialect](self._express(dialect))
            return compiled

    def change(self, *, must_match: bool = False, **parameters: object) -> Change:
        """This statement with its values, as one change of a unit of work."""
        return Change(self, parameters, must_match)


def upsert(table: Table, keys: Sequence[str], update: Sequence[str]) -> Statement:
    """Inserts a row of ``table``, or updates it where one with the same ``keys`` exists.

    Every column is a parameter of its own name. ``update`` names the columns that take the new value when
    the row exists; with none, the existing row stays and the change touches no row.
    """
    values: dict[str, object] = {column.name: bindparam(column.name) for column in table.columns}

    def express(dialect: str) -> Insert:
        insert = dialect_insert(dialect)(table).values(values)
        if not update:
            done: Insert = insert.on_conflict_do_nothing(index_elements=list(keys))
        else:
            new = {name: insert.excluded[name] for name in update}
            done = insert.on_conflict_do_update(index_elements=list(keys), set_=new)
        return done

    return Statement(express)


def dialect_insert(dialect: str) -> Callable[..., Any]:
    """The ``insert`` of one dialect, which knows ``on_conflict_do_update`` and ``…_do_nothing``.

    It is looked up by name, since importing both dialects would cost at every start what one of them needs.
    """
    insert: Callable[..., Any] = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert
    return insert


@cache
def _sqlite() -> Dialect:
    dialect: Dialect = registry.load("sqlite")()
    return dialect


@cache
def _postgresql() -> Dialect:
    # Named placeholders first, so that statements can be joined into one before they are numbered.
    dialect: Dialect = registry.load("postgresql.asyncpg")(paramstyle="pyformat")
    return dialect


def _compile_sqlite(expression: Executable) -> Compiled:
    compiler = _compiler(_sqlite(), expression)
    state = compiler.construct_expanded_state(_unset(compiler))
    order = tuple(state.positiontup or ())
    return _compiled(expression, compiler, state.statement, order, state.parameters, template="")


def _compile_postgresql(expression: Executable) -> Compiled:
    compiler = _compiler(_postgresql(), expression)
    state = compiler.construct_expanded_state(_unset(compiler))
    numbers = Numbering(1)
    sql = state.statement % numbers
    return _compiled(expression, compiler, sql, tuple(numbers), state.parameters, template=state.statement)


_COMPILE: Mapping[str, Callable[[Executable], Compiled]] = {
    SQLITE: _compile_sqlite,
    POSTGRESQL: _compile_postgresql,
}


class Numbering(dict[str, str]):
    """Numbers names in the order in which they are first asked for: ``$1``, ``$2`` …"""

    def __init__(self, first: int) -> None:
        super().__init__()
        self._first = first

    def __missing__(self, name: str) -> str:
        place = self[name] = f"${self._first + len(self)}"
        return place


def _compiler(dialect: Dialect, expression: Executable) -> SQLCompiler:
    if isinstance(expression, Insert):
        # Nobody reads generated keys here, so no RETURNING is to be added behind our back.
        expression = expression.inline()
    compiler = expression.compile(dialect=dialect)  # type: ignore[attr-defined]
    assert isinstance(compiler, SQLCompiler)
    if compiler.isinsert or compiler.isupdate:
        _refuse_defaults((*compiler.insert_prefetch, *compiler.update_prefetch))
    return compiler


def _refuse_defaults(columns: Iterable[ColumnElement[Any]]) -> None:
    names = ", ".join(str(column) for column in columns)
    if names:
        raise Mismatch(f"no value is given for {names}: column defaults are not applied, name the value")


def _unset(compiler: SQLCompiler) -> dict[str, object]:
    """A placeholder for every parameter that has no value yet."""
    for name, parameter in compiler.binds.items():
        if parameter.expanding and parameter.required:
            raise Mismatch(f"{name}: a list cannot be a named parameter; give it to in_() as a literal")
    return {name: None for name, parameter in compiler.binds.items() if parameter.required}


def _compiled(
    expression: Executable,
    compiler: SQLCompiler,
    sql: str,
    order: tuple[str, ...],
    values: Mapping[str, Any],
    *,
    template: str,
) -> Compiled:
    kind = next((name for type_, name in _KINDS if isinstance(expression, type_)), "other")
    target = getattr(expression, "table", None) if kind != "select" else None
    asked = _unset(compiler)
    tables = _tables(expression)
    return Compiled(
        sql=sql,
        order=order,
        bind=_binder(order, {name: values[name] for name in order if name not in asked}),
        kind="other" if compiler.ctes and kind != "select" else kind,
        table=str(target.name) if target is not None else "",
        returns_rows=kind == "select" or bool(compiler.effective_returning),
        template=template,
        reach=frozenset(table.name for table in tables) | _cascades(kind, target),
        appends=kind == "insert" and len(tables) == 1 and "ON CONFLICT" not in sql,
    )


def _tables(expression: Executable) -> set[Table]:
    assert isinstance(expression, visitors.Visitable)
    parts = visitors.iterate(expression)  # type: ignore[arg-type]
    return {part for part in parts if part.__visit_name__ == "table"}  # type: ignore[misc]


def _cascades(kind: str, target: Any) -> frozenset[str]:
    """The tables whose foreign keys lead to ``target``: deleting there may change or check them."""
    if kind != "delete" or not isinstance(target, Table):
        return frozenset()
    reached = {target}
    grew = True
    while grew:
        grew = False
        for table in set(target.metadata.tables.values()) - reached:
            if any(key.column.table in reached for key in table.foreign_keys):
                reached.add(table)
                grew = True
    return frozenset(table.name for table in reached)


def _binder(order: tuple[str, ...], constants: Mapping[str, object]) -> Bind:
    """A function from named parameters to a tuple in ``order``: as cheap as Python allows."""
    names = frozenset(order) - constants.keys()
    expected = len(names)
    take: Bind = itemgetter(*order) if len(order) > 1 else lambda values: tuple(values[n] for n in order)

    def bind(parameters: Mapping[str, object]) -> tuple[object, ...]:
        if len(parameters) == expected:
            try:
                return take(parameters)
            except KeyError:
                pass
        raise _mismatch(names, parameters)

    def bind_with_constants(parameters: Mapping[str, object]) -> tuple[object, ...]:
        if parameters.keys() != names:
            raise _mismatch(names, parameters)
        return take({**constants, **parameters})

    return bind_with_constants if constants else bind


def _mismatch(names: frozenset[str], parameters: Mapping[str, object]) -> Mismatch:
    missing = ", ".join(sorted(names - parameters.keys()))
    unknown = ", ".join(sorted(parameters.keys() - names))
    parts = [f"missing: {missing}"] if missing else []
    parts += [f"unknown: {unknown}"] if unknown else []
    return Mismatch(f"wrong parameters; {'; '.join(parts)}")
