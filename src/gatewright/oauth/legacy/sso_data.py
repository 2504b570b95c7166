"""``/user/ssodata``: lets an application ask, before it sends anybody away, whether somebody is signed in.

The answer hangs on the session cookie and tells of a person, so no script reads it but those of the tenant's
own first-party clients of the legacy pipeline. For everybody else nobody is signed in.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client, Clients
from gatewright.connections import Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.oauth.current_session import CurrentSession
from gatewright.oauth.policy import SignedIn
from gatewright.oauth.responses import json_answer, refusal
from gatewright.tenants import Tenant
from gatewright.web.context import context_of
from gatewright.web.cors import allow_origins, permission
from gatewright.web.parameters import from_query

_NOBODY: dict[str, object] = {"sso": False}


class SsoDataEndpoint:
    """Answers ``GET /user/ssodata`` and the question before it (the wire §2.17)."""

    def __init__(
        self, *, clients: Clients, connections: Connections, current: CurrentSession, clock: Clock
    ) -> None:
        self._clients = clients
        self._connections = connections
        self._current = current
        self._clock = clock
        self._known: dict[str, tuple[Tenant, frozenset[str]]] = {}

    async def __call__(self, request: Request) -> Response:
        """Whether somebody is signed in, and if so who, from where, and to which clients."""
        try:
            is_open = await self._is_open(request)
            response = json_answer(await self._told(request) if is_open else _NOBODY)
        except GatewrightError as error:
            response = refusal(error, now=self._clock.now())
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["cross-origin-resource-policy"] = "same-origin"
        return response

    async def preflight(self, request: Request) -> Response:
        """Allows the question, cookies included, to the origins that may read the answer."""
        try:
            await self._is_open(request)
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())
        return permission(("GET",))

    async def _is_open(self, request: Request) -> bool:
        """Whether whoever asks may read the answer: a script of a known origin, or the person themselves."""
        origin, client_id = request.headers.get("origin"), from_query(request).get("client_id")
        origins = await self._origins(context_of(request).tenant, client_id)
        allow_origins(request, lambda: origins)
        return origin is None or origin in origins

    async def _origins(self, tenant: Tenant, client_id: str | None) -> frozenset[str]:
        """Of the client named, or of all: remembered as long as the tenant's configuration stands."""
        if client_id is not None:
            client = await self._clients.get(tenant.tenant_id, client_id)
            return _origins_of(client) if client else frozenset()
        known = self._known.get(tenant.tenant_id)
        if known is None or known[0] is not tenant:
            clients = await self._clients.all(tenant.tenant_id)
            known = (tenant, frozenset(origin for client in clients for origin in _origins_of(client)))
            self._known[tenant.tenant_id] = known
        return known[1]

    async def _told(self, request: Request) -> dict[str, object]:
        signed_in = await self._current.of(request)
        if signed_in is None:
            return _NOBODY
        tenant_id = context_of(request).tenant.tenant_id
        connection = await self._connections.by_name(tenant_id, signed_in.session.connection)
        if connection is None:
            return _NOBODY
        return _about(signed_in, strategy=connection.strategy)


def _origins_of(client: Client) -> frozenset[str]:
    is_served = client.is_first_party and not client.oidc_conformant
    return client.script_origins() if is_served else frozenset()


def _about(signed_in: SignedIn, *, strategy: str) -> dict[str, object]:
    session, user = signed_in.session, signed_in.user
    told: dict[str, object] = {
        "sso": True,
        "sessionClients": list(session.clients),
        "lastUsedUserID": user.user_id,
        "lastUsedUsername": user.email or user.username or user.display_name,
        "lastUsedConnection": {"name": session.connection, "strategy": strategy},
    }
    return {**told, "lastUsedClientID": session.clients[-1]} if session.clients else told
