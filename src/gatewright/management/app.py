"""The FastAPI application under ``/api/v2``: addresses, the OpenAPI document and the page that lists them."""

from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from gatewright.kernel.clock import Clock
from gatewright.management.answering import Answering, refused
from gatewright.management.docs_page import docs_page, tag_of
from gatewright.management.errors import NoSuchAddress, Refusal, WrongMethod
from gatewright.management.exports import PATH as EXPORTS
from gatewright.management.exports import Exports
from gatewright.management.openapi import components, described
from gatewright.management.resource import Operation
from gatewright.web.context import context_of
from gatewright.web.cors import EXPOSED_HEADERS, preflight

MOUNT = "/api/v2"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


class ManagementApi:
    """The ASGI application. Every answer may be read by any origin's scripts: none acts on a cookie."""

    def __init__(
        self, operations: Sequence[Operation], answering: Answering, exports: Exports, clock: Clock
    ) -> None:
        self.operations = tuple(operations)
        self._answering = answering
        self._clock = clock
        self._api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
        self._api.add_exception_handler(HTTPException, self._not_routed)
        self._api.add_route("/openapi.json", self._document, methods=["GET"], include_in_schema=False)
        self._api.add_route("/docs", self._page, methods=["GET"], include_in_schema=False)
        self._api.add_route(EXPORTS, exports.endpoint, methods=["GET"], include_in_schema=False)
        for operation in self.operations:
            self._add(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request.

        Paths are matched as they were sent, still percent-encoded, so that an id may hold a slash.
        """
        inner = {**scope, "path": scope["raw_path"].decode("latin-1"), "root_path": MOUNT}
        if scope["method"] == "OPTIONS":
            await preflight(Request(scope), METHODS)(scope, receive, send)
            return
        await self._api(inner, receive, _readable_by_all(send))

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document; the address of the server is each tenant's own."""
        made: dict[str, Any] = self._api.openapi()
        return {**made, "components": components(self.operations)}

    def _add(self, operation: Operation) -> None:
        async def endpoint(request: Request) -> Response:
            return await self._answering.answer(operation, request)

        self._api.add_api_route(
            operation.path,
            endpoint,
            methods=[operation.method],
            summary=operation.summary,
            tags=[tag_of(operation)],
            operation_id=f"{operation.method.lower()}{operation.path.translate(_PLAIN)}",
            status_code=operation.status,
            response_class=Response,
            response_model=None,
            openapi_extra=described(operation),
        )

    async def _document(self, request: Request) -> Response:
        """The OpenAPI document of the tenant."""
        server = {"url": context_of(request).tenant.url(MOUNT)}
        return Response(orjson.dumps({**self.document, "servers": [server]}), media_type="application/json")

    async def _page(self, request: Request) -> Response:
        """The page that lists the endpoints."""
        return docs_page(self.operations, audience=context_of(request).tenant.management_audience)

    async def _not_routed(self, request: Request, error: Exception) -> Response:
        """What no route answers, in the shape of every refusal."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        refusal: Refusal = NoSuchAddress("The management API has no such address.")
        allowed = self._allowed(request.scope)
        if status == 405 and allowed:
            refusal = WrongMethod(f"Use {', '.join(allowed)}.")
        response = refused(refusal, now=self._clock.now())
        if isinstance(refusal, WrongMethod):
            response.headers["allow"] = ", ".join(allowed)
        return response

    def _allowed(self, scope: Scope) -> list[str]:
        """The methods that the path of a request answers."""
        return [
            method
            for method in METHODS
            if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in self._api.routes)
        ]


_PLAIN = str.maketrans({"/": "_", "-": "_", "{": "", "}": ""})


def _readable_by_all(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def marking(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["access-control-allow-origin"] = "*"
            headers["access-control-expose-headers"] = EXPOSED_HEADERS
        await send(message)

    return marking
