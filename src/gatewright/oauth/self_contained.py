"""JWT access tokens, recognised as ours without asking whether anything behind them still stands.

Whoever verifies such a token asks nobody, so it is good until it expires whatever we say (RFC 7009 §3).
"""

from gatewright.apis import Apis
from gatewright.clients import Client
from gatewright.jose.rotation import SigningKeys
from gatewright.jose.verifying import audience_of, verify_access_token, verify_shared_access_token
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Invalid
from gatewright.tenants import Tenant
from gatewright_guard import GuardError, Verified


class SelfContainedTokens:
    """Recognises them."""

    def __init__(self, *, keys: SigningKeys, apis: Apis, clock: Clock) -> None:
        self._keys = keys
        self._apis = apis
        self._clock = clock

    async def is_of(self, tenant: Tenant, client: Client, token: str) -> bool:
        """Whether it is a JWT access token that was issued here, to this client, and is still good."""
        if token.count(".") != 2:
            return False
        verified = await self._signed(tenant, token) or await self._shared(tenant, token)
        return verified is not None and verified.client_id == client.client_id

    async def _signed(self, tenant: Tenant, token: str) -> Verified | None:
        ring = await self._keys.ring(tenant.tenant_id)
        try:
            return verify_access_token(
                token, ring, issuer=tenant.issuer, audience=audience_of(token), now=self._clock.now()
            )
        except GuardError:
            return None

    async def _shared(self, tenant: Tenant, token: str) -> Verified | None:
        """The token, if the API that it names shares a secret with us and that very secret signed it."""
        (audience, *others) = audience_of(token)
        secret = None if others else await self._secret(tenant, audience)
        if not secret:
            return None
        try:
            return verify_shared_access_token(
                token, secret, issuer=tenant.issuer, audience=audience, now=self._clock.now()
            )
        except (GuardError, ValueError):
            return None

    async def _secret(self, tenant: Tenant, audience: str) -> bytes | None:
        try:
            api = await self._apis.by_identifier(tenant.tenant_id, audience)
        except Invalid:  # nobody has verified it yet, so it may be text that no database holds
            return None
        if api is None or api.signing_alg != "HS256":
            return None
        return self._apis.secret(tenant.tenant_id, api).encode()
