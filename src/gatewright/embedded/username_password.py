"""``/usernamepassword/login``: the password for a form that signs the browser in (the wire §2.11).

Where the form is posted from has to be where the password came from. A page of ours is known by the
browser's own cookie, which no page of another site makes it send; a page of the application by its origin,
which no page elsewhere can claim. So nobody can sign somebody else in as themselves.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gatewright.clients import Client, Clients
from gatewright.embedded.credentials import required
from gatewright.embedded.database_errors import refusal
from gatewright.embedded.errors import CrossOriginNotAllowed
from gatewright.embedded.events import CrossOriginAuthenticated
from gatewright.embedded.origins import OriginCheck, own_origins
from gatewright.embedded.proof import Passwords
from gatewright.embedded.signed_forms import FormSigning, SignedForm, context_text
from gatewright.embedded.tickets import LoginTickets
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, Invalid
from gatewright.kernel.events import Bus
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.texts import N_
from gatewright.login.browser import BrowserCookie
from gatewright.oauth.requests import kept
from gatewright.oauth.responses import NO_STORE, json_answer
from gatewright.oauth.responses import refusal as protocol_refusal
from gatewright.oauth.token import parse
from gatewright.web.context import context_of
from gatewright.web.cors import allow_origins
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters, from_body

_LONGEST_HELLO = 1_024
_WORDS = N_("Scripts are off in your browser. Press the button to go on.")


class UsernamePasswordLogin:
    """Answers ``POST /usernamepassword/login``."""

    def __init__(
        self,
        *,
        clients: Clients,
        passwords: Passwords,
        signing: FormSigning,
        tickets: LoginTickets,
        page: OriginCheck,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._passwords = passwords
        self._signing = signing
        self._tickets = tickets
        self._page = page
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """HTML that begins with the form, or a refusal in the shape of the database endpoints."""
        try:
            asked = await parse(request)
            client = await self._client(request, asked)
            origin = await self._foreign_origin(request, client)
            return await self._form(request, client, origin, asked)
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())

    async def _client(self, request: Request, asked: Parameters) -> Client:
        client_id = required(asked, "client_id")
        client = await self._clients.get(context_of(request).tenant.tenant_id, client_id)
        if client is None:
            raise CrossOriginNotAllowed("invalid client")
        allow_origins(request, client.script_origins)
        return client

    async def _foreign_origin(self, request: Request, client: Client) -> str:
        """The origin of the application's page; empty for ours. Raises ``CrossOriginNotAllowed``."""
        origin = request.headers.get("origin")
        if origin is None or origin in own_origins(context_of(request).tenant):
            return ""
        return await self._page.checked(request, client)

    async def _form(self, request: Request, client: Client, origin: str, asked: Parameters) -> Response:
        context = context_of(request)
        proven = await self._passwords.prove(
            context,
            client,
            realm=asked.get("connection", ""),
            username=required(asked, "username"),
            password=required(asked, "password"),
        )
        wresult = await self._signing.sign(context.tenant, proven)
        wctx = context_text(_context(request, asked, proven.connection))
        cookie = BrowserCookie.of(request, secure=context.tenant.is_https)
        ticket = self._tickets.new(
            "form",
            wresult,
            client,
            proven,
            origin=origin,
            cookie_hash="" if origin else fingerprint(cookie.secret),
            context=wctx,
        )
        event = CrossOriginAuthenticated(
            tenant_id=context.tenant.tenant_id,
            at=ticket.created_at,
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=proven.user.user_id,
            user_name=proven.user.display_name,
            connection=proven.connection,
            details={"origin": origin},
        )
        await self._bus.commit((self._tickets.put(context.tenant.tenant_id, ticket),), event)
        response = self._answer(request, SignedForm(wresult, wctx))
        if not origin:
            cookie.write(response)
        return response

    def _answer(self, request: Request, form: SignedForm) -> Response:
        locale = self._pages.locale(request)
        body = form.html(
            context_of(request).tenant.url("login/callback"),
            self._pages.text(locale, _WORDS),
            self._pages.text(locale, N_("Continue")),
        )
        headers = {
            **NO_STORE,
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        }
        return HTMLResponse(body, headers=headers)


def _context(request: Request, asked: Parameters, connection: str) -> dict[str, str]:
    """The authorization request, and what the wire tells besides. No secret and no token goes along."""
    hello = asked.get("auth0Client") or request.headers.get("auth0-client", "")
    request_parameters = {name: value for name, value in kept(asked).items() if name != "id_token_hint"}
    return {
        **request_parameters,
        "strategy": "auth0",
        "auth0Client": hello[:_LONGEST_HELLO],
        "tenant": context_of(request).tenant.tenant_id,
        "connection": connection,
        "session_user": ids.hexadecimal(),
    }


class ChallengeEndpoint:
    """Answers ``POST /usernamepassword/challenge``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Whether the page has to show a puzzle first. No bot check is configured, so it never has to."""
        try:
            asked = await from_body(request)
            if asked.repeated or "state" not in asked:
                raise Invalid("Missing or repeated parameter: state")
        except GatewrightError as error:
            return protocol_refusal(error, now=self._clock.now())
        return json_answer({"required": False})
