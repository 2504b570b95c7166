"""The samples as a person runs them: each a process of its own, started by its `run`."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"
READY = "ready: "
_START_SECONDS = 60
_STOP_SECONDS = 12


@dataclass(frozen=True)
class Ports:
    """Where the samples listen; the server has to know them before it starts."""

    web_app: int
    second_web_app: int
    spa: int
    api: int
    implicit: int
    implicit_api: int
    angular: int
    angular_api: int


@contextmanager
def sample(name: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Runs ``samples/<name>/run`` until the end of the block; gives the address it announces."""
    process = subprocess.Popen(
        [SAMPLES / name / "run"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    impatience = threading.Timer(_START_SECONDS, process.kill)  # ends the wait for a line that never comes
    impatience.start()
    try:
        first = process.stdout.readline()
        impatience.cancel()
        assert first.startswith(READY), f"{name} said {first!r} and ended with {process.poll()}"
        yield first.removeprefix(READY).strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_SECONDS)
        process.stdout.close()
