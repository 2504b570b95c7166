"""The last line: what no endpoint answered for. Errors of the house become answers, accidents are logged."""

import logging
import time

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatewright.kernel.errors import Conflict, Forbidden, GatewrightError, NotFound, TooMany, Unavailable
from gatewright.web.context import KEY, Context

_NAME = "gatewright.web"
log = structlog.get_logger(_NAME)
_standard = logging.getLogger(_NAME)

_STATUS = ((NotFound, 404), (Conflict, 409), (Forbidden, 403), (TooMany, 429), (Unavailable, 503))
_CODES = {429: "too_many_attempts", 503: "temporarily_unavailable"}


class Problems:
    """Answers in plain JSON where an endpoint raised; logs every request at debug level."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            response = _answer(error, scope)
            if status:
                raise
            await response(scope, receive, noting)
        if _standard.isEnabledFor(logging.DEBUG):
            log.debug(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round((time.perf_counter() - began) * 1000, 1),
                request_id=_request_id(scope),
            )


def _answer(error: Exception, scope: Scope) -> Response:
    if isinstance(error, GatewrightError):
        return _told(error)
    log.error("accident", path=scope["path"], request_id=_request_id(scope), exc_info=error)
    return JSONResponse(
        {
            "error": "server_error",
            "error_description": f"Something went wrong here. Quote {_request_id(scope)}.",
        },
        500,
        {"cache-control": "no-store"},
    )


def _told(error: GatewrightError) -> Response:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    headers = {"cache-control": "no-store"}
    if isinstance(error, TooMany | Unavailable):
        headers["retry-after"] = str(error.retry_after)
    code = _CODES.get(status, "invalid_request")
    return JSONResponse({"error": code, "error_description": error.message}, status, headers)


def _request_id(scope: Scope) -> str:
    context: Context | None = scope.get(KEY)
    return context.request_id if context else ""


async def not_found(request: Request) -> Response:
    """No such address."""
    return JSONResponse(
        {"error": "not_found", "error_description": f"There is nothing at {request.scope['path'][:200]}"}, 404
    )
