"""Authorization → TokenSet: at most two signatures and one unit of work.

The unit is handed to the database first; its commit runs while the tokens are signed,
and nothing is answered before it is durable.
"""

import asyncio
import secrets
from collections.abc import Callable
from functools import partial

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
from gatewright.oauth.errors import InvalidRequest
from gatewright.oauth.model import AccessToken
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.vocabulary import OPAQUE_TOKEN_LIFETIME
from gatewright.tenants import Tenant

Sign = Callable[[dict[str, object]], str]


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
        now, api = self._clock.now(), authorization.api
        # Before anything is committed: a missing key must not cost a code or a refresh token.
        sign_access = await self._access_signer(tenant, api) if api else None
        sign_id = await self._id_signer(tenant, client, authorization)
        token, lifetime, opaque = self._opaque(tenant, authorization, now)
        commit = asyncio.ensure_future(
            self._bus.commit((*authorization.changes, *opaque), authorization.event)
        )
        try:
            if api and sign_access:
                claims = access_token_claims(tenant, client, authorization, api, now)
                token, lifetime = sign_access(claims), api.token_lifetime
            id_token = sign_id(id_token_claims(tenant, client, authorization, now)) if sign_id else None
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

    async def _access_signer(self, tenant: Tenant, api: Api) -> Sign:
        typ = "at+jwt" if api.follows_rfc9068 else "JWT"
        if api.signing_alg == "HS256":
            secret = self._apis.secret(tenant.tenant_id, api).encode()
            return partial(sign_with_secret, secret=secret, typ=typ)
        return partial((await self._keys.signer(tenant.tenant_id, api.signing_alg)).sign, typ=typ)

    async def _id_signer(self, tenant: Tenant, client: Client, authorization: Authorization) -> Sign | None:
        """Signs the id_token, where one is due. Raises ``InvalidRequest`` for a client without the key."""
        if authorization.user is None or "openid" not in authorization.scopes:
            return None
        settings = client.jwt_configuration
        if settings.alg != "HS256":
            return (await self._keys.signer(tenant.tenant_id, settings.alg)).sign
        secret = self._clients.secret(tenant.tenant_id, client)
        if not secret:  # an empty key would let anybody sign (RFC 7518 §3.2)
            raise InvalidRequest(
                "This client's id_tokens are signed with its secret (HS256), and it has none."
            )
        key = unb64url(secret) if settings.secret_encoded else secret.encode()
        return partial(sign_with_secret, secret=key)


def id_token_claims(
    tenant: Tenant, client: Client, authorization: Authorization, now: int
) -> dict[str, object]:
    """Claims of an id_token (OIDC Core §2) that comes with an access token of a user."""
    grant, user, nonce = authorization.grant, authorization.user, authorization.nonce
    assert grant is not None, "a user's authorization has a grant"
    assert user is not None, "an id_token speaks of a user"
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
