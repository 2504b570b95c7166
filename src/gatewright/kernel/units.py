"""A unit of work is data: an ordered tuple of changes that happen together or not at all.

Nothing is locked while Python thinks: read, decide, then hand over a unit.
A change marked ``must_match`` aborts its unit when it touches no row; that is how
a code is spent once and how two editors of one row find out about each other.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Change:
    """One write.

    ``statement`` is made by ``gatewright.storage`` and opaque to everybody else;
    ``parameters`` are its named values; ``must_match`` aborts the unit when no row is touched.
    """

    statement: object
    parameters: Mapping[str, object]
    must_match: bool = False


Unit = tuple[Change, ...]


class Unmatched(Exception):
    """A change that had to touch a row touched none; the whole unit was undone.

    ``position`` is the index of that change in its unit.
    """

    def __init__(self, position: int) -> None:
        super().__init__(f"change {position} matched no row")
        self.position = position


class Duplicate(Exception):
    """A change would have broken a uniqueness rule of ``table``; the whole unit was undone."""

    def __init__(self, table: str) -> None:
        super().__init__(f"duplicate in {table}")
        self.table = table


class UnitRunner(Protocol):
    """Whoever makes units happen: a database."""

    async def run(self, unit: Unit) -> tuple[int, ...]:
        """Runs all changes atomically and durably; returns how many rows each touched.

        Raises ``Unmatched`` or ``Duplicate``, having changed nothing.
        """
        ...

    def begin(self, unit: Unit) -> Awaitable[tuple[int, ...]]:
        """The same, under way while the caller does something else; the result must be awaited."""
        ...
