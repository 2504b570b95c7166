"""``/login/callback``: the form of ``/usernamepassword/login`` comes back and is worth a session (§2.11)."""

import hmac

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.embedded.model import LoginTicket
from gatewright.embedded.origins import own_origins, still_allowed
from gatewright.embedded.signed_forms import WA, FormSigning
from gatewright.embedded.tickets import ArrivedSessions, LoginTickets
from gatewright.embedded.too_many import TooManyPages
from gatewright.kernel.errors import Invalid, TooMany
from gatewright.kernel.secrets import fingerprint, matches
from gatewright.kernel.texts import N_, Phrase
from gatewright.login.browser import BrowserCookie
from gatewright.oauth.arrival import Begun
from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.errors import AccessDenied, ShownError
from gatewright.oauth.shown import ShownErrors
from gatewright.tenants import Tenant
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import Parameters, from_form
from gatewright_guard import GuardError

_UNKNOWN = N_("It is unknown, was used already, or is older than a minute.")
_CHANGED = N_("The request that came with it is not the one it was made for.")
_ELSEWHERE = N_("It comes from another page or another browser than the password did.")


class FormCallback:
    """Answers ``POST /login/callback``."""

    def __init__(
        self,
        *,
        authorize: AuthorizeEndpoint,
        tickets: LoginTickets,
        sessions: ArrivedSessions,
        signing: FormSigning,
        shown: ShownErrors,
        too_many: TooManyPages,
    ) -> None:
        self._authorize = authorize
        self._tickets = tickets
        self._sessions = sessions
        self._signing = signing
        self._shown = shown
        self._too_many = too_many

    async def __call__(self, request: Request) -> Response:
        """What the authorization request gets that the form carries, or an error page."""
        try:
            form = await from_form(request)
            if form.repeated or form.get("wa") != WA or "wresult" not in form or "wctx" not in form:
                raise Invalid(Phrase(N_("the form has no wa, wresult and wctx, each once")))
            ticket = await self._checked(request, form["wresult"], form["wctx"])
        except TooMany as error:
            return self._too_many.page(request, error)
        except (Invalid, ShownError) as error:
            return await self._shown.page(request, error)

        async def arrive(request: Request, client: Client, *_: object) -> Begun:
            return await self._arrived(request, client, ticket)

        wanted = msgspec.json.decode(form["wctx"], type=dict[str, str])
        return await self._authorize.answer(
            request, Parameters({name: value for name, value in wanted.items() if value}), arrive=arrive
        )

    async def _checked(self, request: Request, wresult: str, wctx: str) -> LoginTicket:
        """The ticket of the result, bound to this context, page and browser. Raises ``ShownError``."""
        context = context_of(request)
        ticket = await self._tickets.find(context, wresult, "form")
        if ticket is None or not await self._is_ours(context, wresult, ticket):
            raise _refused(_UNKNOWN)
        if not matches(wctx, ticket.context_hash):
            raise _refused(_CHANGED)
        if not _comes_from_there(request, context.tenant, ticket):
            raise _refused(_ELSEWHERE)
        return ticket

    async def _is_ours(self, context: Context, wresult: str, ticket: LoginTicket) -> bool:
        try:
            await self._signing.check(context.tenant, wresult, ticket.connection)
        except GuardError:
            return False
        return True

    async def _arrived(self, request: Request, client: Client, ticket: LoginTicket) -> Begun:
        if ticket.client_id != client.client_id:
            raise AccessDenied("The form was made for another client.")
        if ticket.origin and not still_allowed(client, ticket.origin):
            raise AccessDenied(
                "The client may not take passwords on the page that brought this one any more."
            )
        return await self._sessions.by_ticket(request, client, ticket)


def _comes_from_there(request: Request, tenant: Tenant, ticket: LoginTicket) -> bool:
    """Whether the form is posted by the page, in the browser, that brought the password.

    Browsers say the origin with every form that one site posts to another. Our own pages may hide it, but
    then the browser's cookie, which is ``SameSite=Lax``, is not sent with a form of anybody else.
    """
    origin = request.headers.get("origin")
    if ticket.origin:
        return origin == ticket.origin
    if origin not in (None, "null") and origin not in own_origins(tenant):
        return False
    cookie = BrowserCookie.read(request, secure=tenant.is_https)
    return cookie is not None and hmac.compare_digest(fingerprint(cookie.secret), ticket.cookie_hash)


def _refused(why: str) -> ShownError:
    return ShownError(
        "access_denied",
        N_("The form that was to sign you in is not accepted. Start again from the application."),
        facts=((N_("What was wrong"), Phrase(why)),),
    )
