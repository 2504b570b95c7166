"""Starting, watching and stopping one server as its target describes it."""

import os
import shlex
import signal
import socket
import subprocess
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bench.machine import family, family_cpu, family_memory
from bench.targets import Target

START_LIMIT = 60.0
STOP_LIMIT = 15.0
BETWEEN_LOOKS = 0.004


class ServerFailed(Exception):
    """A server could not be prepared, started or reached; the text names the step and its log."""


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(address: tuple[str, int]) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(address) == 0


def answers(target: Target) -> bool:
    """Whether discovery is answered with 200 right now."""
    connection = HTTPConnection(*target.address, timeout=5)
    try:
        connection.request("GET", target.discovery, headers={"Host": target.host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Server:
    """A target's process; use as a context manager, so that stores are stopped too."""

    def __init__(self, target: Target, log: Path) -> None:
        self.target = target
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._prepared_at = 0.0
        self._listed: list[tuple[str, int]] | None = None

    def __enter__(self) -> Self:
        if port_is_taken(self.target.address):
            raise ServerFailed(
                f"{self.target.name}: {self.target.base_url} is taken; stop what listens there"
            )
        self._prepared_at = time.time()
        self._command(self.target.prepare, "prepare")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._command(self.target.finish, "finish")

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
        return {**kept, **self.target.env}

    def _open_log(self) -> IO[bytes]:
        return self.log.open("ab")

    def _command(self, command: str, step: str) -> None:
        if not command:
            return
        with self._open_log() as log:
            result = subprocess.run(
                command,
                shell=True,
                cwd=self.target.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                check=False,
            )
        if result.returncode:
            raise ServerFailed(
                f"{self.target.name}: {step} ended with {result.returncode}; {self._last_lines()}"
            )

    def _last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-5:] if self.log.exists() else []
        return "its log ends: " + " | ".join(lines)[-1000:]

    def start(self) -> float:
        """Start the process; returns the seconds until its first answered discovery request."""
        began = time.monotonic()
        with self._open_log() as log:
            self._process = subprocess.Popen(
                ["sh", "-c", "exec " + self.target.start],
                cwd=self.target.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not answers(self.target):
            if self._process.poll() is not None or time.monotonic() - began > START_LIMIT:
                raise ServerFailed(f"{self.target.name}: start failed; {self._last_lines()}")
            time.sleep(BETWEEN_LOOKS)
        took = time.monotonic() - began
        self._command(self.target.after_start, "after_start")
        if self._listed is None:
            self._listed = self._read_pidfile()
        return took

    def stop(self) -> None:
        """SIGTERM to the server; after 15 seconds SIGKILL to all that is left of its session."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def version(self) -> str:
        """What the target says of its version, on one line."""
        if not self.target.version:
            return ""
        result = subprocess.run(
            self.target.version,
            shell=True,
            cwd=self.target.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return " ".join(result.stdout.split())

    def _read_pidfile(self) -> list[tuple[str, int]]:
        # Two targets may share a file: only what this one's own preparation or start wrote is its own.
        path = Path(self.target.pidfile)
        if not self.target.pidfile or not path.exists() or path.stat().st_mtime < self._prepared_at - 1:
            return []
        pairs = [line.split() for line in path.read_text().splitlines() if line.strip()]
        return [(label, int(pid)) for label, pid in pairs]

    @property
    def roots(self) -> list[int]:
        """Ids of the server's own processes at the top of its tree."""
        own = [self._process.pid] if self._process else []
        return own + [pid for label, pid in self._listed or () if label == "server"]

    @property
    def store_roots(self) -> list[int]:
        """Ids of the processes that keep its data, where those are apart."""
        return [pid for label, pid in self._listed or () if label != "server"]

    def cpu(self) -> float:
        """Processor seconds of the server's tree so far."""
        return family_cpu(self.roots)

    def store_cpu(self) -> float:
        """Processor seconds of its stores so far."""
        return family_cpu(self.store_roots) if self.store_roots else 0.0

    def memory(self) -> float:
        """Proportional set size of the server's tree and its stores, MiB."""
        return family_memory([*self.roots, *self.store_roots])

    def process_count(self) -> int:
        """How many processes the server consists of, stores not counted."""
        return len(family(self.roots))


def shell_words(*words: str | Path) -> str:
    """A command line for a target, each word quoted for `sh`."""
    return shlex.join(str(word) for word in words)
