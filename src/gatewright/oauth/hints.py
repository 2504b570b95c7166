"""``id_token_hint``: an id_token sent back to say who is meant (OIDC Core §3.1.2.1, RP-Initiated Logout §2).

How it must be signed is what the client is set to, and never what the token says: for HS256 only the
client's own secret will do, for all others only the tenant's keys. No key is ever in both sets, so neither
can pass for the other (RFC 8725 §3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.clients import Client, Clients
from gatewright.jose.rotation import SigningKeys
from gatewright.jose.verifying import SIGNED_WITH_KEYS, audience_of, verify_hint, verify_shared_hint
from gatewright.kernel.clock import Clock
from gatewright.oauth.vocabulary import IMPLICIT
from gatewright.tenants import Tenant
from gatewright_guard import GuardError


@dataclass(frozen=True, slots=True)
class Hint:
    """What a valid ``id_token_hint`` says: for which client it was issued, and about whom."""

    client_id: str
    subject: str


class IdTokenHints:
    """Reads hints. They may have expired, but they must be ours."""

    def __init__(self, *, keys: SigningKeys, clients: Clients, clock: Clock) -> None:
        self._keys = keys
        self._clients = clients
        self._clock = clock

    async def of_client(self, tenant: Tenant, client: Client, token: str) -> Hint:
        """A hint that has to be for ``client``. Raises ``gatewright_guard.GuardError``."""
        if client.jwt_configuration.alg != "HS256":
            claims = await self._signed(tenant, token, (client.client_id,))
        else:
            claims = await self._shared(tenant, token, client)
        return Hint(client.client_id, str(claims.get("sub", "")))

    async def of_anybody(self, tenant: Tenant, token: str) -> Hint:
        """A hint for the client that it names. Raises ``gatewright_guard.GuardError``.

        Which client that is nobody has verified yet; but only that client's key will verify it.
        """
        (client_id, *_) = audience = audience_of(token)
        client = await self._clients.get(tenant.tenant_id, client_id)
        if client is not None:
            return await self.of_client(tenant, client, token)
        claims = await self._signed(tenant, token, audience)
        return Hint(client_id, str(claims.get("sub", "")))

    async def _signed(
        self,
        tenant: Tenant,
        token: str,
        audience: tuple[str, ...],
        algorithms: tuple[str, ...] = SIGNED_WITH_KEYS,
    ) -> Mapping[str, object]:
        return verify_hint(
            token,
            await self._keys.ring(tenant.tenant_id),
            issuer=tenant.issuer,
            audience=audience,
            now=self._clock.now(),
            algorithms=algorithms,
        )

    async def _shared(self, tenant: Tenant, token: str, client: Client) -> Mapping[str, object]:
        secrets = self._clients.hmac_keys(tenant.tenant_id, client)
        try:
            return verify_shared_hint(
                token,
                secrets,
                issuer=tenant.issuer,
                audience=client.client_id,
                now=self._clock.now(),
            )
        except GuardError:
            if not _gets_rs256_in_front(client):
                raise
        return await self._signed(tenant, token, (client.client_id,), ("RS256",))


def _gets_rs256_in_front(client: Client) -> bool:
    """Whether its browsers, which cannot hold the secret, are given id_tokens too (see ``issuing``)."""
    return client.oidc_conformant and client.may_use(IMPLICIT)
