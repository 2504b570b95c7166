"""The link that confirms an e-mail address."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, Invalid
from gatewright.kernel.units import Unmatched
from gatewright.login import forms
from gatewright.login.steps.mailed_link import MailedLinks, Opened, action_of
from gatewright.login.steps.step import NO_COOKIE
from gatewright.login.steps.verify_again import AGAIN, VerifyAgain
from gatewright.login.store import TicketStore
from gatewright.login.way_back import WayBack
from gatewright.users import EmailVerified, Users
from gatewright.web.context import context_of
from gatewright.web.parameters import Parameters


class VerifyEmail:
    """``GET`` shows a button, ``POST`` confirms."""

    def __init__(
        self,
        *,
        links: MailedLinks,
        again: VerifyAgain,
        tickets: TicketStore,
        users: Users,
        way_back: WayBack,
        clock: Clock,
    ) -> None:
        self._links = links
        self._again = again
        self._tickets = tickets
        self._users = users
        self._way_back = way_back
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """A page with the button that confirms the address."""
        opened = await self._links.open(request, "verify_email", request.query_params.get("ticket", ""))
        if isinstance(opened, Response):
            return opened
        return self._page(request, opened, error="")

    async def submit(self, request: Request) -> Response:
        """Confirms the address, or asks for another link where this one no longer works."""
        try:
            form = await forms.parse(request)
        except Invalid as error:
            return self._way_back.malformed(request, error)
        if form.get("action") == AGAIN:
            return await self._again.take(request, form)
        return await self._confirmed(request, form)

    async def _confirmed(self, request: Request, form: Parameters) -> Response:
        """The ticket is spent in the same unit in which the address becomes a confirmed one."""
        opened = await self._links.open(request, "verify_email", form.get("ticket", ""))
        if isinstance(opened, Response):
            return opened
        if not forms.is_ours(request, form, opened.ticket.ticket_hash):
            return self._page(request, opened, error=NO_COOKIE)
        context, now = context_of(request), self._clock.now()
        event = EmailVerified(
            tenant_id=context.tenant.tenant_id,
            at=now,
            origin=context.origin,
            user_id=opened.user.user_id,
            user_name=opened.user.display_name,
            connection=opened.ticket.connection,
        )
        spend = self._tickets.spend(context.tenant.tenant_id, opened.ticket.ticket_hash, now)
        try:
            await self._users.change(
                context.tenant.tenant_id, opened.user.user_id, event, also=(spend,), email_verified=True
            )
        except (Unmatched, Conflict):
            return await self._links.spent(request, opened)
        return await self._links.verified(request, opened.ticket)

    def _page(self, request: Request, opened: Opened, *, error: str) -> Response:
        return self._links.show(
            request,
            "login/verify_email.html",
            opened,
            status=400 if error else 200,
            action=action_of(request),
            email=opened.ticket.email,
            error=error,
        )
