"""Another link in the place of one that no longer confirms an address.

It is mailed to where the old one went, and only if that still waits to be confirmed.
The page says the same either way.
"""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit, Unmatched
from gatewright.login import forms
from gatewright.login.mailing import ONE_CLICK, Addressee, Mailing
from gatewright.login.steps.mailed_link import Mailed, MailedLinks, action_of
from gatewright.login.steps.step import NO_COOKIE, TOO_MANY
from gatewright.login.store import TicketStore
from gatewright.login.tickets import Ticket
from gatewright.protection import MAIL_TO_ADDRESS, AttemptLimiter
from gatewright.users import User, Users, VerificationRequested
from gatewright.users.identifiers import normalised
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

AGAIN = "again"
"""The ``action`` of the form that asks for another link."""


class VerifyAgain:
    """Takes the form of the page that ``MailedLinks.another`` shows."""

    def __init__(
        self,
        *,
        links: MailedLinks,
        tickets: TicketStore,
        users: Users,
        mailing: Mailing,
        limiter: AttemptLimiter,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._links = links
        self._tickets = tickets
        self._users = users
        self._mailing = mailing
        self._limiter = limiter
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def take(self, request: Request, form: Parameters) -> Response:
        """Mails another link, or does not, and answers the same; whoever confirmed by this one is told so."""
        mailed = await self._links.find(request, "verify_email", form.get("ticket", ""))
        if isinstance(mailed, Response):
            return mailed
        if not forms.is_ours(request, form, mailed.ticket.ticket_hash):
            return await self._links.another(request, mailed, error=NO_COOKIE)
        context, address = context_of(request), normalised(mailed.ticket.email)
        try:
            await self._limiter.admit(context.tenant.tenant_id, MAIL_TO_ADDRESS, address, context.origin)
        except TooMany as error:
            response = await self._links.another(request, mailed, error=TOO_MANY, status=429)
            response.headers["retry-after"] = str(error.retry_after)
            return response
        return await self._answered(request, mailed)

    async def _answered(self, request: Request, mailed: Mailed) -> Response:
        context = context_of(request)
        user = await self._users.get(context.tenant.tenant_id, mailed.ticket.user_id)
        standing = mailed.standing(user, self._clock.now())
        if standing == "done":
            return await self._links.verified(request, mailed.ticket)
        if standing == "in force":  # needs no other
            return RedirectResponse(action_of(request), 303, {"cache-control": "no-store"})
        await self._mail(context, mailed, mailed.owner(user))
        return self._pages.show(
            request,
            "login/verify_again_sent.html",
            locale=mailed.ticket.locale,
            restart_url=await self._links.way_on(request, mailed.ticket),
        )

    async def _mail(self, context: Context, mailed: Mailed, owner: User | None) -> None:
        """One unit in either case, so that time tells nothing."""
        ticket = mailed.ticket
        changes: Unit = ()
        if owner is not None and not owner.email_verified:
            changes = await self._link(context, ticket, owner)
        event = VerificationRequested(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=ticket.client_id or None,
            client_name=ticket.client_name or None,
            connection=ticket.connection,
            user_id=ticket.user_id,
            user_name=ticket.email,
            details={"mailed": bool(changes)},
        )
        try:
            await self._bus.commit(changes, event)
        except Unmatched:
            return  # the same click: one is on its way
        self._mailing.sent()

    async def _link(self, context: Context, ticket: Ticket, owner: User) -> Unit:
        """The new ticket and its mail, in the place of the old."""
        to = Addressee(
            user=owner,
            connection=ticket.connection,
            locale=ticket.locale,
            client_id=ticket.client_id,
            client_name=ticket.client_name,
            home_url=ticket.home_url,
        )
        tenant, now = context.tenant, self._clock.now()
        renewed = self._tickets.renew(tenant.tenant_id, ticket.ticket_hash, now, pause=ONE_CLICK)
        return (renewed, *await self._mailing.link(tenant, "verify_email", to))
