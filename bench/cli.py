"""The command line: which servers, which scenarios, how long; prints and stores the table."""

import argparse
import fcntl
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bench.cluster import NoPostgres, cluster
from bench.generator import GeneratorFailed, build
from bench.machine import describe, durable_folder, file_system
from bench.measure import Bench
from bench.ours import ON_POSTGRES, OURS, our_target
from bench.password_login import measure_logins
from bench.plan import Pace
from bench.report import document, report
from bench.results import LoginCost
from bench.scenarios import SCENARIOS, TITLES, Scenario
from bench.servers import Server, ServerFailed
from bench.session import FAILURES, Entry, begin, end, get_acquainted, measure_all, say
from bench.targets import Target, WrongTarget, load_target

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
DEFAULT_PEERS = ROOT.parent / "shared" / "bench" / "targets"
PEER_FILES = ("node-oidc-provider/target.json", "node-oidc-provider/target-2p.json")
PYTHON_FILE = "authlib-flask/target.json"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; --quick shortens what was not said otherwise."""
    parser = argparse.ArgumentParser(prog="bench/run.py", description="Measure Gatewright and its peers.")
    parser.add_argument(
        "--quick", action="store_true", help="one short repetition each: a look, not a figure"
    )
    parser.add_argument("--only", type=_scenarios, default=SCENARIOS, help="scenarios, as in S3,S4")
    parser.add_argument(
        "--peers", type=Path, default=DEFAULT_PEERS, help="folder of peers' target.json files"
    )
    parser.add_argument("--no-peers", action="store_true", help="measure only our own server")
    parser.add_argument("--python-peer", action="store_true", help="also measure Authlib with Flask")
    parser.add_argument("--without-ours", action="store_true", help="measure only the peers")
    parser.add_argument("--postgres", action="store_true", help="ours again on a private PostgreSQL")
    parser.add_argument("--password-login", action="store_true", help="cost of a login beyond its hash")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--warm-up", type=float, help="seconds before each window (1.5)")
    parser.add_argument("--seconds", type=float, help="seconds measured each time (10)")
    parser.add_argument("--repetitions", type=int, help="repetitions of each scenario (3)")
    parser.add_argument("--out", type=Path, help="where the JSON goes (default: bench/results/<time>.json)")
    options = parser.parse_args(arguments)
    usual = (0.5, 2.0, 1) if options.quick else (1.5, 10.0, 3)
    for name, value in zip(("warm_up", "seconds", "repetitions"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


def _scenarios(text: str) -> tuple[Scenario, ...]:
    wanted = [key.strip().upper() for key in text.split(",")]
    unknown = [key for key in wanted if key not in TITLES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no scenario {', '.join(unknown)}; there are {', '.join(TITLES)}")
    return tuple(scenario for scenario in SCENARIOS if scenario.key in wanted)


def _our_targets(options: argparse.Namespace, folder: Path, stack: ExitStack) -> list[Target]:
    targets = []
    if not options.without_ours:
        sqlite = f"sqlite:///{folder / 'bench.db'}"
        targets.append(our_target(OURS, "SQLite, 2 workers", folder=folder, database=sqlite))
    if options.postgres:
        store = stack.enter_context(cluster(folder / "postgres"))
        title = "PostgreSQL, 2 workers"
        target = our_target(ON_POSTGRES, title, folder=folder, database=store.url, pidfile=str(store.pidfile))
        targets.append(target)
    return targets


def _peer_targets(options: argparse.Namespace) -> list[Target]:
    if options.no_peers:
        return []
    if not options.peers.is_dir():
        say(f"no peers: {options.peers} is not a folder; name one by --peers")
        return []
    if shutil.which("node") is None:
        say("no peers: Node is not installed")
        return []
    files = (*PEER_FILES, PYTHON_FILE) if options.python_peer else PEER_FILES
    return [load_target(options.peers / name) for name in files]


def _enter(target: Target, options: argparse.Namespace, folder: Path, stack: ExitStack) -> Entry | None:
    """A prepared and examined server; a peer that cannot be had is left out, our own failure ends the run."""
    try:
        server = stack.enter_context(Server(target, folder / f"{target.name}.log"))
        return get_acquainted(server, 1 if options.quick else 3)
    except ServerFailed as failure:
        if target.name in (OURS, ON_POSTGRES):
            raise
        say(f"left out: {failure}")
        return None


def _begin(entry: Entry) -> None:
    try:
        begin(entry)
    except FAILURES as failure:
        raise ServerFailed(f"{entry.findings.name} does not work: {failure}") from failure


def _logins(options: argparse.Namespace, entries: Sequence[Entry]) -> LoginCost | None:
    """Measured last, while the other servers idle."""
    contestant = next((entry.contestant for entry in entries if entry.findings.name == OURS), None)
    if not options.password_login or contestant is None:
        return None
    try:
        return measure_logins(contestant)
    except FAILURES as failure:
        say(f"password login was not measured: {failure}")
        return None


def run(options: argparse.Namespace, folder: Path) -> int:
    """Measure, print, store; returns 0, or 1 when our own server failed an answer."""
    pace = Pace(options.warm_up, options.seconds, options.connections)
    bench = Bench(build(folder), folder, pace, patient=not options.quick)
    with ExitStack() as stack:
        targets = [*_our_targets(options, folder, stack), *_peer_targets(options)]
        met = [_enter(target, options, folder, stack) for target in targets]
        entries = [entry for entry in met if entry]
        if not entries:
            raise ServerFailed("there is no server to measure")
        for entry in entries:
            _begin(entry)
        measure_all(bench, entries, options.only, options.repetitions)
        cost = _logins(options, entries)
        end(entries)
    findings = [entry.findings for entry in entries]
    print(report(findings, cost))
    _store(options, document(findings, cost), file_system(folder))
    mine = [found for found in findings if found.name in (OURS, ON_POSTGRES)]
    wrong = any(series.failure or series.errors for found in mine for series in found.series.values())
    return int(wrong or (options.password_login and cost is None))


def _store(options: argparse.Namespace, measured: dict[str, object], kind: str) -> None:
    now = datetime.now(UTC)
    path = options.out or RESULTS / f"{now:%Y-%m-%dT%H-%M-%S}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    pace = {name: getattr(options, name) for name in ("warm_up", "seconds", "repetitions", "connections")}
    circumstances = {
        "at": now.isoformat(timespec="seconds"),
        "revision": _revision(),
        "machine": {**describe(), "file system": kind},
        "pace": pace,
    }
    path.write_text(json.dumps(circumstances | measured, indent=1) + "\n")
    say(f"stored: {path}")


def _revision() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


@contextmanager
def _alone() -> Iterator[None]:
    """One benchmark at a time: two would measure each other. Waits for its turn."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)  # through the context managers, so that no server stays behind


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0 measured, 1 a server failed, 2 usage."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, _leave)
    folder = durable_folder()
    try:
        with _alone():
            return run(options, folder)
    except (GeneratorFailed, NoPostgres, ServerFailed, WrongTarget) as failure:
        say(f"bench: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
