"""``/tokeninfo``: the whole profile of whoever an id_token of the legacy pipeline speaks of."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client, Clients
from gatewright.jose.verifying import audience_of
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, Invalid, TooMany
from gatewright.oauth.attributes import profile
from gatewright.oauth.errors import EndpointDisabled, InvalidGrant, InvalidRequest, Unauthorized
from gatewright.oauth.legacy.id_tokens import LegacyIdTokens
from gatewright.oauth.responses import bearer_refusal, json_answer, refusal
from gatewright.oauth.token import parse
from gatewright.protection import TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import Parameters, from_query

_DISABLED = "The endpoint is off: flags.allow_legacy_tokeninfo_endpoint"


class TokenInfoEndpoint:
    """Answers ``GET`` and ``POST /tokeninfo`` (the wire §2.17)."""

    def __init__(
        self, *, clients: Clients, id_tokens: LegacyIdTokens, limiter: AttemptLimiter, clock: Clock
    ) -> None:
        self._clients = clients
        self._id_tokens = id_tokens
        self._limiter = limiter
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """The profile of the user of ``id_token``, which stands in the body, or for ``GET`` in the query."""
        context = context_of(request)
        try:
            if not context.tenant.settings.flags.allow_legacy_tokeninfo_endpoint:
                raise EndpointDisabled(_DISABLED)
            subject = network_of(context.origin.ip)
            self._limiter.refuse_if_blocked(context.tenant.tenant_id, TOKEN_PER_IP, subject)
            return json_answer(await self._profile(context, _token(await _parameters(request))))
        except InvalidGrant as error:
            return await self._refused(context, error)
        except Unauthorized as error:
            return bearer_refusal(error)
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())

    async def _profile(self, context: Context, token: str) -> dict[str, object]:
        client = await self._client(context, token)
        found = await self._id_tokens.read(context.tenant, client, token)
        return profile(found.user, client.client_id)

    async def _client(self, context: Context, token: str) -> Client:
        """The client that the token says it is for; only that client's key will verify it."""
        (client_id, *_) = audience_of(token)
        client = await self._clients.get(context.tenant.tenant_id, client_id)
        if client is None:
            raise InvalidGrant("The id_token is for no client of this tenant.", detail="unknown")
        if client.oidc_conformant:
            raise Unauthorized(f"Client {client_id} is OIDC-conformant: send its access token to /userinfo.")
        return client

    async def _refused(self, context: Context, error: InvalidGrant) -> Response:
        if error.detail == "unknown":
            subject = network_of(context.origin.ip)
            try:
                await self._limiter.failed(context.tenant.tenant_id, TOKEN_PER_IP, subject, context.origin)
            except TooMany as refused:
                return refusal(refused, now=self._clock.now())
        return bearer_refusal(Unauthorized(f"Unauthorized: {error.description}"))


async def _parameters(request: Request) -> Parameters:
    if request.method == "POST":
        return await parse(request)
    found = from_query(request)
    if found.repeated:
        raise Invalid(f"Repeated parameter: {', '.join(sorted(found.repeated))[:200]}")
    return found


def _token(parameters: Parameters) -> str:
    token: str | None = parameters.get("id_token")
    if token is None:
        raise InvalidRequest("missing id_token parameter")
    return token
