"""Host → tenant, and the context of the request. The outermost of our own layers."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gatewright.kernel.events import Origin
from gatewright.tenants import Tenants
from gatewright.web.address import Network, client_address
from gatewright.web.context import KEY, Context

UnknownHost = Callable[[Request, str, tuple[str, ...]], Awaitable[Response]]


class Tenancy:
    """Puts a ``Context`` on every request; a host nobody owns gets a page that says so.

    The issuer always comes from configuration. The ``Host`` header only chooses between configured ones.
    """

    def __init__(
        self, app: ASGIApp, tenants: Tenants, *, proxies: Sequence[Network], unknown_host: UnknownHost
    ) -> None:
        self._app = app
        self._tenants = tenants
        self._proxies = proxies
        self._unknown_host = unknown_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host, user_agent = _host_and_agent(scope)
        tenant = await self._tenants.by_host(host)
        if tenant is None:
            response = await self._unknown_host(
                Request(scope, receive), host, await self._tenants.known_hosts()
            )
            await response(scope, receive, send)
            return
        origin = Origin(ip=client_address(scope, self._proxies), user_agent=user_agent, hostname=host)
        looks = await self._tenants.looks(tenant.tenant_id)
        scope[KEY] = Context(tenant=tenant, origin=origin, looks=looks)
        await self._app(scope, receive, send)


def _host_and_agent(scope: Scope) -> tuple[str, str]:
    host = agent = ""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1").lower()
        elif name == b"user-agent":
            agent = value.decode("latin-1")
    return host, agent
