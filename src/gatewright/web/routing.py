"""URL → endpoint by exact path: one dictionary look-up, however many routes there are.

A path whose last part is a name, as ``/prefix/{client_id}``, is looked up by its prefix where no other fits.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gatewright.web.cors import CrossOrigin, preflight

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its endpoint per method, and whose scripts may read the answer.

    The last part of ``path`` may be a name in braces; ``name_in`` reads what stands there.

    ``checks_secret`` names what an attacker could guess here; such routes must pass the attempt limiter.
    """

    path: str
    methods: Mapping[str, Endpoint]
    cross_origin: CrossOrigin = CrossOrigin.NONE
    checks_secret: str = ""


def name_in(request: Request) -> str:
    """The last part of the address, where the route has a name in its path."""
    path: str = request.scope["path"]
    return path.rpartition("/")[2]


class Router:
    """Dispatches by exact path, then by a name at its end, then by mounted prefix; else it is ``missing``."""

    def __init__(
        self, routes: Iterable[Route], *, mounts: Mapping[str, ASGIApp] | None = None, missing: Endpoint
    ) -> None:
        self.routes = {route.path: route for route in routes}
        self._named = {
            path.rpartition("/")[0]: route for path, route in self.routes.items() if path.endswith("}")
        }
        self._mounts = dict(mounts or {})
        self._missing = missing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = scope["path"]
        route = self.routes.get(path) or self._by_name(path)
        if route is None:
            mounted = self._mounted(path)
            if mounted is not None:
                await mounted(scope, receive, send)
                return
        request = Request(scope, receive)
        response = await self._respond(route, request)
        await response(scope, receive, send)

    async def _respond(self, route: Route | None, request: Request) -> Response:
        if route is None:
            return await self._missing(request)
        method = request.scope["method"]
        endpoint = route.methods.get("GET" if method == "HEAD" else method)
        if endpoint is not None:
            response = await endpoint(request)
            route.cross_origin.mark(request, response)
            return response
        if method == "OPTIONS" and route.cross_origin is not CrossOrigin.NONE:
            return preflight(request, route.methods)
        refused = method_not_allowed(route.methods)
        route.cross_origin.mark(request, refused)
        return refused

    def _by_name(self, path: str) -> Route | None:
        prefix, _, name = path.rpartition("/")
        return self._named.get(prefix) if name else None

    def _mounted(self, path: str) -> ASGIApp | None:
        for prefix, app in self._mounts.items():
            if path == prefix or path.startswith(prefix + "/"):
                return app
        return None


def method_not_allowed(methods: Mapping[str, Endpoint]) -> Response:
    """405 with the methods that are allowed (RFC 9110 §15.5.6)."""
    allowed = ", ".join(sorted(methods))
    return JSONResponse(
        {"error": "method_not_allowed", "error_description": f"Use {allowed}."},
        405,
        {"allow": allowed, "cache-control": "no-store"},
    )
