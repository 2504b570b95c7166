"""Metadata of users: how a change is merged, and what may be stored."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from gatewright.kernel.errors import Invalid

LARGEST = 65_536
"""Bytes of one of the two, as JSON."""

_LARGEST_NUMBER = 2**63 - 1
DEEPEST = 20
"""Objects and lists within each other."""


def merged(current: Mapping[str, Any], change: Mapping[str, Any] | None) -> dict[str, Any]:
    """``current`` with the keys of ``change``, first level only; ``null`` removes a key, or everything."""
    if change is None:
        return {}
    return {key: value for key, value in {**current, **change}.items() if value is not None}


def check(path: str, metadata: Mapping[str, Any]) -> None:
    """Raises ``Invalid`` for more than is kept, and for what cannot be written down."""
    for value in _everything_in(metadata, path):
        if isinstance(value, int) and not -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
            raise Invalid("wanted: numbers of at most 64 bits", path=path)
    try:
        size = len(msgspec.json.encode(metadata))
    except (ValueError, TypeError, OverflowError):
        raise Invalid("wanted: JSON, its text in Unicode", path=path) from None
    if size > LARGEST:
        raise Invalid(f"{size} bytes of JSON; wanted: at most {LARGEST}", path=path)


def _everything_in(metadata: Mapping[str, Any], path: str) -> Iterator[object]:
    """Every value, level by level. Raises ``Invalid`` for too many levels."""
    level: list[object] = [metadata]
    for _ in range(DEEPEST + 1):
        yield from level
        level = [inner for each in level for inner in _inside(each)]
    if level:
        raise Invalid(f"wanted: at most {DEEPEST} objects and lists within each other", path=path)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
