"""Token introspection (RFC 7662): is this token in force, and for what?

A client may ask about tokens it was issued, and about access tokens for an API it has a client grant for.
About all others it learns that they are not active, which is what §2.2 wants said of tokens it may not know.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.apis import Apis
from gatewright.clients import Client
from gatewright.jose.verifying import audience_of
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.oauth.access import Access
from gatewright.oauth.bearer import Bearer, BearerTokens
from gatewright.oauth.client_auth import ClientAuthentication
from gatewright.oauth.errors import InvalidGrant, InvalidRequest, InvalidToken, UnauthorizedClient
from gatewright.oauth.model import Family
from gatewright.oauth.refresh_tokens import RefreshTokens
from gatewright.oauth.responses import json_answer, refusal
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.token import parse
from gatewright.tenants import Tenant
from gatewright.users import User
from gatewright.web.context import Context, context_of

_INACTIVE: dict[str, object] = {"active": False}


class IntrospectionEndpoint:
    """Answers ``POST /oauth/introspect``."""

    def __init__(
        self,
        *,
        authentication: ClientAuthentication,
        tokens: BearerTokens,
        refresh_tokens: RefreshTokens,
        store: AuthorizationStore,
        apis: Apis,
        access: Access,
        clock: Clock,
    ) -> None:
        self._authentication = authentication
        self._tokens = tokens
        self._refresh_tokens = refresh_tokens
        self._store = store
        self._apis = apis
        self._access = access
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """What is known of the token, or that it is not active."""
        context = context_of(request)
        try:
            form = await parse(request)
            client = await self._authentication.authenticate(context, request, form)
            if client.is_public:
                raise UnauthorizedClient("A client without a secret cannot ask about tokens.")
            token = form.get("token")
            if token is None:
                raise InvalidRequest("Missing required parameter: token")
            return json_answer(await self._answer(context, client, token))
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())

    async def _answer(self, context: Context, client: Client, token: str) -> dict[str, object]:
        tenant = context.tenant
        presented = self._refresh_tokens.recognise(tenant.tenant_id, token)
        if presented is not None:
            found = await self._store.family(tenant.tenant_id, presented.grant_id)
            if found is None or not await self._may_come_in(tenant, *found):
                return _INACTIVE
            is_current = found[0].generation == presented.generation
            return self._of_family(tenant, client, found[0]) if is_current else _INACTIVE
        try:
            bearer = await self._tokens.read(tenant, token, audience=audience_of(token))
        except InvalidToken:
            return _INACTIVE
        return _of_bearer(tenant, bearer) if await self._may_know(tenant, client, bearer) else _INACTIVE

    async def _may_come_in(self, tenant: Tenant, family: Family, user: User | None) -> bool:
        """Whether the token endpoint would take the family's token, as far as its user is concerned."""
        try:
            await self._access.check_user(tenant, family.grant, user)
        except InvalidGrant:
            return False
        return True

    async def _may_know(self, tenant: Tenant, client: Client, bearer: Bearer) -> bool:
        if bearer.grant.client_id == client.client_id:
            return True
        for audience in bearer.audience:
            if await self._apis.grant(tenant.tenant_id, client.client_id, audience) is not None:
                return True
        return False

    def _of_family(self, tenant: Tenant, client: Client, family: Family) -> dict[str, object]:
        now = self._clock.now()
        is_over = family.expires_at is not None and now >= family.expires_at
        if family.revoked_at is not None or is_over or family.grant.client_id != client.client_id:
            return _INACTIVE
        answer: dict[str, object] = {
            "active": True,
            "token_type": "refresh_token",
            "iss": tenant.issuer,
            "sub": family.grant.user_id,
            "client_id": family.grant.client_id,
            "scope": family.grant.scope,
            "iat": family.created_at,
        }
        return answer if family.expires_at is None else {**answer, "exp": family.expires_at}


def _of_bearer(tenant: Tenant, bearer: Bearer) -> dict[str, object]:
    audience = bearer.audience[0] if len(bearer.audience) == 1 else list(bearer.audience)
    answer: dict[str, object] = {
        "active": True,
        "token_type": "Bearer",
        "iss": tenant.issuer,
        "sub": bearer.grant.user_id,
        "aud": audience,
        "client_id": bearer.grant.client_id,
        "scope": bearer.grant.scope,
        "exp": bearer.expires_at,
    }
    if bearer.issued_at is not None:
        answer["iat"] = bearer.issued_at
    return answer
