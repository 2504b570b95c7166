"""How often one caller may call: counted in memory, apart from the limits of login."""

from dataclasses import dataclass

from gatewright.kernel.clock import Clock
from gatewright.management.errors import TooManyCalls

LIMIT = 3_000
"""Calls of one caller in a window, in each process."""

WINDOW = 60
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What the rate-limit headers say: how many calls there are, how many are left, and until when."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """The wire's headers; ``reset`` is seconds UTC."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset),
        }


class CallRates:
    """Counts calls by tenant and caller; forgets all of them as the window ends."""

    def __init__(self, clock: Clock, *, limit: int = LIMIT) -> None:
        self._clock = clock
        self._limit = limit
        self._window = 0
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, tenant_id: str, caller: str) -> Rate:
        """Counts one call. Raises ``TooManyCalls`` when it is one too many."""
        now = self._clock.now()
        if now // WINDOW != self._window:
            self._window, self._counts = now // WINDOW, {}
        seen = self._counts[tenant_id, caller] = self._counts.get((tenant_id, caller), 0) + 1
        reset = (self._window + 1) * WINDOW
        if seen > self._limit:
            message = f"More than {self._limit} calls in {WINDOW} seconds."
            raise TooManyCalls(message, retry_after=reset - now, limit=self._limit)
        return Rate(self._limit, self._limit - seen, reset)
