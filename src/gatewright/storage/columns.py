"""What tables are made of: columns of our few kinds, and where all tables are gathered."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler

_WHERE = "where"

metadata = MetaData()
"""Every table, once ``schema`` is imported."""


def table(name: str, *items: SchemaItem) -> Table:
    """A table of ``metadata``, clustered by its key on SQLite."""
    return Table(name, metadata, *items, sqlite_with_rowid=False)


def id_column(name: str) -> Column[str]:
    """Text that is part of the primary key."""
    return Column(name, Text, primary_key=True)


def text_column(name: str) -> Column[str]:
    """Text that is always there."""
    return Column(name, Text, nullable=False)


def searched_column(name: str) -> Column[str]:
    """Text as it is compared, folded, in the order of its code points on both databases."""
    by_code_point = Text().with_variant(Text(collation="C"), "postgresql")
    return Column(name, by_code_point, nullable=False)


def time_column(name: str, *, nullable: bool = False) -> Column[int]:
    """Seconds UTC."""
    return Column(name, BigInteger, nullable=nullable)


def partial_index(name: str, *columns: str, where: str) -> Index:
    """An index of those rows alone for which ``where`` holds: whatever else is written costs it nothing."""
    return Index(name, *columns, info={_WHERE: where})


@compiles(CreateIndex)
def _create_index(element: CreateIndex, compiler: DDLCompiler, **options: Any) -> str:
    """Both dialects write it alike. Their own words for it would have every process load both of them."""
    statement: str = compiler.visit_create_index(element, **options)  # type: ignore[no-untyped-call]
    where = element.element.info.get(_WHERE)
    return f"{statement} WHERE {where}" if where else statement
