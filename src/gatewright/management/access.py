"""Who calls, and what they may: an access token of ours for the management API, read as any API reads one."""

from dataclasses import dataclass

from starlette.requests import Request

from gatewright.apis import Apis, is_about_oneself
from gatewright.management.errors import InsufficientScope, Unauthorized
from gatewright.oauth.bearer import Bearer, BearerTokens
from gatewright.oauth.errors import InvalidToken
from gatewright.protection import TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.roles import Roles
from gatewright.tenants import DeniedTokenStore, Tenant
from gatewright.users import User
from gatewright.web.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A client that acts for itself, or for ``user``. ``scopes`` are those in force at this moment."""

    client_id: str
    user: User | None
    scopes: frozenset[str]

    @property
    def name(self) -> str:
        """Whoever is behind the call, for counting."""
        return self.user.user_id if self.user else self.client_id

    def may(self, *scopes: str) -> bool:
        """Whether one of the scopes is theirs."""
        return not self.scopes.isdisjoint(scopes)

    def check(self, scopes: tuple[str, ...]) -> None:
        """Raises ``InsufficientScope`` for a caller with none of them."""
        if not self.may(*scopes):
            raise InsufficientScope(f"Insufficient scope; expected any of: {', '.join(scopes)}")


class Access:
    """Reads the callers' tokens.

    A token lives for hours, and what was taken from its client or its user meanwhile is gone at once:
    of its scopes those count that the client grant, or the user's roles, still give.
    """

    def __init__(
        self,
        *,
        tokens: BearerTokens,
        denied: DeniedTokenStore,
        apis: Apis,
        roles: Roles,
        limiter: AttemptLimiter,
    ) -> None:
        self._tokens = tokens
        self._denied = denied
        self._apis = apis
        self._roles = roles
        self._limiter = limiter

    async def caller(self, context: Context, request: Request) -> Caller:
        """Who sent the request. Raises ``Unauthorized``, or ``TooMany`` after too many wrong tokens."""
        tenant, network = context.tenant, network_of(context.origin.ip)
        self._limiter.refuse_if_blocked(tenant.tenant_id, TOKEN_PER_IP, network)
        try:
            bearer = await self._tokens.read(
                tenant, _presented(request), audience=(tenant.management_audience,)
            )
        except InvalidToken as error:
            if error.detail == "unknown":
                await self._limiter.failed(tenant.tenant_id, TOKEN_PER_IP, network, context.origin)
            raise Unauthorized(f"Invalid token: {error.description}") from None
        if tenant.management_audience not in bearer.audience:
            raise Unauthorized("Invalid token: it is not for the management API.")
        if bearer.token_id in await self._denied.all(tenant.tenant_id):
            raise Unauthorized("Invalid token: an administrator denied it.")
        scopes = frozenset(bearer.grant.scopes) & await self._in_force(tenant, bearer)
        return Caller(client_id=bearer.grant.client_id, user=bearer.user, scopes=scopes)

    async def _in_force(self, tenant: Tenant, bearer: Bearer) -> frozenset[str]:
        tenant_id, audience = tenant.tenant_id, tenant.management_audience
        if bearer.user is None:
            grant = await self._apis.grant(tenant_id, bearer.grant.client_id, audience)
            return frozenset(grant.scope) if grant else frozenset()
        permitted = await self._roles.permissions(tenant_id, bearer.user.user_id, audience)
        return permitted | frozenset(filter(is_about_oneself, bearer.grant.scopes))


def _presented(request: Request) -> str:
    """The token in the header (RFC 6750 §2.1). Raises ``Unauthorized`` when there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise Unauthorized("Missing authentication: send the header Authorization: Bearer <access token>.")
    return value.strip()
