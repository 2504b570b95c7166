"""A private PostgreSQL for one run: durable settings as installed, loopback only, gone afterwards."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.servers import free_port

INSTALLED = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"  # initdb refuses to run as root


class NoPostgres(Exception):
    """PostgreSQL is not installed or did not start; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster: `url` for GATEWRIGHT_DATABASE, `pidfile` names its first process as a store."""

    url: str
    pidfile: Path


def programs() -> Path:
    """The folder of initdb and pg_ctl, newest version first; raises `NoPostgres`."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    if found or on_path:
        return found[0].parent if found else Path(str(on_path)).parent
    raise NoPostgres("PostgreSQL is not installed: apt-get install postgresql")


def _as_account() -> list[str]:
    return (
        ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups"] if os.getuid() == 0 else []
    )


def _run(*command: str | Path, folder: Path) -> None:
    words = [*_as_account(), *map(str, command)]
    result = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        raise NoPostgres(f"{Path(str(command[0])).name} failed: {result.stderr.strip()[-300:]}")


def _give_away(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.parent.chmod(0o755)
    if os.getuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Make and start a cluster in `folder`, which must not exist; stop it at the end. Raises `NoPostgres`."""
    binaries, data, port = programs(), folder / "data", free_port()
    _give_away(folder)
    _run(binaries / "initdb", "-D", data, "-U", "bench", "--auth=trust", "--encoding=UTF8", folder=folder)
    options = f"-p {port} -h 127.0.0.1 -k {folder}"
    log = folder / "postgres.log"
    _run(binaries / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start", folder=folder)
    try:
        _run(
            binaries / "createdb",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-U",
            "bench",
            "gatewright",
            folder=folder,
        )
        pidfile = folder / "pids"
        pidfile.write_text(f"store {(data / 'postmaster.pid').read_text().split()[0]}\n")
        yield Cluster(f"postgresql://bench@127.0.0.1:{port}/gatewright", pidfile)
    finally:
        _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop", folder=folder)
