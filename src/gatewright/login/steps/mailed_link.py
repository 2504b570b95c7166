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
from gatewright.login.steps.step import TOO_MANY
from gatewright.login.store import TicketStore
from gatewright.login.tickets import Ticket, TicketKind
from gatewright.login.way_back import WayBack
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
        way_back: WayBack,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._tickets = tickets
        self._users = users
        self._limiter = limiter
        self._way_back = way_back
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
        except TooMany as error:
            response = await self.refused(request, TOO_MANY, status=429)
            response.headers["retry-after"] = str(error.retry_after)
            return response
        return await self._judged(request, secret, *found)

    async def _judged(
        self, request: Request, secret: str, ticket: Ticket, used_at: int | None
    ) -> Opened | Response:
        user = await self._users.get(context_of(request).tenant.tenant_id, ticket.user_id)
        if user is None or user.blocked or user.email != ticket.email:
            return await self.refused(request, SPENT, ticket)
        if used_at is not None:
            # what a person did twice, or a mail program before them, is no failure
            is_done = ticket.kind == "verify_email" and user.email_verified
            return await (self.verified if is_done else self.spent)(request, ticket)
        if self._clock.now() >= ticket.expires_at:
            return await self.refused(request, EXPIRED, ticket)
        return Opened(secret, ticket, user)

    async def spent(self, request: Request, ticket: Ticket) -> Response:
        """The page for a link that was used before."""
        return await self.refused(request, SPENT, ticket)

    async def verified(self, request: Request, ticket: Ticket) -> Response:
        """The page for an address that is confirmed."""
        return self._pages.show(
            request,
            "login/email_verified.html",
            locale=ticket.locale,
            continue_url=await self.way_on(request, ticket),
        )

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
            request,
            "login/ticket_spent.html",
            locale=ticket.locale if ticket else "",
            status=status,
            what=why,
            restart_url=await self.way_on(request, ticket),
        )

    async def way_on(self, request: Request, ticket: Ticket | None) -> str:
        """Where to go from here: the sign-in the mail was asked for in, or the application."""
        return await self._way_back.home(request, otherwise=ticket.home_url if ticket else "")

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


def action_of(request: Request) -> str:
    """Where the page's form goes: to the address it was opened at, which names the sign-in to go on with."""
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}"
