"""Which application asks, and at which of its databases."""

from starlette.requests import Request

from gatewright.clients import Client, Clients
from gatewright.connections import Connection, Connections, NoDatabase
from gatewright.kernel.urls import origin_of
from gatewright.login.asking import Asking
from gatewright.selfservice.errors import MalformedRequest, UnknownApplication
from gatewright.tenants import Tenant
from gatewright.web.context import context_of
from gatewright.web.cors import allow_origins
from gatewright.web.hosting import HostedPages


class Applications:
    """Finds the application that a request names; no secret proves it, so it is believed nothing else."""

    def __init__(self, clients: Clients, connections: Connections, pages: HostedPages) -> None:
        self._clients = clients
        self._connections = connections
        self._pages = pages

    async def named(self, request: Request, client_id: str) -> Client:
        """The client, whose own origins may read the answer. Raises ``UnknownApplication``."""
        client = await self._clients.get(context_of(request).tenant.tenant_id, client_id)
        if client is None:
            raise UnknownApplication("invalid client: there is none of that client_id")
        allow_origins(request, client.script_origins)
        return client

    async def database(self, tenant: Tenant, client: Client, name: str) -> Connection:
        """The client's database of that name or realm. Raises ``MalformedRequest``."""
        try:
            return await self._connections.database_called(tenant.tenant_id, client.client_id, name)
        except NoDatabase as error:
            raise MalformedRequest(error.message) from None

    def asking(self, request: Request, client: Client) -> Asking:
        """Who asks, in the language that the application or else the browser names."""
        home = origin_of(client.callbacks[0]) if client.callbacks else ""
        return Asking(
            client_id=client.client_id,
            client_name=client.name,
            locale=self._pages.locale(request, request.headers.get("x-request-language")),
            home_url=client.initiate_login_uri or home,
        )
