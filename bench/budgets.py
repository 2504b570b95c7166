"""The budgets: what the project promises, as numbers, and whether a run kept them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.results import Findings, LoginCost, Series, best_of, ratio

PEER = {"S1": 1.0, "S2": 1.0, "S3": 1.3, "S4": 1.6, "S5": 1.4, "S6": 2.0, "S7": 2.0}  # times the best peer
PYTHON_PEER = 4.0  # times the usual Python choice, in S3 to S7
PYTHON_SCENARIOS = ("S3", "S4", "S5", "S6", "S7")
POSTGRES = 0.6  # times our own SQLite figure
LOGIN_CPU_MS = 3.0  # beyond the hash
IDLE_MEMORY_MIB = 150.0
COLD_START_S = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One budget: texts for the table; `spoiled` says why a figure, if there is one, does not count."""

    subject: str
    ours: str
    theirs: str
    figure: float | None
    limit: float
    at_least: bool
    spoiled: str = ""

    @property
    def met(self) -> bool | None:
        """Whether it was kept; None when there was nothing to compare with."""
        if self.spoiled:
            return False
        if self.figure is None:
            return None
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    @property
    def word(self) -> str:
        """The last column of the table."""
        if self.met is None:
            return "no comparison"
        return "met" if self.met else "NOT MET" + (f" ({self.spoiled})" if self.spoiled else "")


def rate_text(findings: Findings, key: str) -> str:
    """Median and span, as in `4,310 (4,290-4,350)`."""
    series = findings.series.get(key)
    if series is None or not series.repetitions:
        return "-"
    low, high = series.span
    return f"{series.median:,.0f} ({low:,.0f}-{high:,.0f})"


def _ratio_verdict(ours: Findings, other: Findings | None, key: str, title: str, limit: float) -> Verdict:
    series = ours.series.get(key, Series())
    spoiled = "failed" if series.failure else "errors" if series.errors else ""
    theirs = f"{other.rate(key):,.0f} {other.name}" if other and other.rate(key) else "-"
    figure = ratio(ours.rate(key), other.rate(key)) if other else None
    return Verdict(
        f"{key} {title}", rate_text(ours, key), theirs, figure, limit, at_least=True, spoiled=spoiled
    )


def against_peers(ours: Findings, peers: Sequence[Findings], titles: dict[str, str]) -> list[Verdict]:
    """One verdict for each measured scenario, against the peer that was fastest in it."""
    return [
        _ratio_verdict(ours, best_of(peers, key), key, title, PEER[key])
        for key, title in titles.items()
        if key in ours.series
    ]


def against_python(ours: Findings, peer: Findings, titles: dict[str, str]) -> list[Verdict]:
    """S3 to S7 against the usual Python choice."""
    return [
        _ratio_verdict(ours, peer, key, title, PYTHON_PEER)
        for key, title in titles.items()
        if key in PYTHON_SCENARIOS and key in ours.series
    ]


def against_sqlite(postgres: Findings, sqlite: Findings, titles: dict[str, str]) -> list[Verdict]:
    """Our server on PostgreSQL against the same on SQLite."""
    return [
        _ratio_verdict(postgres, sqlite, key, title, POSTGRES)
        for key, title in titles.items()
        if key in postgres.series
    ]


def footprint(ours: Findings, cold_start: float) -> list[Verdict]:
    """Memory and cold start; `cold_start` is the median in seconds."""
    memory = f"{ours.idle_memory:.0f} MiB ({ours.processes} processes; {ours.final_memory:.0f} at the end)"
    return [
        Verdict("memory idle", memory, "", ours.idle_memory or None, IDLE_MEMORY_MIB, at_least=False),
        Verdict("cold start", f"{cold_start:.2f} s", "", cold_start or None, COLD_START_S, at_least=False),
    ]


def login(cost: LoginCost) -> Verdict:
    """CPU of a password login beyond its hash."""
    parts = f"page {cost.page_ms:.2f} + login {cost.submit_ms:.2f} - hash {cost.hash_ms:.2f} ms CPU"
    figure = cost.beyond_hash_ms
    return Verdict(f"password login ({cost.wall_ms:.0f} ms)", parts, "", figure, LOGIN_CPU_MS, at_least=False)
