"""One run: get to know every server alone, then measure all of them in turn, scenario by scenario."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException

from bench.browser import JourneyFailed
from bench.contestants import Contestant, meet
from bench.generator import GeneratorFailed
from bench.measure import Bench, measure
from bench.results import Findings, Series
from bench.scenarios import Scenario
from bench.servers import Server
from bench.tokens import WrongToken

FAILURES = (JourneyFailed, WrongToken, GeneratorFailed, OSError, HTTPException)
SETTLE_LIMIT = 5.0


@dataclass(slots=True)
class Entry:
    """A server of the run with what was found out about it."""

    server: Server
    findings: Findings
    contestant: Contestant | None = field(default=None)


def say(text: str) -> None:
    """A line of progress; the table alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)


def _settle(server: Server) -> None:
    """Wait until the server has used no processor time for half a second."""
    deadline = time.monotonic() + SETTLE_LIMIT
    seen, since = server.cpu(), time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - since < 0.5:
        time.sleep(0.05)
        if server.cpu() > seen:
            seen, since = server.cpu(), time.monotonic()


def get_acquainted(server: Server, starts: int) -> Entry:
    """Cold starts and idle memory while no other server runs, so that shared pages are all its own."""
    findings = Findings(server.target.name, server.target.title, server.version())
    for _ in range(starts):
        findings.cold_starts.append(server.start())
        _settle(server)
        findings.idle_memory = server.memory()
        findings.processes = server.process_count()
        server.stop()
    say(f"{findings.name}: cold start {findings.cold_starts[-1]:.2f} s, idle {findings.idle_memory:.0f} MiB")
    return Entry(server, findings)


def begin(entry: Entry) -> None:
    """Start the server for the measurements; raises what `FAILURES` lists when it cannot be spoken to."""
    entry.server.start()
    entry.contestant = meet(entry.server)


def measure_all(
    bench: Bench, entries: Sequence[Entry], scenarios: Sequence[Scenario], repetitions: int
) -> None:
    """Each repetition visits every server, each time in another order: noise then hits all alike."""
    for scenario in scenarios:
        for repetition in range(repetitions):
            turn = repetition % len(entries)
            for entry in [*entries[turn:], *entries[:turn]]:
                _measure_one(bench, entry, scenario)


def _measure_one(bench: Bench, entry: Entry, scenario: Scenario) -> None:
    series = entry.findings.series.setdefault(scenario.key, Series())
    skipped = entry.server.target.skip.get(scenario.title.replace(" ", "_"), "")
    if series.failure or skipped or entry.contestant is None:
        series.failure = series.failure or skipped or "the server did not start"
        return
    try:
        series.repetitions.append(measure(bench, entry.contestant, scenario))
    except FAILURES as failure:
        series.failure = f"{type(failure).__name__}: {failure}"
        say(f"{scenario.key} {entry.findings.name}: {series.failure}")
        return
    last = series.repetitions[-1]
    say(f"{scenario.key} {entry.findings.name}: {last.per_second:,.0f}/s, {last.errors} errors")


def end(entries: Sequence[Entry]) -> None:
    """Memory after the load, read from each server before it is stopped; the first one is read alone."""
    for entry in reversed(entries):
        entry.findings.final_memory = entry.server.memory()
        entry.server.stop()
