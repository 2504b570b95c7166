"""What a worker process does: one uvicorn server on sockets it was given, until told to stop."""

import asyncio
import signal
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from gatewright.cli.http_protocol import BoundedProtocol
from gatewright.cli.listening import BACKLOG, Listening, load_certificate
from gatewright.cli.workers import Seat
from gatewright.kernel.errors import GatewrightError

log = structlog.get_logger("gatewright.server")

KEEP_ALIVE = 75
"""Seconds an idle connection is kept: longer than the 60 of common proxies, so that they close it, not we."""

FINISH_WITHIN = 8
"""Seconds requests under way get when the server stops."""


class WebServer(uvicorn.Server):
    """uvicorn without its ten ticks a second: sleeps until ``stop``, dates answers when they are made."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.server_state = _DatedState()
        self._on_ready = on_ready
        self._stopping = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts the application and accepts connections; then says so."""
        await super().startup(sockets)
        self._on_ready()

    async def main_loop(self) -> None:
        """Sleeps."""
        await self._stopping.wait()

    def stop(self) -> None:
        """Accepts nothing more; ``serve`` returns when the requests under way are answered."""
        self.should_exit = True
        self._stopping.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to ``run_worker``."""
        yield


class _DatedState(ServerState):
    """Knows the ``Date`` of this second (RFC 9110 §6.6.1), made when first asked."""

    def __init__(self) -> None:
        self._second = 0
        self._headers: list[tuple[bytes, bytes]] = []
        super().__init__()

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers every answer begins with."""
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._headers = [(b"date", formatdate(now, usegmt=True).encode())]
        return self._headers

    @default_headers.setter
    def default_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        """uvicorn begins with none."""


def run_worker(
    app: ASGIApp,
    listening: Listening,
    tls: ssl.SSLContext | None,
    reload_tls: Callable[[], None],
    seat: Seat,
) -> int:
    """Serves ``app`` on the sockets of this seat until SIGTERM, or until the supervisor is gone.

    Returns the exit status of the process. ``reload_tls`` is called on SIGHUP.
    SIGINT is left to the supervisor: a terminal sends it to everybody.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, listening.take(seat.number), tls, reload_tls, seat))
    return 0


def tls_reloader(
    context: ssl.SSLContext | None, certificate: Path | None, key: Path | None
) -> Callable[[], None]:
    """A function that reads the certificate again; a wrong one is logged and the old one stays."""

    def reload() -> None:
        if context is None or certificate is None or key is None:
            return
        try:
            load_certificate(context, certificate, key)
        except GatewrightError as error:
            log.error("certificate not reloaded", problem=error.message)
        else:
            log.info("certificate reloaded", file=str(certificate))

    return reload


async def _serve(
    app: ASGIApp,
    sockets: Sequence[socket.socket],
    tls: ssl.SSLContext | None,
    reload_tls: Callable[[], None],
    seat: Seat,
) -> None:
    server = WebServer(_config(app, tls), seat.report_ready)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, server.stop)
    loop.add_signal_handler(signal.SIGHUP, reload_tls)
    loop.add_reader(seat.lifeline, _left_alone, loop, seat, server)
    seat.take_signals()
    await server.serve(sockets=list(sockets))


def _left_alone(loop: asyncio.AbstractEventLoop, seat: Seat, server: WebServer) -> None:
    loop.remove_reader(seat.lifeline)  # end-of-file would wake us for ever
    server.stop()


def _config(app: ASGIApp, tls: ssl.SSLContext | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # forwarded headers are read by our own rules, from listed proxies
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=FINISH_WITHIN,
        ssl_context_factory=(lambda *_: tls) if tls is not None else None,
    )
