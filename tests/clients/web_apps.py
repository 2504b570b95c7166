"""Small Node applications, each a process of its own that uses a library as a user would."""

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

APPS = Path(__file__).with_name("apps")
_STOP_SECONDS = 5


@dataclass(frozen=True)
class Seat:
    """A socket that already listens, for an application whose address must be known before it starts."""

    listening: socket.socket

    @property
    def base(self) -> str:
        """The address of the application, without a slash at its end."""
        return f"http://localhost:{self.listening.getsockname()[1]}"


def new_seat() -> Seat:
    """A seat on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.set_inheritable(True)
    return Seat(listening)


@contextmanager
def web_app(name: str, seat: Seat, environment: Mapping[str, str]) -> Iterator[str]:
    """Runs ``apps/<name>`` on the seat, waits until it says it is ready, and gives its address."""
    number = seat.listening.fileno()
    process = subprocess.Popen(
        ["node", APPS / name],
        env={**os.environ, **environment, "LISTEN_FD": str(number), "BASE_URL": seat.base},
        stdout=subprocess.PIPE,
        pass_fds=(number,),
        text=True,
    )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        assert first == "ready\n", f"{name} said {first!r} and ended with {process.poll()}"
        yield seat.base
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)
        process.stdout.close()
