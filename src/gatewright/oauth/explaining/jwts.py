"""JWTs: who signed it, with what, for whom; and what an API would say to it."""

from collections.abc import Iterator

from gatewright.apis import Api, Apis
from gatewright.clients import Clients
from gatewright.jose.encoding import unb64url
from gatewright.jose.keys import KEY_ALGORITHMS
from gatewright.jose.rotation import SigningKeys
from gatewright.jose.verifying import keys_of
from gatewright.kernel.clock import Clock
from gatewright.oauth.explaining.explanation import EXPIRED, Explanation, when
from gatewright.oauth.explaining.recipients import legacy_api, unregistered
from gatewright.tenants import Tenant
from gatewright_guard import (
    Diagnosis,
    Expectations,
    GuardError,
    Keys,
    StaticKeys,
    UnusableKey,
    Unverified,
    read_unverified,
    verify,
)

_SHARED = ("HS256", "HS384", "HS512")
_LISTED = ("scope", "permissions", "gty", "nonce", "sid", "auth_time")


class JwtExplainer:
    """Explains JWTs by what a tenant knows of its applications and APIs."""

    def __init__(self, *, clients: Clients, apis: Apis, keys: SigningKeys, clock: Clock) -> None:
        self._clients = clients
        self._apis = apis
        self._keys = keys
        self._clock = clock

    async def explain(self, tenant: Tenant, token: str, *, audience: str) -> Explanation:
        """What the JWT is. ``audience`` is the API that refused it, if one did."""
        try:
            found = read_unverified(token)
        except GuardError as error:
            return Explanation(kind="unreadable token", problems=(error.diagnosis,))
        signed_by, problems = await self._signature(tenant, token, found)
        if not problems and _is_over(found, self._clock.now()):
            problems = (EXPIRED,)
        if not problems and audience:
            problems = await self._refusal(tenant, token, found, audience)
        return Explanation(
            kind="id_token" if found.is_id_token or _is_delegated(tenant, found) else "access token",
            facts=(*self._facts(found), ("signed by", signed_by), *await self._parties(tenant, found)),
            problems=problems,
        )

    def _facts(self, found: Unverified) -> Iterator[tuple[str, str]]:
        claims, now = found.claims, self._clock.now()
        yield "issuer", str(claims.get("iss", "not said"))
        yield "subject", str(claims.get("sub", "not said"))
        yield "audience", ", ".join(found.audience) or "not said"
        yield "issued", when(claims.get("iat"), now)
        yield "expires", when(claims.get("exp"), now)
        for name in _LISTED:
            if name in claims:
                value = claims[name]
                yield name, " ".join(map(str, value)) if isinstance(value, list) else str(value)

    async def _parties(self, tenant: Tenant, found: Unverified) -> list[tuple[str, str]]:
        """The applications and APIs that the token speaks of, by their names."""
        parties = []
        names = (found.claims.get("azp"), found.claims.get("client_id"), *found.audience)
        for name in dict.fromkeys(str(one) for one in names if one):
            client = await self._clients.get(tenant.tenant_id, name)
            api = await self._apis.by_identifier(tenant.tenant_id, name)
            parties += [("application", f"{client.name} ({name})")] if client else []
            parties += [("API", f"{api.name} ({name})")] if api else []
        return parties

    async def _signature(
        self, tenant: Tenant, token: str, found: Unverified
    ) -> tuple[str, tuple[Diagnosis, ...]]:
        """Whose signature it is, and what is wrong with it."""
        if found.claims.get("iss") != tenant.issuer:
            seen = str(found.claims.get("iss", "nothing"))
            return "nobody known here", (
                Diagnosis(
                    seen=f"a token of the issuer {seen}",
                    expected=f"a token of this tenant, {tenant.issuer}",
                    change="compare the domain of the application with the tenant's issuer; "
                    "for another tenant of this installation, name it (--tenant)",
                ),
            )
        alg = str(found.header.get("alg", "none"))
        refusals = []
        for owner, keys in await self._candidates(tenant, found, alg):
            try:
                verify(token, keys, _anything(tenant, found, alg), self._clock.now())
            except GuardError as error:
                refusals.append(error.diagnosis)
            else:
                return f"{owner} ({alg})", ()
        unknown = Diagnosis(
            seen=f"a token signed with {alg}",
            expected="a signature by this tenant's keys, or by a secret of the application or API it names",
            change="copy the token unaltered; if the secret was changed since, get a new token",
        )
        return "nobody known here", (refusals[0] if refusals else unknown,)

    async def _candidates(self, tenant: Tenant, found: Unverified, alg: str) -> list[tuple[str, Keys]]:
        """Whoever may have signed it, and with which keys."""
        if alg in KEY_ALGORITHMS:
            ring = await self._keys.ring(tenant.tenant_id)
            return [("this tenant's key", keys_of(ring))]
        if alg not in _SHARED:
            return []
        secrets = []
        for name in (*found.audience, str(found.claims.get("azp", ""))):
            client = await self._clients.get(tenant.tenant_id, name)
            secret = self._clients.secret(tenant.tenant_id, client) if client else None
            if client and secret:
                secrets.append((f"the secret of the application {client.name}", secret.encode()))
                secrets += _decoded(f"the secret of the application {client.name}, base64url-decoded", secret)
            api = await self._apis.by_identifier(tenant.tenant_id, name)
            if api and api.sealed_secret:
                own = self._apis.secret(tenant.tenant_id, api).encode()
                secrets.append((f"the secret of the API {api.name}", own))
        return [(owner, keys) for owner, secret in secrets for keys in _usable(secret, alg)]

    async def is_legacy_api(self, tenant: Tenant, audience: str) -> bool:
        """Whether ``audience`` is an API as the legacy pipeline has them: a client, sent id_tokens for it."""
        client = await self._clients.get(tenant.tenant_id, audience)
        return client is not None and not client.oidc_conformant

    async def _refusal(
        self, tenant: Tenant, token: str, found: Unverified, audience: str
    ) -> tuple[Diagnosis, ...]:
        """What the API ``audience`` would say, set up as the tenant knows it."""
        api = await self._apis.by_identifier(tenant.tenant_id, audience)
        if api is None:
            is_legacy = await self.is_legacy_api(tenant, audience)
            return legacy_api(found, audience) if is_legacy else (unregistered(audience),)
        keys = await self._keys_of(tenant, api)
        expected = Expectations(
            issuer=tenant.issuer, audience=(audience,), algorithms=(api.signing_alg,), leeway=0
        )
        try:
            verify(token, keys, expected, self._clock.now())
        except GuardError as error:
            return (error.diagnosis,)
        return ()

    async def _keys_of(self, tenant: Tenant, api: Api) -> Keys:
        if api.signing_alg == "HS256":
            secret = self._apis.secret(tenant.tenant_id, api).encode()
            return StaticKeys.from_secret(secret, algorithm=api.signing_alg)
        return keys_of(await self._keys.ring(tenant.tenant_id))


def _is_over(found: Unverified, now: int) -> bool:
    expires_at = found.claims.get("exp")
    return isinstance(expires_at, int | float) and now >= expires_at


def _is_delegated(tenant: Tenant, found: Unverified) -> bool:
    """Whether it is an id_token got at ``/delegation``, which alone names a party and has no ``jti``."""
    claims = found.claims
    return claims.get("iss") == tenant.issuer and "azp" in claims and "jti" not in claims


def _anything(tenant: Tenant, found: Unverified, alg: str) -> Expectations:
    """Only the signature counts: everything else is taken as the token says it."""
    return Expectations(
        issuer=tenant.issuer,
        audience=found.audience or ("?",),
        algorithms=(alg,),
        required=(),
        types=(str(found.header.get("typ", "")).lower().removeprefix("application/"),),
        id_token_ok=True,
        expired_ok=True,
        bound_ok=True,
    )


def _decoded(owner: str, secret: str) -> list[tuple[str, bytes]]:
    try:
        return [(owner, unb64url(secret))]
    except ValueError:
        return []


def _usable(secret: bytes, alg: str) -> list[Keys]:
    try:
        return [StaticKeys.from_secret(secret, algorithm=alg)]
    except UnusableKey:
        return []
