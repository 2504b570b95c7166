"""Sockets, TLS, application and workers, put together: what ``dev`` and ``serve`` have in common."""

import resource
import signal
import sys
from collections.abc import Callable
from functools import partial

from gatewright.cli.listening import Listening, tls_context
from gatewright.cli.program import CreateApp
from gatewright.cli.web_server import run_worker, tls_reloader
from gatewright.cli.workers import Supervisor
from gatewright.settings import Settings

_OPEN_FILES = 65_536


def end_quietly_on_signals() -> None:
    """SIGTERM and SIGINT end a program that is still starting, with status 0; workers have their own way."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


def run_service(settings: Settings, create_app: CreateApp, listening: Listening) -> int:
    """Serves until stopped; prints ``ready: <issuer>`` when every worker accepts. Returns the exit status."""
    listen = settings.listen
    _allow_many_connections()
    tls = tls_context(listen.tls_certificate, listen.tls_key)
    reload_tls = tls_reloader(tls, listen.tls_certificate, listen.tls_key)
    work = partial(run_worker, create_app(settings), listening, tls, reload_tls)
    return Supervisor(
        listen.workers, work, on_ready=_announcement(settings.issuer.url), on_stop=listening.close
    ).run()


def _announcement(issuer: str) -> Callable[[], None]:
    return partial(print, f"ready: {issuer}", flush=True)


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
