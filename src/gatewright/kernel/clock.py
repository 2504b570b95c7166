"""What time it is, as whole seconds UTC; passed in so that tests can move it."""

import time
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
