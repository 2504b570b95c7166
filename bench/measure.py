"""One repetition of one scenario against one contestant, with everybody's processor time beside it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from bench import generator
from bench.contestants import Contestant
from bench.machine import busy_seconds
from bench.plan import Pace, write_plan
from bench.results import Repetition
from bench.scenarios import Job, Scenario
from bench.servers import Server
from bench.tokens import WrongToken

NOISE_LIMIT = 0.2  # cores used by others; beyond it a repetition is measured again
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Clocks:
    """Processor seconds so far: the server, its stores, this program, everyone."""

    server: float
    store: float
    own: float
    everyone: float

    def since(self, earlier: "Clocks") -> "Clocks":
        """What was used between the two."""
        return Clocks(
            self.server - earlier.server,
            self.store - earlier.store,
            self.own - earlier.own,
            self.everyone - earlier.everyone,
        )


def read_clocks(server: Server) -> Clocks:
    """Read all clocks now."""
    times = os.times()
    return Clocks(server.cpu(), server.store_cpu(), times.user + times.system, busy_seconds())


@dataclass(frozen=True, slots=True)
class Bench:
    """What a measurement needs: the compiled generator, a folder for plans, the pace."""

    program: Path
    folder: Path
    pace: Pace
    patient: bool = True  # measure again when others were busy


def measure(bench: Bench, contestant: Contestant, scenario: Scenario) -> Repetition:
    """Prepare, run the load, judge the last answer; returns the quietest of up to three attempts."""
    best = _attempt(bench, contestant, scenario)
    for _ in range(ATTEMPTS - 1 if bench.patient else 0):
        if best.foreign_cores <= NOISE_LIMIT:
            break
        again = _attempt(bench, contestant, scenario)
        best = min(best, again, key=lambda repetition: repetition.foreign_cores)
    return best


def _attempt(bench: Bench, contestant: Contestant, scenario: Scenario) -> Repetition:
    job = scenario.prepare(contestant, bench.pace.lanes)
    plan = bench.folder / f"{contestant.target.name}-{scenario.key}.plan"
    plan.write_text(write_plan(contestant.target.address, bench.pace, job.steps, job.lanes))
    readings: list[Clocks] = []
    figures = generator.run(bench.program, plan, lambda _: readings.append(read_clocks(contestant.server)))
    used = readings[1].since(readings[0])
    return _repetition(figures, used, [*job.notes, *_judged(job, figures)])


def _judged(job: Job, figures: generator.Figures) -> list[str]:
    """What is wrong with the last answer under load, as a note; nothing when it holds."""
    if not figures.operations:
        return []
    try:
        job.judge(json.loads(figures.answer))
    except (WrongToken, ValueError) as wrong:
        return [f"WRONG: the last answer under load does not hold: {wrong}"]
    return []


def _repetition(figures: generator.Figures, used: Clocks, notes: list[str]) -> Repetition:
    foreign = used.everyone - used.server - used.store - used.own - figures.cpu_seconds
    return Repetition(
        per_second=figures.per_second,
        errors=figures.errors + figures.early_errors,
        p50_ms=figures.p50_us / 1000,
        p99_ms=figures.p99_us / 1000,
        max_ms=figures.max_us / 1000,
        server_cores=used.server / figures.seconds,
        store_cores=used.store / figures.seconds,
        generator_cores=figures.cpu_seconds / figures.seconds,
        foreign_cores=max(0.0, foreign / figures.seconds),
        samples=figures.samples,
        notes=tuple(notes),
    )
