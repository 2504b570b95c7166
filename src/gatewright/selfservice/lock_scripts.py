"""What Lock loads to know which application it stands for (the wire §1.3).

Everything in here the hosted login page shows too, or stands in the address of every sign-in. Nothing else
of a client or a connection is taken over: fields are named one by one.
"""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client, Clients
from gatewright.connections import Connection, Connections, DatabaseOptions
from gatewright.kernel.clock import Clock
from gatewright.selfservice.answers import refusal
from gatewright.selfservice.errors import UnknownClient
from gatewright.selfservice.scripts import revalidated, script
from gatewright.tenants import Tenant
from gatewright.web.context import context_of

_CACHE = "no-cache"
_DATABASE = "auth0"
_TYPES = {"auth0": "database", "email": "passwordless", "sms": "passwordless"}


class LockScripts:
    """Answers ``GET /client/{client_id}.js`` and ``GET /info-v1.js``."""

    def __init__(self, clients: Clients, connections: Connections, clock: Clock) -> None:
        self._clients = clients
        self._connections = connections
        self._clock = clock
        self._known: dict[str, tuple[Tenant, dict[str, object]]] = {}

    async def client(self, request: Request) -> Response:
        """A script that tells Lock of the application and its connections; 404 for one there is not.

        A script with a 404 is an error to the browser, so Lock says at once that it cannot begin.
        """
        tenant, client_id = context_of(request).tenant, request.path_params["client_id"]
        client = await self._clients.get(tenant.tenant_id, client_id)
        if client is None:
            return refusal(UnknownClient("There is no such client."), now=self._clock.now())
        connections = await self._connections.of_client(tenant.tenant_id, client.client_id)
        told = script("Auth0.setClient", _of_client(tenant, client, connections), cache_control=_CACHE)
        return revalidated(request, told)

    async def info(self, request: Request) -> Response:
        """A script that tells Lock of the tenant's connections, and which of them each application has."""
        told = await self._of_tenant(context_of(request).tenant)
        return revalidated(request, script("Auth0.setTenant", told, cache_control=_CACHE))

    async def _of_tenant(self, tenant: Tenant) -> dict[str, object]:
        """Remembered as long as the tenant's configuration stands: anybody may ask, and clients are many."""
        known = self._known.get(tenant.tenant_id)
        if known is None or known[0] is not tenant:
            of_clients = {
                client.client_id: await self._connections.of_client(tenant.tenant_id, client.client_id)
                for client in await self._clients.all(tenant.tenant_id)
                if client.app_type != "non_interactive"
            }
            known = (tenant, _of_tenant(tenant, of_clients))
            self._known[tenant.tenant_id] = known
        return known[1]


def _of_client(tenant: Tenant, client: Client, connections: Iterable[Connection]) -> dict[str, object]:
    strategies: dict[str, list[dict[str, object]]] = {}
    for connection in connections:
        strategies.setdefault(connection.strategy, []).append(_connection(connection))
    return {
        "id": client.client_id,
        "tenant": tenant.tenant_id,
        "subscription": "",
        "authorize": tenant.url("authorize"),
        "callback": client.callbacks[0] if client.callbacks else "",
        "hasAllowedOrigins": bool(client.script_origins()),
        "strategies": [{"name": name, "connections": found} for name, found in strategies.items()],
    }


def _connection(connection: Connection) -> dict[str, object]:
    told: dict[str, object] = {"name": connection.name}
    if connection.display_name:
        told["display_name"] = connection.display_name
    options = _database(connection)
    if options is None:
        return told
    length = options.validation.username
    told |= {
        "showSignup": not options.disable_signup,
        "showForgot": not options.disable_self_service_change_password,
        "requires_username": options.requires_username,
        "passwordPolicy": options.password_policy,
        "validation": {"username": {"min": length.min, "max": length.max}},
    }
    shortest = options.password_complexity_options.min_length
    return {**told, "password_complexity_options": {"min_length": shortest}} if shortest else told


def _of_tenant(tenant: Tenant, of_clients: dict[str, list[Connection]]) -> dict[str, object]:
    """Only connections that some application has: one that is enabled nowhere is nobody's business."""
    names = {client_id: [each.name for each in found] for client_id, found in of_clients.items()}
    enabled = {each.name: each for found in of_clients.values() for each in found}
    by_type: dict[str, list[dict[str, object]]] = {
        kind: [] for kind in ("database", "social", "enterprise", "passwordless")
    }
    for connection in enabled.values():
        by_type[_TYPES.get(connection.strategy, "social")].append(_tenant_connection(connection))
    told: dict[str, object] = {"connections": by_type, "clientsConnections": names}
    default = tenant.settings.default_directory
    return {**told, "defaultDirectory": default} if default in enabled else told


def _tenant_connection(connection: Connection) -> dict[str, object]:
    told: dict[str, object] = {"name": connection.name, "strategy": connection.strategy}
    options = _database(connection)
    if options is None:
        return told
    length = options.validation.username
    return {
        **told,
        "validation": {
            "passwordPolicy": options.password_policy,
            "username": {"min": length.min, "max": length.max},
        },
        "allowSignup": not options.disable_signup,
        "allowForgot": not options.disable_self_service_change_password,
        "requiresUsername": options.requires_username,
    }


def _database(connection: Connection) -> DatabaseOptions | None:
    return connection.options if connection.strategy == _DATABASE else None
