"""Token revocation (RFC 7009): a client gives up a refresh token or an opaque access token."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit
from gatewright.oauth.client_auth import ClientAuthentication
from gatewright.oauth.errors import InvalidRequest, UnsupportedTokenType
from gatewright.oauth.events import TokenRevoked
from gatewright.oauth.refresh_tokens import RefreshTokens
from gatewright.oauth.responses import NO_STORE, refusal
from gatewright.oauth.self_contained import SelfContainedTokens
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.token import parse
from gatewright.oauth.vocabulary import GRANT_MEMORY
from gatewright.web.context import Context, context_of

_CANNOT = (
    "This access token is a JWT: APIs verify it without asking here, so it cannot be revoked and is good "
    "until it expires. Revoke the refresh token, so that no other follows, "
    "and lower token_lifetime of the API."
)


class RevocationEndpoint:
    """Answers ``POST /oauth/revoke``.

    Tokens that are unknown, expired, or of another client, are left alone with the same 200 (§2.2).
    A JWT access token of the client's own is refused instead (§2.2.1): a 200 would promise what no answer
    of ours can keep.
    """

    def __init__(
        self,
        *,
        authentication: ClientAuthentication,
        refresh_tokens: RefreshTokens,
        self_contained: SelfContainedTokens,
        store: AuthorizationStore,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._authentication = authentication
        self._refresh_tokens = refresh_tokens
        self._self_contained = self_contained
        self._store = store
        self._bus = bus
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Revokes, or says why the token or the request cannot be taken."""
        context = context_of(request)
        try:
            form = await parse(request)
            client = await self._authentication.authenticate(context, request, form)
            token = form.get("token")
            if token is None:
                raise InvalidRequest("Missing required parameter: token")
            await self._revoke(context, client, token)
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())
        return Response(status_code=200, headers=NO_STORE)

    async def _revoke(self, context: Context, client: Client, token: str) -> None:
        changes, user_id = await self._changes(context, client, token)
        if not changes:
            return
        event = TokenRevoked(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=user_id,
        )
        await self._bus.commit(changes, event)

    async def _changes(self, context: Context, client: Client, token: str) -> tuple[Unit, str]:
        tenant_id, now = context.tenant.tenant_id, self._clock.now()
        presented = self._refresh_tokens.recognise(tenant_id, token)
        if presented is not None:
            family = await self._store.family(tenant_id, presented.grant_id)
            if family is None or family[0].grant.client_id != client.client_id:
                return (), ""
            grant = family[0].grant
            revoked = self._store.revoke_grant(
                tenant_id, grant.grant_id, at=now, forget_at=now + GRANT_MEMORY
            )
            return revoked, grant.user_id
        if await self._self_contained.is_of(context.tenant, client, token):
            raise UnsupportedTokenType(_CANNOT)
        kept = await self._store.access_token(tenant_id, fingerprint(token))
        if kept is None or kept[0].grant.client_id != client.client_id:
            return (), ""
        return (self._store.forget_access_token(tenant_id, fingerprint(token)),), kept[0].grant.user_id
