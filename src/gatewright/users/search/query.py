"""What is asked for, as a tree of frozen values; the values in it have the types of their fields."""

from dataclasses import dataclass
from enum import Enum

from gatewright.users.search.fields import Field


class Wild(Enum):
    """A place in a pattern that stands for other characters."""

    MANY = "*"
    ONE = "?"


Pattern = tuple[str | Wild, ...]
"""Literal pieces and wild places, in their order."""

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Everybody:
    """No condition at all."""


EVERYBODY = Everybody()


@dataclass(frozen=True, slots=True)
class Equals:
    """The field has this value; of a list in the metadata, one element has it."""

    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole text of the field fits the pattern."""

    field: Field
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range, which belongs to it or does not."""

    value: Value
    inclusive: bool = True


@dataclass(frozen=True, slots=True)
class Range:
    """The field has a value between the two ends; an end that is ``None`` is open."""

    field: Field
    low: Bound | None
    high: Bound | None


@dataclass(frozen=True, slots=True)
class Exists:
    """The field has a value."""

    field: Field


@dataclass(frozen=True, slots=True)
class Not:
    """Whoever the inner query does not find, those without the field included."""

    query: "Query"


@dataclass(frozen=True, slots=True)
class And:
    """Whoever each of the queries finds."""

    queries: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Whoever at least one of the queries finds."""

    queries: "tuple[Query, ...]"


Query = Everybody | Equals | Matches | Range | Exists | Not | And | Or


def both(one: Query, other: Query) -> Query:
    """Whoever both queries find."""
    if isinstance(one, Everybody):
        return other
    return one if isinstance(other, Everybody) else And((one, other))
