"""Authorization → TokenSet: at most two signatures and one unit of work.

The unit is handed to the database first; its commit runs while the tokens are signed,
and nothing is answered before it is durable.
"""

import asyncio
import secrets

from gatewright.apis import Api, Apis
from gatewright.clients import Client, Clients
from gatewright.jose import sign_with_secret
from gatewright.jose.encoding import unb64url
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.kernel.ids import opaque_token
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit
from gatewright.oauth.authorization import Authorization, TokenSet
from gatewright.oauth.claims import id_token_names, user_claims
from gatewright.oauth.model import AccessToken, Grant
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.vocabulary import OPAQUE_TOKEN_LIFETIME
from gatewright.tenants import Tenant
from gatewright.users import User


class Issuing:
    """Signs tokens and commits what belongs to them."""

    def __init__(
        self,
        *,
        keys: SigningKeys,
        clients: Clients,
        apis: Apis,
        store: AuthorizationStore,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._clients = clients
        self._apis = apis
        self._store = store
        self._bus = bus
        self._clock = clock

    async def issue(self, tenant: Tenant, client: Client, authorization: Authorization) -> TokenSet:
        """Commits the authorization and returns its tokens.

        Raises what ``Bus.commit`` raises; then nothing was issued and nothing changed.
        """
        now = self._clock.now()
        token, lifetime, opaque = self._opaque(tenant, authorization, now)
        commit = asyncio.ensure_future(
            self._bus.commit((*authorization.changes, *opaque), authorization.event)
        )
        try:
            if authorization.api is not None:
                token, lifetime = await self._jwt(tenant, client, authorization, authorization.api, now)
            id_token = await self._id_token(tenant, client, authorization, now)
        finally:
            await commit
        return TokenSet(
            access_token=token,
            expires_in=lifetime,
            scope=" ".join(authorization.scopes),
            id_token=id_token,
            refresh_token=authorization.refresh_token,
        )

    def _opaque(self, tenant: Tenant, authorization: Authorization, now: int) -> tuple[str, int, Unit]:
        grant = authorization.grant
        if authorization.api is not None or grant is None:
            return "", 0, ()
        token = opaque_token()
        kept = AccessToken(grant=grant, issued_at=now, expires_at=now + OPAQUE_TOKEN_LIFETIME)
        change = self._store.put_access_token(tenant.tenant_id, fingerprint(token), kept)
        return token, OPAQUE_TOKEN_LIFETIME, (change,)

    async def _jwt(
        self, tenant: Tenant, client: Client, authorization: Authorization, api: Api, now: int
    ) -> tuple[str, int]:
        claims = access_token_claims(tenant, client, authorization, api, now)
        typ = "at+jwt" if api.follows_rfc9068 else "JWT"
        if api.signing_alg == "HS256":
            secret = self._apis.secret(tenant.tenant_id, api).encode()
            return sign_with_secret(claims, secret, typ=typ), api.token_lifetime
        signer = await self._keys.signer(tenant.tenant_id, api.signing_alg)
        return signer.sign(claims, typ=typ), api.token_lifetime

    async def _id_token(
        self, tenant: Tenant, client: Client, authorization: Authorization, now: int
    ) -> str | None:
        grant, user = authorization.grant, authorization.user
        if grant is None or user is None or "openid" not in authorization.scopes:
            return None
        claims = id_token_claims(tenant, client, grant, user, authorization.nonce, now)
        settings = client.jwt_configuration
        if settings.alg == "HS256":
            secret = self._clients.secret(tenant.tenant_id, client) or ""
            return sign_with_secret(claims, unb64url(secret) if settings.secret_encoded else secret.encode())
        return (await self._keys.signer(tenant.tenant_id, settings.alg)).sign(claims)


def id_token_claims(
    tenant: Tenant, client: Client, grant: Grant, user: User, nonce: str, now: int
) -> dict[str, object]:
    """Claims of an id_token (OIDC Core §2) that comes with an access token."""
    names = id_token_names(grant, by_scope=client.id_token_claims == "by_scope")
    claims: dict[str, object] = {
        **user_claims(user, names),
        "iss": tenant.issuer,
        "sub": user.user_id,
        "aud": client.client_id,
        "iat": now,
        "exp": now + client.jwt_configuration.lifetime_in_seconds,
        "sid": grant.sid,
    }
    if nonce:
        claims["nonce"] = nonce
    if grant.tells_auth_time:
        claims["auth_time"] = grant.authenticated_at
    if "mfa" in grant.amr:
        claims["amr"] = ["mfa"]
    if grant.acr:
        claims["acr"] = grant.acr
    return claims


def access_token_claims(
    tenant: Tenant, client: Client, authorization: Authorization, api: Api, now: int
) -> dict[str, object]:
    """Claims of an access token for an API, in the API's dialect (the wire's, or RFC 9068 §2.2)."""
    grant = authorization.grant
    claims: dict[str, object] = {
        "iss": tenant.issuer,
        "sub": authorization.subject,
        "aud": _audience(tenant, authorization, api),
        "iat": now,
        "exp": now + api.token_lifetime,
        "jti": f"{grant.grant_id if grant else ''}.{secrets.token_urlsafe(9)}",
        "client_id" if api.follows_rfc9068 else "azp": client.client_id,
    }
    if authorization.scopes:
        claims["scope"] = " ".join(authorization.scopes)
    if authorization.gty:
        claims["gty"] = authorization.gty
    if api.tells_permissions:
        claims["permissions"] = list(authorization.permissions)
    if grant and grant.claims.userinfo:
        claims["userinfo_claims"] = list(grant.claims.userinfo)
    if grant and api.follows_rfc9068:
        claims.update(sid=grant.sid, auth_time=grant.authenticated_at)
    return claims


def _audience(tenant: Tenant, authorization: Authorization, api: Api) -> str | list[str]:
    """The API, and the userinfo endpoint where we can verify the token there."""
    tells_who = authorization.grant is not None and "openid" in authorization.scopes
    if tells_who and api.signing_alg != "HS256":
        return [api.identifier, tenant.userinfo_audience]
    return api.identifier
