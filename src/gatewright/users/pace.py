"""How long a wrong password takes, so that the time does not tell whose it is.

A hash that was brought may be dearer than ours. Whoever is refused in more time than others would show
that the account exists and that its owner did not sign in since it was brought. So a refusal takes as
long as the dearest kind of hash that this process has met, whatever was compared and if nothing was.
"""

LONGEST = 2.0
"""Seconds. What takes longer than this is our own load, not the hash."""


class Pace:
    """The time that refusals take."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._floor = 0.0

    def note(self, work: str, seconds: float) -> None:
        """Remembers what a kind of comparison takes: the shortest time seen, since load only adds to it."""
        self._seconds[work] = min(seconds, self._seconds.get(work, LONGEST))
        self._floor = max(self._seconds.values())

    def missing(self, seconds: float) -> float:
        """Seconds that a refusal which took ``seconds`` has still to wait."""
        return max(0.0, self._floor - seconds)
