"""``/authorize`` with a ``login_ticket``: it becomes a session, or the browser has to be vouched for."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.connections import Connections, NoDatabase
from gatewright.embedded.cookie import CrossOriginCookie
from gatewright.embedded.model import LoginTicket
from gatewright.embedded.origins import still_allowed
from gatewright.embedded.tickets import SPENT, ArrivedSessions, LoginTickets
from gatewright.embedded.too_many import TooManyPages
from gatewright.embedded.verification import VerificationPage
from gatewright.kernel.errors import TooMany
from gatewright.kernel.urls import origin_of
from gatewright.oauth.arrival import Begun
from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.errors import AccessDenied, LoginRequired
from gatewright.oauth.requests import AuthorizationRequest
from gatewright.tenants import Tenant
from gatewright.web.context import context_of
from gatewright.web.parameters import Parameters

_NO_COOKIE = (
    "The cookie of the login ticket did not come along: this browser blocks cookies of other sites, "
    "or another one got the ticket. "
    "Set the client's cross_origin_loc to a page that calls crossOriginVerification."
)


class TicketedAuthorize:
    """Answers ``GET`` and ``POST /authorize``; without a ticket, as the endpoint itself does."""

    def __init__(
        self,
        *,
        authorize: AuthorizeEndpoint,
        tickets: LoginTickets,
        sessions: ArrivedSessions,
        connections: Connections,
        verification: VerificationPage,
        too_many: TooManyPages,
    ) -> None:
        self._authorize = authorize
        self._tickets = tickets
        self._sessions = sessions
        self._connections = connections
        self._verification = verification
        self._too_many = too_many

    async def __call__(self, request: Request) -> Response:
        """A redirect with a code or an error, a redirect to the login pages, or an error page."""
        try:
            return await self._authorize(request, self._arrive)
        except TooMany as error:
            return self._too_many.page(request, error)

    async def _arrive(
        self, request: Request, client: Client, parameters: Parameters, _: AuthorizationRequest
    ) -> Begun | Response | None:
        secret: str | None = parameters.get("login_ticket")
        if secret is None:
            return None
        context = context_of(request)
        ticket = await self._tickets.find(context, secret, "login")
        if ticket is None:
            raise LoginRequired(SPENT)
        await self._check(context.tenant, client, ticket, parameters.get("realm", ""))
        if CrossOriginCookie(secure=context.tenant.is_https).fits(request, ticket.cookie_hash):
            return await self._sessions.by_ticket(request, client, ticket)
        if not origin_of(client.cross_origin_loc or ""):
            raise LoginRequired(_NO_COOKIE)
        return await self._verification.ask(request, client, ticket, parameters)

    async def _check(self, tenant: Tenant, client: Client, ticket: LoginTicket, realm: str) -> None:
        """Whether the ticket is for this very client and realm. Raises ``AccessDenied``."""
        if ticket.client_id != client.client_id:
            raise AccessDenied("The login ticket was issued to another client.")
        if not still_allowed(client, ticket.origin):
            raise AccessDenied(
                "The client may not take passwords on the page that brought this one any more."
            )
        if not realm or realm == ticket.connection:
            return
        try:
            named = await self._connections.database_called(tenant.tenant_id, client.client_id, realm)
        except NoDatabase as error:
            raise AccessDenied(error.message) from None
        if named.name != ticket.connection:
            raise AccessDenied("The login ticket was issued for another realm.")
