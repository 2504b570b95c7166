"""``/healthz``: the process lives. ``/readyz``: the database answers. Both come before any tenant."""

from typing import Protocol

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gatewright.kernel.errors import Unavailable

_NO_STORE = {"cache-control": "no-store"}


class _Answers(Protocol):
    async def ping(self) -> None: ...


class Health:
    """Answers both addresses, and passes everything else on."""

    def __init__(self, app: ASGIApp, database: _Answers) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        path = scope.get("path")
        if path not in ("/healthz", "/readyz"):
            await self._app(scope, receive, send)
            return
        response = PlainTextResponse("ok\n", headers=_NO_STORE)
        if path == "/readyz":
            try:
                await self._database.ping()
            except Unavailable:
                response = PlainTextResponse("the database does not answer\n", 503, _NO_STORE)
        await response(scope, receive, send)
