"""Authorization → TokenSet: at most two signatures and one unit of work.

The unit is handed to the database first; its commit runs while the tokens are signed,
and nothing is answered before it is durable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gatewright.apis import Api, Apis
from gatewright.clients import Client
from gatewright.jose import half_hash, sign_with_secret
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.kernel.ids import opaque_token
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit
from gatewright.oauth.added_claims import AddedClaims, ClaimRules
from gatewright.oauth.authorization import Authorization, TokenSet
from gatewright.oauth.id_token_keys import IdTokenKeys, Sign
from gatewright.oauth.model import AccessToken
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.token_claims import access_token_claims, id_token_claims
from gatewright.oauth.vocabulary import OPAQUE_TOKEN_LIFETIME, OPAQUE_TOKEN_LIFETIME_FOR_WEB
from gatewright.tenants import Tenant


@dataclass(frozen=True, slots=True)
class _Place:
    """Where tokens go: ``response_types`` of the authorization endpoint's answer, or none behind it."""

    response_types: frozenset[str] = frozenset()
    code: str = ""

    @property
    def in_front(self) -> bool:
        return bool(self.response_types)

    @property
    def has_access_token(self) -> bool:
        return not self.in_front or "token" in self.response_types

    @property
    def has_id_token(self) -> bool:
        return not self.in_front or "id_token" in self.response_types

    @property
    def is_id_token_alone(self) -> bool:
        return self.response_types == {"id_token"}


_BEHIND = _Place()


class Issuing:
    """Signs tokens and commits what belongs to them."""

    def __init__(
        self,
        *,
        keys: SigningKeys,
        id_token_keys: IdTokenKeys,
        claim_rules: ClaimRules,
        apis: Apis,
        store: AuthorizationStore,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._id_token_keys = id_token_keys
        self._claim_rules = claim_rules
        self._apis = apis
        self._store = store
        self._bus = bus
        self._clock = clock

    async def issue(self, tenant: Tenant, client: Client, authorization: Authorization) -> TokenSet:
        """Commits the authorization and returns its tokens, for the token endpoint.

        Raises what ``Bus.commit`` raises; then nothing was issued and nothing changed.
        """
        return await self._issue(tenant, client, authorization, _BEHIND)

    async def in_front(
        self,
        tenant: Tenant,
        client: Client,
        authorization: Authorization,
        response_types: frozenset[str],
        *,
        code: str,
    ) -> dict[str, str]:
        """The same for the authorization endpoint's answer: its parameters besides ``code``.

        ``code`` is hashed into the id_token (OIDC Core §3.3.2.11). Raises as ``issue`` does.
        """
        place = _Place(_with_id_token(authorization, response_types), code)
        tokens = await self._issue(tenant, client, authorization, place)
        found = {"scope": tokens.scope}
        if "token" in response_types:
            found |= {
                "access_token": tokens.access_token,
                "expires_in": str(tokens.expires_in),
                "token_type": "Bearer",
            }
        if tokens.id_token is not None:
            found["id_token"] = tokens.id_token
        if tokens.refresh_token is not None:
            found["refresh_token"] = tokens.refresh_token
        return found

    async def _issue(
        self, tenant: Tenant, client: Client, authorization: Authorization, place: "_Place"
    ) -> TokenSet:
        now, api = self._clock.now(), authorization.api if place.has_access_token else None
        # Before anything is committed: a missing key must not cost a code or a refresh token.
        sign_access = await self._access_signer(tenant, api) if api else None
        added = await self._claim_rules.about(tenant, client.client_id, authorization.user)
        sign_id = await self._id_signer(tenant, client, authorization, place, added, now)
        token, lifetime, opaque = self._opaque(tenant, authorization, place, now)
        commit = self._bus.begin((*authorization.changes, *opaque), authorization.event)
        try:
            if api and sign_access:
                lifetime = api.token_lifetime_for_web if place.in_front else api.token_lifetime
                claims = access_token_claims(tenant, client, authorization, api, now, lifetime)
                token = sign_access(claims | added.of("access_token", api.identifier))
            id_token = sign_id(token) if sign_id else None
        finally:
            await commit
        return TokenSet(
            access_token=token,
            expires_in=lifetime,
            scope=" ".join(authorization.scopes),
            id_token=id_token,
            refresh_token=authorization.refresh_token,
        )

    def _opaque(
        self, tenant: Tenant, authorization: Authorization, place: "_Place", now: int
    ) -> tuple[str, int, Unit]:
        grant = authorization.grant
        if authorization.api is not None or grant is None or not place.has_access_token:
            return "", 0, ()
        token = opaque_token()
        lifetime = OPAQUE_TOKEN_LIFETIME_FOR_WEB if place.in_front else OPAQUE_TOKEN_LIFETIME
        kept = AccessToken(grant=grant, issued_at=now, expires_at=now + lifetime)
        change = self._store.put_access_token(tenant.tenant_id, fingerprint(token), kept)
        return token, lifetime, (change,)

    async def _access_signer(self, tenant: Tenant, api: Api) -> Sign:
        typ = "at+jwt" if api.follows_rfc9068 else "JWT"
        if api.signing_alg == "HS256":
            secret = self._apis.secret(tenant.tenant_id, api).encode()
            return partial(sign_with_secret, secret=secret, typ=typ)
        return partial((await self._keys.signer(tenant.tenant_id, api.signing_alg)).sign, typ=typ)

    async def _id_signer(
        self,
        tenant: Tenant,
        client: Client,
        authorization: Authorization,
        place: "_Place",
        added: AddedClaims,
        now: int,
    ) -> Callable[[str], str] | None:
        """Makes the id_token, where one is due, from the access token that comes with it.

        Raises ``InvalidRequest`` for a client without the key.
        """
        grant = authorization.grant
        is_due = place.has_id_token and "openid" in authorization.scopes
        if authorization.user is None or grant is None or not is_due:
            return None
        is_bound = place.in_front and not grant.legacy
        alg: str = client.jwt_configuration.alg
        if alg == "HS256" and is_bound:
            alg = "RS256"  # a browser cannot hold the secret that would verify it
        sign = await self._id_token_keys.signer(tenant, client, alg, legacy=grant.legacy)
        claims = id_token_claims(tenant, client, authorization, now, is_alone=place.is_id_token_alone)
        claims |= added.of("id_token")
        if is_bound and place.code:
            claims["c_hash"] = half_hash(place.code, alg)

        def make(access_token: str) -> str:
            if is_bound and access_token:
                claims["at_hash"] = half_hash(access_token, alg)
            return sign(claims)

        return make


def _with_id_token(authorization: Authorization, response_types: frozenset[str]) -> frozenset[str]:
    """In the legacy pipeline an access token in front never comes without an id_token (the wire §3.1)."""
    is_legacy = authorization.grant is not None and authorization.grant.legacy
    return response_types | {"id_token"} if is_legacy and "token" in response_types else response_types
