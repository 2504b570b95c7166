"""``gatewright dev`` with two workers over plain loopback HTTP, that can be killed and started again."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from tests.support.ports import free_port

CONNECTION = "Username-Password-Authentication"
PASSWORD = "Correct-Horse-1"
CALLBACK = "http://127.0.0.1:9/callback"
VISITORS = 6

TENANT: dict[str, Any] = {
    "tenant": {"default_directory": CONNECTION},
    "clients": [
        {
            "name": "Web App",
            "client_id": "web",
            "client_secret": "web-client-secret-0123456789abcdef",
            "app_type": "regular_web",
            "callbacks": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
        }
    ],
    "databases": [{"name": CONNECTION, "strategy": "auth0", "enabled_clients": ["Web App"]}],
    "users": [
        {"connection": CONNECTION, "email": f"visitor{n}@example.test", "password": PASSWORD}
        for n in range(VISITORS)
    ],
}


class Server:
    """One data directory and one port through many lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tenant = folder / "tenant.yaml"
        self._tenant.write_text(yaml.safe_dump(TENANT))
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None
        self.issuer = f"http://localhost:{self._port}/"

    def start(self) -> None:
        """Returns when the server is ready."""
        command = [
            str(Path(sys.executable).with_name("gatewright")),
            *("dev", "--http", "--workers", "2", "--port", str(self._port)),
            *("--data", str(self._folder / "data"), "--config", str(self._tenant)),
        ]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")
        }
        errors = (self._folder / "errors.txt").open("ab")
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, start_new_session=True
        )
        errors.close()
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("ready: "):
                return
        raise AssertionError((self._folder / "errors.txt").read_text()[-2000:])

    def kill(self) -> None:
        """SIGKILL for supervisor and workers alike: nobody gets to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """The ordinary end."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        os.killpg(process.pid, how)
        process.wait(15)
        if process.stdout is not None:
            process.stdout.close()
