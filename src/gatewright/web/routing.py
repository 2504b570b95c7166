"""URL → endpoint by exact path: one dictionary look-up, however many routes there are.

The few addresses of the wire that hold a name of somebody's choice are tried when no exact path fits.
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

    ``path`` may hold one ``{name}``, which stands for one or more printable characters other than ``/``;
    the endpoint finds them, percent-decoded, in ``request.path_params``.
    ``checks_secret`` names what an attacker could guess here; such routes must pass the attempt limiter.
    """

    path: str
    methods: Mapping[str, Endpoint]
    cross_origin: CrossOrigin = CrossOrigin.NONE
    checks_secret: str = ""


class Router:
    """Dispatches by exact path, by a path with a name in it, by mounted prefix; the rest is ``missing``."""

    def __init__(
        self, routes: Iterable[Route], *, mounts: Mapping[str, ASGIApp] | None = None, missing: Endpoint
    ) -> None:
        self.routes = {route.path: route for route in routes}
        self._exact = {path: route for path, route in self.routes.items() if "{" not in path}
        self._named = tuple(_Named(route) for path, route in self.routes.items() if "{" in path)
        self._mounts = dict(mounts or {})
        self._missing = missing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = scope["path"]
        route = self._exact.get(path) or self._with_name(scope, path)
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

    def _with_name(self, scope: Scope, path: str) -> Route | None:
        for named in self._named:
            value = named.value_in(path)
            if value:
                scope["path_params"] = {named.name: value}
                return named.route
        return None

    def _mounted(self, path: str) -> ASGIApp | None:
        for prefix, app in self._mounts.items():
            if path == prefix or path.startswith(prefix + "/"):
                return app
        return None


class _Named:
    """A route whose path holds a name."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self._before, _, rest = route.path.partition("{")
        self.name, _, self._after = rest.partition("}")

    def value_in(self, path: str) -> str:
        """What stands in ``path`` where the name is; nothing when the path is another."""
        fits = path.startswith(self._before) and path.endswith(self._after)
        value = path[len(self._before) : len(path) - len(self._after)] if fits else ""
        return value if value.isprintable() and "/" not in value else ""


def method_not_allowed(methods: Mapping[str, Endpoint]) -> Response:
    """405 with the methods that are allowed (RFC 9110 §15.5.6)."""
    allowed = ", ".join(sorted(methods))
    return JSONResponse(
        {"error": "method_not_allowed", "error_description": f"Use {allowed}."},
        405,
        {"allow": allowed, "cache-control": "no-store"},
    )
