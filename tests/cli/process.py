"""A running program: its lines as they come, its end, and requests to it."""

import json
import os
import queue
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

DEADLINE = 20.0
PROGRAM = Path(__file__).with_name("tiny_platform.py")
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

SERVE = {
    "GATEWRIGHT_ISSUER": "https://login.example.com",
    "GATEWRIGHT_DATABASE": "sqlite:////nowhere/x.db",
    "GATEWRIGHT_MASTER_KEY": KEY,
    "GATEWRIGHT_WORKERS": "1",
}


def until(condition: Callable[[], Any], what: str) -> Any:
    """The first true result of ``condition``; fails naming ``what`` when none comes in time."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError(f"not in {DEADLINE} s: {what}")


class Running:
    """The tiny platform, started with ``arguments``; ``environment`` is all the GATEWRIGHT_* it sees."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, *arguments],
            env={**clean, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._fresh: queue.Queue[str] = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.lines, self._fresh)),
            threading.Thread(target=self._read, args=(self.process.stderr, self.errors, None)),
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream: Any, lines: list[str], fresh: "queue.Queue[str] | None") -> None:
        for line in stream:
            lines.append(line.rstrip("\n"))
            if fresh is not None:
                fresh.put(lines[-1])
        stream.close()

    def wait_for(self, start: str) -> str:
        """The next line on standard output that begins with ``start``."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and (self.process.poll() is None or not self._fresh.empty()):
            try:
                line = self._fresh.get(timeout=0.1)
            except queue.Empty:
                continue
            if line.startswith(start):
                return line
        raise AssertionError(f"no line {start!r} in {self.lines}; on standard error: {self.errors}")

    def ready(self) -> str:
        """The issuer, once the server is ready."""
        return self.wait_for("ready: ").removeprefix("ready: ")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal; returns the exit status."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> int:
        """The exit status, once the program ends by itself."""
        status = self.process.wait(timeout=DEADLINE)
        for reader in self._readers:
            reader.join(timeout=DEADLINE)
        return status

    def clean_up(self) -> None:
        """Leaves nothing behind, whatever the test did."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(timeout=DEADLINE)


def connect(port: int, *, authority: Path | None = None, host: str = "localhost") -> HTTPConnection:
    """A connection to the server; over TLS when ``authority`` is to be trusted."""
    if authority is None:
        return HTTPConnection(host, port, timeout=DEADLINE)
    context = ssl.create_default_context(cafile=str(authority))
    return HTTPSConnection(host, port, timeout=DEADLINE, context=context)


def get(connection: HTTPConnection, path: str = "/") -> Any:
    """The JSON at ``path``."""
    connection.request("GET", path)
    return json.loads(connection.getresponse().read())


def fetch(port: int, path: str = "/", *, host: str = "127.0.0.1", authority: Path | None = None) -> Any:
    """The JSON at ``path``, over a connection of its own."""
    with closing(connect(port, host=host, authority=authority)) as connection:
        return get(connection, path)


def refuses(port: int) -> bool:
    """Whether nobody accepts a connection."""
    with closing(connect(port, host="127.0.0.1")) as connection:
        try:
            connection.connect()
        except ConnectionRefusedError:
            return True
    return False


def port_of(issuer: str) -> int:
    """The port in an issuer."""
    return int(issuer.rstrip("/").rpartition(":")[2])
