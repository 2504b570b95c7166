"""What tables are made of: columns of our few kinds, and where all tables are gathered."""

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text, text
from sqlalchemy.schema import SchemaItem

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
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
