"""``/passwordless/start``: an application has a code or a link mailed to whoever wants to sign in."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.connections import Connection
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, Invalid, TooMany
from gatewright.kernel.events import Bus
from gatewright.login.code_mailing import CodeMailing, CodeWish
from gatewright.oauth.client_auth import ClientAuthentication, credentials_of
from gatewright.oauth.errors import TooManyAttempts
from gatewright.oauth.events import PasswordlessStartFailed
from gatewright.oauth.passwordless.asked import AskedByClient, needed, nothing_twice
from gatewright.oauth.passwordless.errors import BadEmail, BadRequest
from gatewright.oauth.passwordless.link import Link, link_of, request_in_link
from gatewright.oauth.responses import json_answer, refusal
from gatewright.users import email_identifier
from gatewright.web.context import Context, context_of
from gatewright.web.languages import choose
from gatewright.web.parameters import Parameters, from_body_with


class StartEndpoint:
    """Answers ``POST /passwordless/start`` (the wire §2.14)."""

    def __init__(
        self,
        *,
        asked: AskedByClient,
        authentication: ClientAuthentication,
        mailing: CodeMailing,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._asked = asked
        self._authentication = authentication
        self._mailing = mailing
        self._bus = bus
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Has a code or link mailed; the answer is the same whether the address has an account or none."""
        context, client = context_of(request), None
        try:
            form, auth_params = await _read(request)
            client = await self._client(context, request, form)
            await self._send(context, request, client, form, auth_params)
        except GatewrightError as error:
            return await self._refused(context, client, error)
        # The wire names an account here. Ours is nobody's: it would tell who has one.
        told = {"_id": ids.hexadecimal(), "email": form["email"].strip(), "email_verified": False}
        return json_answer(told)

    async def _client(self, context: Context, request: Request, form: Parameters) -> Client:
        """The client, having proved itself where the tenant demands it, or where it tried to."""
        given = credentials_of(request, form) if _has_credentials(request, form) else None
        client_id = given.client_id if given else str(form.get("client_id", ""))
        client = await self._asked.client(context.tenant, request, client_id)
        enforced = context.tenant.settings.flags.enforce_client_authentication_on_passwordless_start
        if given is not None or (enforced and not client.is_public):
            return await self._authentication.authenticate(context, request, form)
        return client

    async def _send(
        self, context: Context, request: Request, client: Client, form: Parameters, auth_params: Parameters
    ) -> None:
        connection = await self._asked.connection(context.tenant, client, form)
        wish = CodeWish(
            client_id=client.client_id,
            client_name=client.name,
            connection=connection,
            address=_address(form),
            locale=_locale(context, request),
            link=_link(context, client, connection, form, auth_params),
        )
        try:
            await self._mailing.send(context, wish, by_server=_has_credentials(request, form))
        except Invalid as error:
            raise BadEmail(error.message) from None

    async def _refused(self, context: Context, client: Client | None, error: GatewrightError) -> Response:
        now = self._clock.now()
        if isinstance(error, TooMany | TooManyAttempts):  # the limiter told of it, once
            return refusal(error, now=now)
        if isinstance(error, Invalid):
            error = BadRequest(error.message)
        event = PasswordlessStartFailed(
            tenant_id=context.tenant.tenant_id,
            at=now,
            origin=context.origin,
            client_id=client.client_id if client else None,
            client_name=client.name if client else None,
            description=error.message[:500],
        )
        await self._bus.commit((), event)
        return refusal(error, now=now)


async def _read(request: Request) -> tuple[Parameters, Parameters]:
    form, auth_params = await from_body_with(request, "authParams")
    nothing_twice(request, form, auth_params)
    if form.get("send", "link") not in ("link", "code"):
        raise BadRequest("send is either link or code.")
    return form, auth_params


def _has_credentials(request: Request, form: Parameters) -> bool:
    """Whether the request brings a client's secret, which is then checked."""
    header = request.headers.get("authorization", "")
    return "client_secret" in form or header[:6].lower() == "basic "


def _address(form: Parameters) -> str:
    address = needed(form, "email")
    try:
        email_identifier(address)
    except Invalid as error:
        raise BadEmail(error.message) from None
    return address


def _locale(context: Context, request: Request) -> str:
    """The language that the application asks for, or its browser."""
    wanted = request.headers.get("x-request-language") or request.headers.get("accept-language")
    return choose(None, wanted, context.tenant.settings.enabled_locales)


def _link(
    context: Context, client: Client, connection: Connection, form: Parameters, auth_params: Parameters
) -> Link | None:
    """How the link is made, unless a code is wanted. Raises ``BadAuthParams``."""
    if form.get("send") == "code":
        return None
    asked = request_in_link(context.tenant, client, auth_params)
    return link_of(context.tenant, client, connection.name, asked)
