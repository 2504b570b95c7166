"""The load generator: compiled from `load/*.c` at each run, driven by a plan, its figures read back."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "load"
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra")


class GeneratorFailed(Exception):
    """There is no compiler, or the generator gave up; the text says why."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the generator counted in the measured window; latencies in microseconds, per operation."""

    operations: int
    seconds: float
    errors: int
    early_errors: int
    connections: int
    cpu_seconds: float
    p50_us: int
    p99_us: int
    max_us: int
    samples: tuple[str, ...] = ()
    answer: str = ""

    @property
    def per_second(self) -> float:
        """Good operations each second."""
        return self.operations / self.seconds if self.seconds else 0.0


def build(folder: Path) -> Path:
    """Compile the generator into `folder`; raises `GeneratorFailed` when that is not possible."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise GeneratorFailed(
            "no C compiler found, the load generator needs one: apt-get install gcc libc6-dev"
        )
    program = folder / "load"
    command = [compiler, *FLAGS, "-o", str(program), *map(str, sorted(SOURCES.glob("*.c")))]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise GeneratorFailed(f"{compiler} did not compile the load generator: {result.stderr.strip()[:400]}")
    return program


def parse_figures(lines: list[str]) -> Figures:
    """Read `name value` lines; raises `GeneratorFailed` when one is missing."""
    pairs = [line.partition(" ") for line in lines]
    said = {name: value for name, _, value in pairs}
    try:
        whole = {name: int(said[name]) for name in Figures.__slots__ if Figures.__annotations__[name] is int}
        seconds, cpu = float(said["seconds"]), float(said["cpu_seconds"])
    except (KeyError, ValueError) as wrong:
        raise GeneratorFailed(f"the generator's figures are incomplete: {wrong}") from wrong
    samples = tuple(value for name, _, value in pairs if name == "sample")
    return Figures(**whole, seconds=seconds, cpu_seconds=cpu, samples=samples, answer=said.get("answer", ""))


def run(program: Path, plan: Path, on_phase: Callable[[str], None]) -> Figures:
    """Run a plan; `on_phase` hears `measuring` and `measured` at the edges of the measured window."""
    lines: list[str] = []
    with subprocess.Popen(
        [program, plan], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        try:
            for line in process.stdout:
                word = line.rstrip("\n")
                if word in ("measuring", "measured"):
                    on_phase(word)
                else:
                    lines.append(word)
            complaint = process.stderr.read().strip()
        except BaseException:
            process.kill()  # we are leaving: do not wait for the end of the plan
            raise
    if process.returncode:
        raise GeneratorFailed(complaint or f"the load generator ended with {process.returncode}")
    return parse_figures(lines)
