"""``/co/authenticate``: an application's page brings a password or code for a ticket (the wire §2.12)."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client, Clients
from gatewright.embedded.cookie import CrossOriginCookie
from gatewright.embedded.credentials import Credential
from gatewright.embedded.errors import CrossOriginNotAllowed, UnsupportedCredentialType
from gatewright.embedded.events import CrossOriginAuthenticated
from gatewright.embedded.model import LIFETIMES
from gatewright.embedded.origins import KnownOrigins, OriginCheck
from gatewright.embedded.proof import Proven
from gatewright.embedded.tickets import LoginTickets
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unmatched
from gatewright.oauth.errors import AccessDenied, InvalidRequest
from gatewright.oauth.responses import json_answer, refusal
from gatewright.oauth.token import parse
from gatewright.web.context import Context, context_of
from gatewright.web.cors import allow_origins, permission
from gatewright.web.parameters import Parameters


class CrossOriginAuthentication:
    """Answers ``POST /co/authenticate`` and the question before it."""

    def __init__(
        self,
        *,
        clients: Clients,
        credentials: Iterable[Credential],
        tickets: LoginTickets,
        origins: KnownOrigins,
        page: OriginCheck,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._credentials = {each.credential_type: each for each in credentials}
        self._tickets = tickets
        self._origins = origins
        self._page = page
        self._bus = bus
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """A login ticket, the verifier that vouches for the browser, and a cookie that does so better."""
        try:
            asked = await parse(request)
            client = await self._client(request, asked)
            origin = await self._page.checked(request, client)
            proven = await self._prove(context_of(request), client, asked)
            return await self._answer(request, client, origin, proven)
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())

    async def preflight(self, request: Request) -> Response:
        """Allows the request, cookies included, to pages of the tenant's clients.

        Those that may not take passwords are refused by the answer, for only that can tell them why.
        """
        origins = await self._origins.of(context_of(request).tenant)
        allow_origins(request, lambda: origins)
        return permission(("POST",))

    async def _client(self, request: Request, asked: Parameters) -> Client:
        """The client named, whose pages may read the answer, refusals included."""
        client_id = asked.get("client_id")
        if client_id is None:
            raise InvalidRequest("Missing required parameter: client_id")
        client = await self._clients.get(context_of(request).tenant.tenant_id, client_id)
        if client is None:
            raise CrossOriginNotAllowed("invalid client")
        allow_origins(request, client.script_origins)
        return client

    async def _prove(self, context: Context, client: Client, asked: Parameters) -> Proven:
        kind = asked.get("credential_type")
        if kind is None:
            raise InvalidRequest("Missing required parameter: credential_type")
        credential = self._credentials.get(kind)
        if credential is None:
            listed = ", ".join(self._credentials)
            raise UnsupportedCredentialType(f"Unsupported credential_type: {kind[:80]}. There are: {listed}")
        return await credential.prove(context, client, asked)

    async def _answer(self, request: Request, client: Client, origin: str, proven: Proven) -> Response:
        context = context_of(request)
        tenant_id, cookie = context.tenant.tenant_id, CrossOriginCookie(secure=context.tenant.is_https)
        secret, verifier, co_id = ids.opaque_token(), ids.opaque_token(), ids.hexadecimal()
        browser = cookie.secret(request)
        ticket = self._tickets.new(
            "login",
            secret,
            client,
            proven,
            origin=origin,
            cookie_hash=fingerprint(browser),
            co_id=co_id,
            verifier=verifier,
        )
        event = CrossOriginAuthenticated(
            tenant_id=tenant_id,
            at=ticket.created_at,
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=proven.user.user_id,
            user_name=proven.user.display_name,
            connection=proven.connection,
            details={"origin": origin},
        )
        try:
            await self._bus.commit((*proven.changes, self._tickets.put(tenant_id, ticket)), event)
        except Unmatched:
            raise AccessDenied("What was brought as a proof was used by another request.") from None
        response = json_answer({"login_ticket": secret, "co_verifier": verifier, "co_id": co_id})
        cookie.write(response, browser, max_age=LIFETIMES["login"])
        return response
