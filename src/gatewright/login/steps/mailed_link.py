"""What the pages behind mailed links share: the ticket is looked at on GET and spent on POST.

Mail scanners follow links; nothing happens until a person presses the button.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

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


Standing = Literal["in force", "done", "expired", "spent"]
"""What a link of ours is good for: *done* is what it wanted, whoever follows it again."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """A link of ours in whatever state: its secret, its ticket, and when that was spent."""

    secret: str
    ticket: Ticket
    used_at: int | None

    def owner(self, user: User | None) -> User | None:
        """The ``user`` its ticket names, while they may come in and the address is still theirs."""
        if user is None or user.blocked or user.email != self.ticket.email:
            return None
        kept = {"", *(identity.identity_id for identity in user.identities)}
        return user if self.ticket.identity_id in kept else None

    def standing(self, user: User | None, now: int) -> Standing:
        """How it stands at ``now``; ``user`` is whom its ticket names, as they are now."""
        owner = self.owner(user)
        is_verified = owner is not None and owner.email_verified
        if is_verified and self.used_at is not None and self.ticket.kind == "verify_email":
            return "done"  # what a person did twice, or a mail program before them, is no failure
        if now >= self.ticket.expires_at:
            return "expired"
        return "in force" if owner is not None and self.used_at is None else "spent"


@dataclass(frozen=True, slots=True)
class Opened(Mailed):
    """A link in force, and its user."""

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
        """The link in force, or the page that says why it opens nothing."""
        mailed = await self.find(request, kind, secret)
        if isinstance(mailed, Response):
            return mailed
        user = await self._users.get(context_of(request).tenant.tenant_id, mailed.ticket.user_id)
        standing = mailed.standing(user, self._clock.now())
        if standing == "done":
            return await self.verified(request, mailed.ticket)
        if user is None or standing != "in force":
            return await self.refused(request, EXPIRED if standing == "expired" else SPENT, mailed)
        return Opened(secret, mailed.ticket, mailed.used_at, user)

    async def find(self, request: Request, kind: TicketKind, secret: str) -> Mailed | Response:
        """The link in whatever state, or the page for one that is none. Those are counted by address."""
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
        return Mailed(secret, *found)

    async def spent(self, request: Request, mailed: Mailed) -> Response:
        """The page for a link that was used before."""
        return await self.refused(request, SPENT, mailed)

    async def verified(self, request: Request, ticket: Ticket) -> Response:
        """The page for an address that is confirmed, or the way on to the application."""
        if ticket.result_url:
            return self.result(ticket, N_("Your address is confirmed"))
        return self._pages.show(
            request,
            "login/email_verified.html",
            locale=ticket.locale,
            continue_url=await self.way_on(request, ticket),
        )

    def result(self, ticket: Ticket, message: str) -> Response:
        """To where whoever made the ticket wants the person to go, with the outcome in the query."""
        words = self._pages.text(ticket.locale, message)
        outcome = {"success": "true", "code": "success", "message": words}
        if ticket.tells_email and ticket.email:
            outcome["email"] = ticket.email
        url = f"{ticket.result_url}{'&' if '?' in ticket.result_url else '?'}{urlencode(outcome)}"
        return RedirectResponse(url, 303, {"cache-control": "no-store"})

    async def refused(
        self, request: Request, why: str, mailed: Mailed | None = None, *, status: int = 400
    ) -> Response:
        """The page for a link that no longer works, on record."""
        context = context_of(request)
        event = TicketRefused(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            user_id=mailed.ticket.user_id if mailed else None,
            description=why,
        )
        await self._bus.commit((), event)
        if mailed is not None and mailed.ticket.kind == "verify_email":
            return await self.another(request, mailed, why=why)
        return self._pages.show(
            request,
            "login/ticket_spent.html",
            locale=mailed.ticket.locale if mailed else "",
            status=status,
            what=why,
            restart_url=await self.way_on(request, mailed.ticket if mailed else None),
        )

    async def another(
        self, request: Request, mailed: Mailed, *, why: str = "", error: str = "", status: int = 400
    ) -> Response:
        """The page that offers to mail another link in the place of one that no longer confirms an address.

        ``why`` says what became of this one, ``error`` what hinders the offer.
        """
        return self.show(
            request,
            "login/verify_again.html",
            mailed,
            status=status,
            action=action_of(request),
            what=why,
            error=error,
            restart_url=await self.way_on(request, mailed.ticket),
        )

    async def way_on(self, request: Request, ticket: Ticket | None) -> str:
        """Where to go from here: the sign-in the mail was asked for in, or the application."""
        return await self._way_back.home(request, otherwise=ticket.home_url if ticket else "")

    def show(
        self, request: Request, template: str, mailed: Mailed, *, status: int = 200, **context: object
    ) -> Response:
        """A page with a form for the ticket, bound to this browser."""
        cookie = BrowserCookie.of(request, secure=context_of(request).tenant.is_https)
        response = self._pages.show(
            request,
            template,
            locale=mailed.ticket.locale,
            status=status,
            csrf=cookie.form_token(mailed.ticket.ticket_hash),
            ticket=mailed.secret,
            **context,
        )
        cookie.write(response)
        return response


def action_of(request: Request) -> str:
    """Where the page's form goes: to the address it was opened at, which names the sign-in to go on with."""
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}"
