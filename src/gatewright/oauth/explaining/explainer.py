"""Looks at a text and says what it is, trying the kinds from the surest to the vaguest."""

from gatewright.kernel.clock import Clock
from gatewright.kernel.secrets import fingerprint
from gatewright.oauth.explaining.explanation import EXPIRED, NO_USER, REVOKED, Explanation, when
from gatewright.oauth.explaining.jwts import JwtExplainer
from gatewright.oauth.explaining.recipients import opaque_at_api, opaque_at_legacy_api
from gatewright.oauth.model import Grant
from gatewright.oauth.refresh_tokens import PresentedToken, RefreshTokens
from gatewright.oauth.store import AuthorizationStore
from gatewright.tenants import Tenant
from gatewright.users import User
from gatewright_guard import Diagnosis

_REPLACED = Diagnosis(
    seen="a refresh token that was replaced by its successor",
    expected="the newest refresh token of its family",
    change="store the refresh_token of every token answer in place of the one you sent",
)
_UNKNOWN = Diagnosis(
    seen="a text that was not issued here, or that is forgotten because its time was over long ago",
    expected="a token of this tenant, whole and unaltered",
    change="copy the token again, and ask the tenant that issued it (gatewright explain --tenant)",
)


class Explainer:
    """Explains tokens of one tenant."""

    def __init__(
        self, *, store: AuthorizationStore, refresh_tokens: RefreshTokens, jwts: JwtExplainer, clock: Clock
    ) -> None:
        self._store = store
        self._refresh_tokens = refresh_tokens
        self._jwts = jwts
        self._clock = clock

    async def explain(self, tenant: Tenant, text: str, *, audience: str = "") -> Explanation:
        """What ``text`` is. ``audience`` is the API that refused it, if one did."""
        token = text.strip().removeprefix("Bearer ").strip()
        presented = self._refresh_tokens.recognise(tenant.tenant_id, token)
        if presented is not None:
            return await self._refresh_token(tenant, presented)
        if "." in token:
            return await self._jwts.explain(tenant, token, audience=audience)
        return await self._reference(tenant, token, audience) or Explanation(
            kind="unknown text", problems=(_UNKNOWN,)
        )

    async def _refresh_token(self, tenant: Tenant, presented: PresentedToken) -> Explanation:
        now, found = self._clock.now(), await self._store.family(tenant.tenant_id, presented.grant_id)
        if found is None:
            return Explanation(kind="refresh token", problems=(EXPIRED,))
        family, user = found
        problems = [NO_USER] if user is None or user.blocked else []
        if family.revoked_at is not None:
            problems.append(REVOKED)
        if family.expires_at is not None and now >= family.expires_at:
            problems.append(EXPIRED)
        if presented.generation != family.generation:
            problems.append(_REPLACED)
        expires = "never" if family.expires_at is None else when(family.expires_at, now)
        return Explanation(
            kind="refresh token",
            facts=(
                *_of_grant(family.grant, user),
                ("for", "the token endpoint alone; no API accepts it"),
                ("rotations", f"{presented.generation}, the newest is {family.generation}"),
                ("expires", expires),
            ),
            problems=tuple(problems),
        )

    async def _reference(self, tenant: Tenant, token: str, audience: str) -> Explanation | None:
        handle = fingerprint(token)
        kept = await self._store.access_token(tenant.tenant_id, handle)
        if kept is None:
            return await self._code(tenant, handle)
        found, is_revoked, user = kept
        now = self._clock.now()
        problems = [REVOKED] if is_revoked else []
        problems += [NO_USER] if user is None or user.blocked else []
        problems += [EXPIRED] if now >= found.expires_at else []
        problems += [await self._opaque_at(tenant, audience)] if audience else []
        return Explanation(
            kind="opaque access token",
            facts=(
                *_of_grant(found.grant, user),
                ("for", f"{tenant.userinfo_audience} alone: no audience was requested"),
                ("issued", when(found.issued_at, now)),
                ("expires", when(found.expires_at, now)),
            ),
            problems=tuple(problems),
        )

    async def _opaque_at(self, tenant: Tenant, audience: str) -> Diagnosis:
        is_legacy = await self._jwts.is_legacy_api(tenant, audience)
        return opaque_at_legacy_api(audience) if is_legacy else opaque_at_api(audience)

    async def _code(self, tenant: Tenant, handle: str) -> Explanation | None:
        found = await self._store.code(tenant.tenant_id, handle)
        if found is None:
            return None
        code, used_at, user = found
        now = self._clock.now()
        used = (("redeemed", when(used_at, now)),) if used_at else ()
        return Explanation(
            kind="authorization code",
            facts=(*_of_grant(code.grant, user), ("issued", when(code.issued_at, now)), *used),
            problems=(
                Diagnosis(
                    seen="an authorization code",
                    expected="a token",
                    change="redeem the code at the token endpoint, once and within a minute, "
                    "and send the access_token that it gives",
                ),
            ),
        )


def _of_grant(grant: Grant, user: User | None) -> tuple[tuple[str, str], ...]:
    return (
        ("application", grant.client_id),
        ("user", f"{grant.user_id} ({user.display_name})" if user else grant.user_id),
        ("scope", grant.scope or "none"),
        *((("device", grant.device),) if grant.device else ()),
    )
