"""What requests to sign in by mail have in common: a client, and a passwordless connection of it."""

from starlette.requests import Request

from gatewright.clients import Client, Clients
from gatewright.connections import PASSWORDLESS, Connection, Connections
from gatewright.oauth.passwordless.errors import BadClientId, BadConnection, BadRequest
from gatewright.tenants import Tenant
from gatewright.web.cors import allow_origins
from gatewright.web.parameters import Parameters


class AskedByClient:
    """Finds out which client asks, and for which connection."""

    def __init__(self, clients: Clients, connections: Connections) -> None:
        self._clients = clients
        self._connections = connections

    async def client(self, tenant: Tenant, request: Request, client_id: str) -> Client:
        """The client, whose scripts may read the answer. Raises ``BadClientId``."""
        if not client_id:
            raise BadClientId("Missing required parameter: client_id")
        client = await self._clients.get(tenant.tenant_id, client_id)
        if client is None:
            raise BadClientId("There is no client with that client_id.")
        allow_origins(request, client.script_origins)
        return client

    async def connection(self, tenant: Tenant, client: Client, form: Parameters) -> Connection:
        """The connection. Raises ``BadConnection``: whether it is there for others is not told."""
        name = needed(form, "connection")
        found = await self._connections.passwordless_of_client(
            tenant.tenant_id, client.client_id, wanted=name
        )
        if found is None:
            raise BadConnection(
                f"The connection {name[:128]} was not found, is not passwordless, or is not enabled for this "
                "client (enabled_clients of the connection)."
            )
        return found

    async def any_connection(self, tenant: Tenant, request: Request, form: Parameters) -> Connection:
        """The connection, where no client is named: scripts of each of its clients may read the answer.

        Raises ``BadConnection``.
        """
        name = needed(form, "connection")
        found = await self._connections.by_name(tenant.tenant_id, name)
        if found is None or found.strategy != PASSWORDLESS or not found.enabled_clients:
            raise BadConnection(
                f"The connection {name[:128]} was not found, is not passwordless, or is closed."
            )
        if "origin" in request.headers:
            clients = [await self._clients.get(tenant.tenant_id, each) for each in found.enabled_clients]
            origins = frozenset(origin for one in clients if one for origin in one.script_origins())
            allow_origins(request, lambda: origins)
        return found


def needed(form: Parameters, name: str) -> str:
    """A parameter that nothing goes without. Raises ``BadRequest``."""
    value: str | None = form.get(name)
    if value is None:
        raise BadRequest(f"Missing required parameter: {name}")
    return value


def nothing_twice(request: Request, *parameters: Parameters) -> None:
    """Each parameter came once, and none in the URL. Raises ``BadRequest``."""
    if request.scope["query_string"]:
        raise BadRequest("Parameters belong into the body, not into the URL.")
    repeated = sorted(name for each in parameters for name in each.repeated)
    if repeated:
        raise BadRequest(f"Repeated parameter: {', '.join(repeated)[:200]}")
