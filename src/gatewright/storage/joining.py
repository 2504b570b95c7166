"""Several changes as one PostgreSQL statement: one round trip, one commit, no transaction to keep open.

Each change becomes a part of one WITH. All parts see the same snapshot and none sees another's work, so
changes are joined only when none of them can tell the difference.
A change that had to touch a row and did not makes the statement fail by a cast that cannot succeed; the
text of that error carries its position, and PostgreSQL undoes the rest.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations

import asyncpg

from gatewright.kernel.units import Unmatched
from gatewright.storage.statement import POSTGRESQL, Compiled, Numbering, Statement

_MOST_PARTS = 16
_JOINABLE = frozenset(("insert", "update", "delete"))
_UNMATCHED = re.compile(r'"gatewright unmatched (\d+)"')

Part = tuple[Statement, bool]
"""A statement, and whether it must match."""


@lru_cache(maxsize=512)
def joined(parts: tuple[Part, ...]) -> str | None:
    """The parts as one statement, or ``None`` when they have to run one after the other.

    It takes the values of all parts in order; its one row begins with the rows touched by each.
    """
    if len(parts) > _MOST_PARTS:
        return None
    compiled = [statement.for_dialect(POSTGRESQL) for statement, _ in parts]
    if not _independent(compiled):
        return None
    places = range(len(parts))
    withs = [f"c{place} AS ({text})" for place, text in zip(places, _numbered(compiled), strict=True)]
    counts = ", ".join(f"(SELECT count(*) FROM c{place}) AS n{place}" for place in places)  # noqa: S608 - no input
    answers = [f"n{place}" for place in places]
    answers += _verdict([place for place, (_, must_match) in enumerate(parts) if must_match])
    # MATERIALIZED, so that all parts have run, and had their chance to fail, before any is judged.
    return f"WITH {', '.join(withs)}, n AS MATERIALIZED (SELECT {counts}) SELECT {', '.join(answers)} FROM n"  # noqa: S608


def unmatched(error: asyncpg.InvalidTextRepresentationError) -> Unmatched | None:
    """The part that touched no row, if that is what the error says."""
    found = _UNMATCHED.search(error.message or "")
    return Unmatched(int(found[1])) if found else None


def _independent(compiled: Sequence[Compiled]) -> bool:
    """Whether no change depends on, or alters, what another one writes."""
    return all(each.kind in _JOINABLE for each in compiled) and not any(
        one.table in other.reach and not (one.appends and other.appends)
        for one, other in permutations(compiled, 2)
    )


def _numbered(compiled: Sequence[Compiled]) -> Iterator[str]:
    first = 1
    for each in compiled:
        text = each.template % Numbering(first)
        first += len(each.order)
        yield text if each.returns_rows else f"{text} RETURNING 1"


def _verdict(must_match: Sequence[int]) -> list[str]:
    if not must_match:
        return []
    cases = " ".join(f"WHEN n{place} = 0 THEN 'gatewright unmatched {place}'" for place in must_match)
    return [f"CAST(CASE {cases} ELSE '0' END AS integer)"]
