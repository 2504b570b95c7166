"""Any ASGI application behind a guard: the caller is in ``scope["state"]["caller"]``, or gets the error."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gatewright_guard._guard import Guard, repeated
from gatewright_guard._scopes import Requirement
from gatewright_guard.errors import GuardError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_POLICY_VIOLATION = 1008  # RFC 6455 §7.4.1


class GuardMiddleware:
    """Wraps ``app``; every request and WebSocket needs a good token, but for CORS preflights.

        app = GuardMiddleware(app, Guard(issuer=..., audience=...), require=all_of("read:timesheets"))

    Put a CORS middleware outside of this one, so that browsers may read the refusals as well.
    """

    def __init__(self, app: App, guard: Guard, *, require: Requirement | None = None) -> None:
        self._app = app
        self._guard = guard
        self._require = require

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands on what may pass, with its caller; answers the rest (ASGI specification 3.0)."""
        if scope["type"] == "lifespan" or _is_preflight(scope):
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._guard.verify(authorization(scope))
            if self._require:
                self._require.check(caller)
        except GuardError as error:
            await _refuse(error, scope, receive, send)
            return
        # A new mapping: the server's own may be shared by all requests of the application.
        state = {**scope.get("state", {}), "caller": caller}
        await self._app({**scope, "state": state}, receive, send)


def authorization(scope: Scope) -> str | None:
    """The one ``Authorization`` header of ``scope``. Raises ``InvalidRequest`` when there are several."""
    values = _values(scope, b"authorization")
    if len(values) > 1:
        raise repeated(f"{len(values)} Authorization headers")
    return values[0].decode("latin-1") if values else None


def _is_preflight(scope: Scope) -> bool:
    """Whether this is a CORS preflight, which browsers send without credentials (Fetch standard §3.2.3)."""
    asks = _values(scope, b"origin") and _values(scope, b"access-control-request-method")
    return scope["type"] == "http" and scope["method"] == "OPTIONS" and bool(asks)


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


async def _refuse(error: GuardError, scope: Scope, receive: Receive, send: Send) -> None:
    kind = "http"
    if scope["type"] == "websocket":
        await receive()  # the connect event; only then may one refuse
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": error.code})
            return
        kind = "websocket.http"
    body = json.dumps(error.body).encode()
    await send({"type": f"{kind}.response.start", "status": error.status, "headers": _headers(error, body)})
    await send({"type": f"{kind}.response.body", "body": body})


def _headers(error: GuardError, body: bytes) -> list[tuple[bytes, bytes]]:
    pairs = (*error.headers, ("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    return [(name.lower().encode(), value.encode("ascii")) for name, value in pairs]
