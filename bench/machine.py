"""What Linux tells about processes and the machine: processor time, memory, file systems."""

import os
import platform
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc/PID/stat: `cpu` is user and system time in seconds, without its children."""

    pid: int
    parent: int
    cpu: float


def parse_stat(line: str) -> Process:
    """Read /proc/PID/stat; the command name may hold spaces and parentheses (proc(5))."""
    pid, _, rest = line.partition(" (")
    fields = rest.rpartition(") ")[2].split()
    return Process(int(pid), int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS)


def _processes() -> Iterator[Process]:
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            yield parse_stat((entry / "stat").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue


def family(roots: Iterable[int]) -> list[Process]:
    """The processes with these ids and all their descendants."""
    everyone = list(_processes())
    members = dict.fromkeys(roots, True)
    grown = True
    while grown:
        children = [p.pid for p in everyone if p.parent in members and p.pid not in members]
        members.update(dict.fromkeys(children, True))
        grown = bool(children)
    return [process for process in everyone if process.pid in members]


def family_cpu(roots: Iterable[int]) -> float:
    """Processor seconds used so far by these processes and their living descendants."""
    return sum(process.cpu for process in family(roots))


def family_memory(roots: Iterable[int]) -> float:
    """Proportional set size in MiB: a page shared by n processes counts one n-th in each."""
    return sum(_pss_kib(process.pid) for process in family(roots)) / 1024


def _pss_kib(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def busy_seconds() -> float:
    """Processor seconds used by everyone since boot: user, nice and system, in guests included."""
    user, nice, system = (PROC / "stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / TICKS


def file_system(folder: Path) -> str:
    """The type of the file system that holds `folder`, as in `ext4` or `tmpfs`."""
    target, best, kind = folder.resolve(), Path("/"), ""
    for line in (PROC / "self" / "mounts").read_text().splitlines():
        where, name = line.split()[1:3]
        mount = Path(where)
        if target.is_relative_to(mount) and len(mount.parts) >= len(best.parts):
            best, kind = mount, name
    return kind


def durable_folder() -> Path:
    """A temporary folder on a real disk where there is one: on tmpfs a durable commit costs nothing."""
    places = (Path(tempfile.gettempdir()), Path("/var/tmp"))
    place = next((place for place in places if file_system(place) != "tmpfs"), places[0])
    return Path(tempfile.mkdtemp(prefix="gatewright-bench-", dir=place))


def describe() -> dict[str, str]:
    """The machine in a few words, for the stored results."""
    models = [line for line in (PROC / "cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": models[0].partition(": ")[2] if models else platform.machine(),
        "cores": str(os.cpu_count()),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }
