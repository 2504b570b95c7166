"""The application's page vouches for a browser that blocks cookies of other sites (the wire §2.12).

That page is opened in a hidden frame of ours. It finds the verifier in its own storage, where the page that
brought the password put it, and hands it to ours alone. So a ticket is of no use in any other browser.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.embedded.model import LIFETIMES, LoginTicket
from gatewright.embedded.origins import is_own_page
from gatewright.embedded.tickets import SPENT, ArrivedSessions, LoginTickets
from gatewright.embedded.too_many import TooManyPages
from gatewright.kernel import ids
from gatewright.kernel.errors import Invalid, TooMany
from gatewright.kernel.events import Bus
from gatewright.kernel.secrets import fingerprint, matches
from gatewright.kernel.texts import N_, Phrase
from gatewright.kernel.units import Unmatched
from gatewright.kernel.urls import origin_of
from gatewright.login.way_back import WayBack
from gatewright.oauth.arrival import Begun
from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.errors import InvalidRequest, LoginRequired
from gatewright.oauth.hints import IdTokenHints
from gatewright.oauth.requests import kept, parked
from gatewright.tenants import Tenant
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters, from_form
from gatewright.web.scripts import Script, script_file
from gatewright_guard import GuardError

_SCRIPT = script_file(__file__, "verification.js")
_NOT_VOUCHED = (
    "The page at the client's cross_origin_loc did not vouch for this browser: "
    "it has no verifier for the login ticket, or did not answer."
)


class VerificationPage:
    """Shows the page that asks the application's."""

    def __init__(self, *, tickets: LoginTickets, hints: IdTokenHints, pages: HostedPages, bus: Bus) -> None:
        self._tickets = tickets
        self._hints = hints
        self._pages = pages
        self._bus = bus

    async def ask(
        self, request: Request, client: Client, ticket: LoginTicket, parameters: Parameters
    ) -> Response:
        """Spends the ticket for one that waits for the verifier, together with the authorization request.

        Raises ``LoginRequired`` when it is spent.
        """
        tenant, state = context_of(request).tenant, ids.opaque_token()
        subject = await self._hinted_subject(tenant, client, parameters.get("id_token_hint", ""))
        waiting = msgspec.structs.replace(
            ticket,
            ticket_hash=fingerprint(state),
            kind="verification",
            expires_at=ticket.created_at + LIFETIMES["login"] + LIFETIMES["verification"],
            request=parked(kept(parameters), subject),
        )
        try:
            await self._bus.commit(
                (self._tickets.take(tenant.tenant_id, ticket), self._tickets.put(tenant.tenant_id, waiting))
            )
        except Unmatched:
            raise LoginRequired(SPENT) from None
        return self._page(request, client, waiting, state, parameters.get("ui_locales", ""))

    async def _hinted_subject(self, tenant: Tenant, client: Client, hint: str) -> str:
        """Whom the hint names: it is a token, so the person is remembered in its place."""
        try:
            return (await self._hints.of_client(tenant, client, hint)).subject if hint else ""
        except GuardError:
            raise InvalidRequest(
                "id_token_hint is not an id_token that was issued here for this client."
            ) from None

    def _page(
        self, request: Request, client: Client, waiting: LoginTicket, state: str, ui_locales: str
    ) -> Response:
        """Only the application may frame it, for in frames it answers as ``web_message``."""
        location = (client.cross_origin_loc or "").partition("#")[0]
        ours, theirs = origin_of(context_of(request).tenant.issuer), origin_of(location)
        return self._pages.show(
            request,
            "embedded/verification.html",
            locale=self._pages.locale(request, ui_locales),
            form_targets=None,
            framed_by=sorted(client.script_origins()),
            frames=(theirs,),
            tells_origin=True,
            script=Script(_SCRIPT, {"id": waiting.co_id, "origin": theirs}),
            action="/co/verify",
            state=state,
            location=f"{location}#origin={ours}",
            client_name=client.name,
        )


class VerifyEndpoint:
    """Answers ``POST /co/verify``, the form of that page."""

    def __init__(
        self,
        *,
        authorize: AuthorizeEndpoint,
        tickets: LoginTickets,
        sessions: ArrivedSessions,
        way_back: WayBack,
        pages: HostedPages,
        bus: Bus,
        too_many: TooManyPages,
    ) -> None:
        self._authorize = authorize
        self._tickets = tickets
        self._sessions = sessions
        self._way_back = way_back
        self._pages = pages
        self._bus = bus
        self._too_many = too_many

    async def __call__(self, request: Request) -> Response:
        """What the waiting authorization request gets: its answer, or ``login_required``.

        The browser has to say that a page of ours sends the form. There is no cookie to prove it, since the
        page may stand in a frame where cookies are blocked.
        """
        try:
            form = await from_form(request)
        except Invalid as error:
            return self._way_back.malformed(request, error)
        if form.repeated:
            return self._way_back.malformed(request, Invalid(Phrase(N_("a field was sent more than once"))))
        if not is_own_page(request, context_of(request).tenant):
            return self._over(request, 403)
        try:
            return await self._verified(request, form)
        except TooMany as error:
            return self._too_many.page(request, error)

    async def _verified(self, request: Request, form: Parameters) -> Response:
        context = context_of(request)
        ticket = await self._tickets.find(context, form.get("state", ""), "verification")
        if ticket is None:
            return self._over(request, 400)

        async def arrive(request: Request, client: Client, *_: object) -> Begun:
            return await self._arrived(request, client, ticket, form.get("verifier", ""))

        return await self._authorize.answer(request, Parameters(ticket.request), arrive=arrive)

    async def _arrived(self, request: Request, client: Client, ticket: LoginTicket, verifier: str) -> Begun:
        context = context_of(request)
        if matches(verifier, ticket.verifier_hash):
            return await self._sessions.by_ticket(request, client, ticket)
        try:
            await self._bus.commit((self._tickets.take(context.tenant.tenant_id, ticket),))
        except Unmatched:
            raise LoginRequired(SPENT) from None
        if verifier:
            await self._tickets.wrong(context)
        raise LoginRequired(_NOT_VOUCHED)

    def _over(self, request: Request, status: int) -> Response:
        return self._pages.error(
            request,
            title=N_("This page has nothing to show"),
            message=N_("It belongs to a sign-in that is over. Start again from the application."),
            status=status,
            back_url=context_of(request).tenant.settings.default_redirection_uri,
        )
