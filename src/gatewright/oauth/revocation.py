"""Token revocation (RFC 7009): a client gives up a refresh token or an opaque access token."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.consents import ConsentStore
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit
from gatewright.oauth.client_auth import ClientAuthentication
from gatewright.oauth.errors import InvalidRequest, UnsupportedTokenType
from gatewright.oauth.events import TokenRevoked
from gatewright.oauth.model import Family
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


@dataclass(frozen=True, slots=True)
class _GivenUp:
    """What the end of a token changes, and whose it was."""

    changes: Unit
    user_id: str
    with_consent: bool = False


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
        consents: ConsentStore,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._authentication = authentication
        self._refresh_tokens = refresh_tokens
        self._self_contained = self_contained
        self._store = store
        self._consents = consents
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
        given_up = await self._found(context, client, token)
        if given_up is None:
            return
        event = TokenRevoked(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=given_up.user_id,
            description="The user's consent was withdrawn with it." if given_up.with_consent else "",
        )
        await self._bus.commit(given_up.changes, event)

    async def _found(self, context: Context, client: Client, token: str) -> _GivenUp | None:
        tenant_id = context.tenant.tenant_id
        presented = self._refresh_tokens.recognise(tenant_id, token)
        if presented is not None:
            found = await self._store.family(tenant_id, presented.grant_id)
            is_theirs = found is not None and found[0].grant.client_id == client.client_id
            return self._family(context, found[0]) if found and is_theirs else None
        if await self._self_contained.is_of(context.tenant, client, token):
            raise UnsupportedTokenType(_CANNOT)
        kept = await self._store.access_token(tenant_id, fingerprint(token))
        if kept is None or kept[0].grant.client_id != client.client_id:
            return None
        forgotten = self._store.forget_access_token(tenant_id, fingerprint(token))
        return _GivenUp((forgotten,), kept[0].grant.user_id)

    def _family(self, context: Context, family: Family) -> _GivenUp:
        """The family, and the consent too where the tenant says so.

        A family that is revoked already takes no consent along: the person may have given a new one since.
        """
        tenant, now, grant = context.tenant, self._clock.now(), family.grant
        revoked = self._store.revoke_grant(
            tenant.tenant_id, grant.grant_id, at=now, forget_at=now + GRANT_MEMORY
        )
        if not tenant.settings.flags.revoke_refresh_token_grant or family.revoked_at is not None:
            return _GivenUp(revoked, grant.user_id)
        withdrawn = self._consents.withdraw(tenant.tenant_id, grant.user_id, grant.client_id, grant.audience)
        return _GivenUp((*revoked, withdrawn), grant.user_id, with_consent=True)
