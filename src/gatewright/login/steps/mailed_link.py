"""What the pages behind mailed links share: the ticket is looked at on GET and spent on POST.

Mail scanners follow links; nothing happens until a person presses the button.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.kernel.events import Bus
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.texts import N_
from gatewright.login.browser import BrowserCookie
from gatewright.login.events import TicketRefused
from gatewright.login.store import TicketStore
from gatewright.login.tickets import Ticket, TicketKind
from gatewright.protection import TICKET_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import User, Users
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages

SPENT = N_("This link was used already, or a newer one was asked for.")
EXPIRED = N_("This link is too old.")
UNKNOWN = N_("This link is not one of ours.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket in force, its secret and its user."""

    secret: str
    ticket: Ticket
    user: User


class MailedLinks:
    """Opens tickets, and answers for those that open nothing."""

    def __init__(
        self,
        *,
        tickets: TicketStore,
        users: Users,
        limiter: AttemptLimiter,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._tickets = tickets
        self._users = users
        self._limiter = limiter
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def open(self, request: Request, kind: TicketKind, secret: str) -> Opened | Response:
        """The ticket, or the page that says why it opens nothing. Wrong ones are counted by address."""
        context = context_of(request)
        subject = network_of(context.origin.ip)
        try:
            self._limiter.refuse_if_blocked(context.tenant.tenant_id, TICKET_PER_IP, subject)
            found = await self._tickets.get(context.tenant.tenant_id, fingerprint(secret))
            if found is None or found[0].kind != kind:
                await self._limiter.failed(context.tenant.tenant_id, TICKET_PER_IP, subject, context.origin)
                return await self.refused(request, UNKNOWN)
        except TooMany:
            return await self.refused(request, UNKNOWN, status=429)
        ticket, used_at = found
        if used_at is not None:
            return await self.refused(request, SPENT, ticket)
        if self._clock.now() >= ticket.expires_at:
            return await self.refused(request, EXPIRED, ticket)
        user = await self._users.get(context.tenant.tenant_id, ticket.user_id)
        if user is None or user.blocked or user.email != ticket.email:
            return await self.refused(request, SPENT, ticket)
        return Opened(secret, ticket, user)

    async def refused(
        self, request: Request, why: str, ticket: Ticket | None = None, *, status: int = 400
    ) -> Response:
        """The page for a link that no longer works, on record."""
        context = context_of(request)
        event = TicketRefused(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            user_id=ticket.user_id if ticket else None,
            description=why,
        )
        await self._bus.commit((), event)
        return self._pages.show(
            request, "login/ticket_spent.html", status=status, what=why, restart_url=self.restart_url(request)
        )

    def restart_url(self, request: Request) -> str:
        """Where to begin anew: the transaction the mail was asked for in, or the tenant's default."""
        state = request.query_params.get("state", "")
        default = context_of(request).tenant.settings.default_redirection_uri
        return f"/u/login?state={state}" if _is_secret(state) else default

    def show(
        self, request: Request, template: str, opened: Opened, *, status: int = 200, **context: object
    ) -> Response:
        """A page with a form for the ticket, bound to this browser."""
        cookie = BrowserCookie.of(request, secure=context_of(request).tenant.is_https)
        response = self._pages.show(
            request,
            template,
            locale=opened.ticket.locale,
            status=status,
            csrf=cookie.form_token(opened.ticket.ticket_hash),
            ticket=opened.secret,
            email=opened.ticket.email,
            **context,
        )
        cookie.write(response)
        return response


def _is_secret(text: str) -> bool:
    return len(text) == 43 and text.replace("-", "").replace("_", "").isalnum() and text.isascii()
