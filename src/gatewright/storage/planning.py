"""What SQLite's planner is to be told: without statistics it takes a tenant for ten rows, and reads all."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from gatewright.storage.statement import POSTGRESQL

_RARE: ColumnElement[Any] = literal_column("0.00001")


def rare(condition: ColumnElement[bool], dialect: str) -> ColumnElement[bool]:
    """The condition, which few rows fulfil, so that an index that finds them is worth its while."""
    return condition if dialect == POSTGRESQL else func.likelihood(condition, _RARE)


def likely(condition: ColumnElement[bool], dialect: str) -> ColumnElement[bool]:
    """The condition, which most rows fulfil, so that another index is worth more than one by it."""
    return condition if dialect == POSTGRESQL else func.likely(condition)
