"""Scripts that drive a management library in a process of its own, and what its calls gave."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.gatewright_dev import GatewrightDev

APPS = Path(__file__).with_name("apps")
AUTH0_PYTHON_4 = Path(sys.prefix) / "auth0-python-4"
SECONDS = 60


def access(server: GatewrightDev) -> dict[str, str]:
    """What the server wrote down for scripts."""
    found: dict[str, str] = json.loads((server.folder / "data" / "management.json").read_text())
    return found


def driven_by_node(server: GatewrightDev, script: str, **more: str) -> dict[str, Any]:
    """What the calls of a script in ``apps`` gave, by their names; ``more`` is for its environment."""
    return _driven(server, ["node", str(APPS / script)], more)


def driven_by_python_4(server: GatewrightDev, script: str, **more: str) -> dict[str, Any]:
    """The same for a script beside this file, which auth0-python 4 is imported by."""
    command = [sys.executable, str(APPS.with_name(script))]
    return _driven(server, command, {**more, "PYTHONPATH": str(AUTH0_PYTHON_4)})


def _driven(server: GatewrightDev, command: list[str], more: dict[str, str]) -> dict[str, Any]:
    found = access(server)
    environment = {
        **os.environ,
        **server.trust,
        "DOMAIN": found["domain"],
        "CLIENT_ID": found["client_id"],
        "CLIENT_SECRET": found["client_secret"],
        **more,
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
