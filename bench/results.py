"""What was measured, as values: repetitions, and what is said about several of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Repetition:
    """One measured window: operations each second, latencies per operation, cores used by each party."""

    per_second: float
    errors: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    server_cores: float
    store_cores: float
    generator_cores: float
    foreign_cores: float
    samples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Series:
    """The repetitions of one scenario on one target; `failure` says why there are none or no more."""

    repetitions: list[Repetition] = field(default_factory=list)
    failure: str = ""

    @property
    def median(self) -> float:
        """Median operations each second; 0 when nothing was measured."""
        return self._median("per_second")

    @property
    def span(self) -> tuple[float, float]:
        """Slowest and fastest repetition, operations each second."""
        rates = [repetition.per_second for repetition in self.repetitions] or [0.0]
        return min(rates), max(rates)

    @property
    def p50_ms(self) -> float:
        """Median of the repetitions' median latencies."""
        return self._median("p50_ms")

    @property
    def p99_ms(self) -> float:
        """Median of the repetitions' 99th percentiles."""
        return self._median("p99_ms")

    @property
    def errors(self) -> int:
        """Operations that failed a check, warm-up included."""
        return sum(repetition.errors for repetition in self.repetitions)

    @property
    def sample(self) -> str:
        """One failed operation, or an empty string."""
        return next((sample for repetition in self.repetitions for sample in repetition.samples), "")

    @property
    def notes(self) -> list[str]:
        """What was remarked, each once."""
        return list(dict.fromkeys(note for repetition in self.repetitions for note in repetition.notes))

    def cores(self, party: str) -> float:
        """Median cores used by `server`, `store`, `generator` or `foreign`."""
        return self._median(f"{party}_cores")

    def _median(self, name: str) -> float:
        values: list[float] = [getattr(repetition, name) for repetition in self.repetitions]
        return median(values or [0.0])


@dataclass(slots=True)
class Findings:
    """All that was learnt about one target; memory in MiB, cold starts in seconds, series by scenario key."""

    name: str
    title: str
    version: str = ""
    cold_starts: list[float] = field(default_factory=list)
    processes: int = 0
    idle_memory: float = 0.0
    final_memory: float = 0.0
    series: dict[str, Series] = field(default_factory=dict)

    def rate(self, key: str) -> float:
        """Median operations each second of a scenario; 0 when it was not measured or had errors only."""
        return self.series[key].median if key in self.series else 0.0


@dataclass(frozen=True, slots=True)
class LoginCost:
    """CPU of one password login in milliseconds: each part on the server, and the bare hash beside it."""

    logins: int
    page_ms: float
    submit_ms: float
    hash_ms: float
    wall_ms: float

    @property
    def beyond_hash_ms(self) -> float:
        """The whole journey from the authorization request to the code, less one hash."""
        return self.page_ms + self.submit_ms - self.hash_ms


def ratio(ours: float, theirs: float) -> float | None:
    """How many times theirs ours is; None when there is nothing to compare."""
    return ours / theirs if ours and theirs else None


def best_of(peers: Sequence[Findings], key: str) -> Findings | None:
    """The fastest peer in a scenario, or None when no peer was measured in it."""
    measured = [peer for peer in peers if peer.rate(key)]
    return max(measured, key=lambda peer: peer.rate(key), default=None)
