"""The token endpoint, in five phases (RFC 6749 §3.2).

1 parse   2 who is the client   3 which grant, and may it   4 the grant decides   5 issue
"""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, TooMany
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unmatched
from gatewright.oauth.authorization import TokenSet
from gatewright.oauth.client_auth import ClientAuthentication
from gatewright.oauth.errors import (
    InvalidGrant,
    InvalidRequest,
    TooManyAttempts,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from gatewright.oauth.events import TokenRequestFailed
from gatewright.oauth.grants import Grant
from gatewright.oauth.issuing import Issuing
from gatewright.oauth.responses import json_answer, refusal
from gatewright.protection import TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import Parameters, from_body

_RACES = 10


class TokenEndpoint:
    """Answers ``POST /oauth/token``."""

    def __init__(
        self,
        *,
        authentication: ClientAuthentication,
        grants: Iterable[Grant],
        issuing: Issuing,
        limiter: AttemptLimiter,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._authentication = authentication
        self._grants = {grant.grant_type: grant for grant in grants}
        self._issuing = issuing
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Tokens, or a refusal that is on record."""
        context = context_of(request)
        failed: type[Event] = TokenRequestFailed
        form, client = Parameters({}), None
        try:
            form = await parse(request)
            client = await self._authentication.authenticate(context, request, form)
            grant = self._grant(client, form)
            failed = grant.failed
            return json_answer((await self._issued(context, client, grant, form)).body())
        except GatewrightError as error:
            return await self._refused(context, failed, client, form, error)

    def _grant(self, client: Client, form: Parameters) -> Grant:
        grant_type = form.get("grant_type")
        if grant_type is None:
            raise InvalidRequest("Missing required parameter: grant_type")
        grant = self._grants.get(grant_type)
        if grant is None:
            raise UnsupportedGrantType(f"Unsupported grant type: {grant_type[:80]}")
        if not client.may_use(grant_type):
            raise UnauthorizedClient(f"Grant type '{grant_type}' not allowed for the client.")
        return grant

    async def _issued(self, context: Context, client: Client, grant: Grant, form: Parameters) -> TokenSet:
        """Issues; whoever loses a race for a code, token or user decides again, knowing the winner."""
        self._limiter.refuse_if_blocked(context.tenant.tenant_id, TOKEN_PER_IP, network_of(context.origin.ip))
        authorization = await grant.authorize(context, client, form)
        for _ in range(_RACES):
            try:
                return await self._issuing.issue(context.tenant, client, authorization)
            except Unmatched:
                authorization = await grant.lost_race(context, client, form, authorization)
        raise InvalidGrant("The code, token or account is being used by other requests at the same time.")

    async def _refused(
        self,
        context: Context,
        failed: type[Event],
        client: Client | None,
        form: Parameters,
        error: GatewrightError,
    ) -> Response:
        now = self._clock.now()
        if isinstance(error, TooMany | TooManyAttempts):  # the limiter told of it, once
            return refusal(error, now=now)
        event = failed(
            tenant_id=context.tenant.tenant_id,
            at=now,
            origin=context.origin,
            client_id=client.client_id if client else str(form.get("client_id", ""))[:64] or None,
            client_name=client.name if client else None,
            description=error.message[:500],
            details={"detail": error.detail[:200]} if error.detail else {},
        )
        await self._bus.commit((), event)
        if isinstance(error, InvalidGrant) and error.detail == "unknown":
            error = await self._counted(context, error)
        return refusal(error, now=now)

    async def _counted(self, context: Context, error: GatewrightError) -> GatewrightError:
        """Guessing is counted by address; a code or refresh token that was really issued is no guess."""
        subject = network_of(context.origin.ip)
        try:
            await self._limiter.failed(context.tenant.tenant_id, TOKEN_PER_IP, subject, context.origin)
        except TooMany as refused:
            return refused
        return error


async def parse(request: Request) -> Parameters:
    """The parameters of the body, each at most once; none in the URL (RFC 6749 §2.3.1, §3.2)."""
    if request.scope["query_string"]:
        raise InvalidRequest("Parameters belong into the body, not into the URL.")
    form = await from_body(request)
    if form.repeated:
        raise InvalidRequest(f"Repeated parameter: {', '.join(sorted(form.repeated))[:200]}")
    return form
