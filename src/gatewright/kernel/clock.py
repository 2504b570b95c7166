"""What time it is, as whole seconds UTC; passed in so that tests can move it."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> int:
        """Seconds since 1970-01-01T00:00:00Z."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Seconds since 1970-01-01T00:00:00Z."""
        return int(time.time())


def moment(seconds: int) -> str:
    """Seconds UTC as the wire writes a time: ``2026-11-21T09:30:00.000Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def seconds_of(text: str) -> int | None:
    """The second in which a moment with its offset lies (RFC 3339); ``None`` for anything else."""
    try:
        found = datetime.fromisoformat(text)
        return int(found.timestamp()) if found.tzinfo is not None and "T" in text else None
    except (ValueError, OverflowError):
        return None


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: int = 1_800_000_000) -> None:
        self._at = at

    def now(self) -> int:
        """The second it was last set to."""
        return self._at

    def advance(self, seconds: int) -> None:
        """Moves forward (or back, when negative)."""
        self._at += seconds
