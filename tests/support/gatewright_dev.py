"""A real ``gatewright dev`` in a process of its own: free port, data directory, local TLS, tenant file."""

import json
import os
import queue
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx2
import yaml

PROGRAM = Path(sys.executable).with_name("gatewright")
START_SECONDS = 60
STOP_SECONDS = 12
READY = "ready: "


@dataclass(frozen=True)
class GatewrightDev:
    """A running development server. ``issuer`` ends with a slash; ``authority`` is the file of its own CA."""

    issuer: str
    folder: Path

    @property
    def domain(self) -> str:
        """What the wire's SDKs call the domain: host and port."""
        return self.issuer.removeprefix("https://").rstrip("/")

    @property
    def authority(self) -> Path:
        """The certificate authority to trust."""
        return self.folder / "data" / "ca.pem"

    @property
    def trust(self) -> dict[str, str]:
        """Variables by which Node's and Python's clients come to trust the authority."""
        names = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
        return dict.fromkeys(names, str(self.authority))

    def client(self, **options: Any) -> httpx2.Client:
        """An HTTP client that trusts the server; relative addresses are the server's."""
        context = ssl.create_default_context(cafile=str(self.authority))
        return httpx2.Client(base_url=self.issuer, verify=context, trust_env=False, **options)

    def management(self) -> dict[str, str]:
        """What a script needs to call the management API."""
        found: dict[str, str] = json.loads((self.folder / "data" / "management.json").read_text())
        return found

    def messages(self) -> list[dict[str, Any]]:
        """Captured mail, newest last."""
        with self.client() as client:
            found: list[dict[str, Any]] = client.get("/dev/messages.json").json()
            return found

    def explain(self, token: str, api: str = "") -> str:
        """What ``gatewright explain`` says of a token that ``api`` refused."""
        command = [PROGRAM, "explain", "-", "--data", self.folder / "data", *(["--api", api] if api else [])]
        done = subprocess.run(
            command, env=_clean(), input=token, capture_output=True, text=True, timeout=START_SECONDS
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def apply(self, tenant: Mapping[str, Any]) -> None:
        """Applies a tenant file to the server while it runs; the server's next request knows."""
        file = _written(self.folder / "changed.yaml", tenant)
        settings = {
            "GATEWRIGHT_ISSUER": self.issuer,
            "GATEWRIGHT_DATABASE": f"sqlite:///{self.folder / 'data' / 'gatewright.db'}",
            "GATEWRIGHT_MASTER_KEY_FILE": str(self.folder / "data" / "master.key"),
        }
        command = (PROGRAM, "apply", file)
        done = subprocess.run(
            command, env={**_clean(), **settings}, capture_output=True, text=True, timeout=START_SECONDS
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def gatewright_dev(folder: Path, tenant: Mapping[str, Any], *arguments: str) -> Iterator[GatewrightDev]:
    """Starts a server in ``folder`` with ``tenant`` applied, waits until it is ready, stops it afterwards.

    ``arguments`` are further options of the command.
    """
    file = _written(folder / "tenant.yaml", tenant)
    errors = folder / "errors.txt"
    # Its own authority, so that it believes receivers of its requests that have a certificate of it.
    environment = {**_clean(), "SSL_CERT_FILE": str(folder / "data" / "ca.pem")}
    command = (PROGRAM, "dev", "--port", "0", "--data", folder / "data", "--config", file, *arguments)
    with errors.open("wb") as stderr:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True)
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        yield GatewrightDev(_issuer(process, lines, errors), folder)
    finally:
        _stop(process)
        reader.join(STOP_SECONDS)


def _issuer(process: "subprocess.Popen[str]", lines: "queue.Queue[str]", errors: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and (process.poll() is None or not lines.empty()):
        try:
            line = lines.get(timeout=0.1)
        except queue.Empty:
            continue
        if line.startswith(READY):
            return line.removeprefix(READY)
    raise AssertionError(
        f"gatewright dev did not get ready (exit status {process.poll()}): {errors.read_text()[-2000:]}"
    )


def _read(stream: IO[str], lines: "queue.Queue[str]") -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))
    stream.close()


def _stop(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _written(file: Path, tenant: Mapping[str, Any]) -> Path:
    file.write_text(yaml.safe_dump(dict(tenant), sort_keys=False), encoding="utf-8")
    return file


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
