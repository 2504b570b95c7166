"""From which pages a password may come: those of the client, when it may take passwords itself."""

from starlette.requests import Request

from gatewright.clients import Client, Clients
from gatewright.embedded.errors import CrossOriginNotAllowed
from gatewright.embedded.events import CrossOriginRefused
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.kernel.urls import origin_of
from gatewright.tenants import Tenant
from gatewright.web.context import context_of


def check_origin(client: Client, origin: str | None) -> str:
    """The origin, if pages there may bring passwords for the client. Raises ``CrossOriginNotAllowed``.

    It is what the browser says in ``Origin``, and browsers let no script say another (Fetch §3.2).
    """
    if origin is None or origin not in client.script_origins():
        seen = (origin or "no Origin header")[:200]
        raise CrossOriginNotAllowed(
            f"Origin seen: {seen}. It may not bring passwords for the client {client.client_id}: "
            "add it, exactly as seen, to the client's allowed_origins or web_origins."
        )
    if not client.takes_passwords_itself:
        raise CrossOriginNotAllowed(
            f"The client {client.client_id} may not take passwords on its own pages (origin seen: {origin}): "
            "set its cross_origin_authentication to true."
        )
    return origin


def still_allowed(client: Client, origin: str) -> bool:
    """Whether what a page at ``origin`` brought a moment ago would be taken from it now."""
    return client.takes_passwords_itself and origin in client.script_origins()


def own_origins(tenant: Tenant) -> frozenset[str]:
    """The origins of our own pages, on every host of the tenant."""
    scheme = "https" if tenant.is_https else "http"
    return frozenset((origin_of(tenant.issuer), *(f"{scheme}://{host}" for host in tenant.hosts)))


def is_own_page(request: Request, tenant: Tenant) -> bool:
    """Whether the browser says that a page of ours asks; one that says nothing does not count."""
    return request.headers.get("origin") in own_origins(tenant)


class OriginCheck:
    """Checks the page that brings a password, and puts those that may not on record."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    async def checked(self, request: Request, client: Client) -> str:
        """The page's origin. Raises ``CrossOriginNotAllowed``."""
        try:
            return check_origin(client, request.headers.get("origin"))
        except CrossOriginNotAllowed as error:
            context = context_of(request)
            event = CrossOriginRefused(
                tenant_id=context.tenant.tenant_id,
                at=self._clock.now(),
                origin=context.origin,
                client_id=client.client_id,
                client_name=client.name,
                description=error.description,
            )
            await self._bus.commit((), event)
            raise


class KnownOrigins:
    """The origins of all clients of a tenant, for questions that name no client."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[str, tuple[Tenant, frozenset[str]]] = {}

    async def of(self, tenant: Tenant) -> frozenset[str]:
        """The origins; remembered as long as the tenant's configuration stands."""
        known = self._known.get(tenant.tenant_id)
        if known is None or known[0] is not tenant:
            clients = await self._clients.all(tenant.tenant_id)
            known = (tenant, frozenset[str]().union(*(client.script_origins() for client in clients)))
            self._known[tenant.tenant_id] = known
        return known[1]
