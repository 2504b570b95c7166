"""A code becomes tokens (RFC 6749 §4.1.3, RFC 7636 §4.6, OIDC Core §3.1.3)."""

from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.secrets import fingerprint
from gatewright.oauth import pkce
from gatewright.oauth.access import Access
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import InvalidGrant
from gatewright.oauth.events import CodeExchanged, CodeExchangeFailed, CodeReused
from gatewright.oauth.families import Families
from gatewright.oauth.grants.grant import required
from gatewright.oauth.model import Code
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.vocabulary import AUTHORIZATION_CODE, CODE_LIFETIME, GRANT_MEMORY
from gatewright.users import User
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters

_UNKNOWN = "Invalid authorization code"


class AuthorizationCodeGrant:
    """See ``grant.Grant``."""

    grant_type = AUTHORIZATION_CODE
    failed: type[Event] = CodeExchangeFailed

    def __init__(
        self, *, store: AuthorizationStore, families: Families, access: Access, bus: Bus, clock: Clock
    ) -> None:
        self._store = store
        self._families = families
        self._access = access
        self._bus = bus
        self._clock = clock

    async def authorize(self, context: Context, client: Client, request: Parameters) -> Authorization:
        """Tokens of the grant behind the code; the code is spent in the same unit.

        A wrong verifier or redirect URI from the right client spends the code as well:
        whoever holds it without knowing them has stolen it.
        """
        tenant_id = context.tenant.tenant_id
        code_hash = fingerprint(required(request, "code"))
        found = await self._store.code(tenant_id, code_hash)
        if found is None or found[0].grant.client_id != client.client_id:
            raise InvalidGrant(_UNKNOWN, detail="foreign" if found else "unknown")
        code, used_at, user = found
        if used_at is not None:
            await self._revoke_all(context, client, code)
        if self._clock.now() >= code.issued_at + CODE_LIFETIME:
            raise InvalidGrant(f"The authorization code expired: it lives {CODE_LIFETIME} seconds.")
        problem = _binding_problem(code, request)
        if problem is not None:
            await self._burn(context, client, code_hash, problem)
        user = await self._access.check_user(context.tenant, code.grant, user)
        if code.grant.authenticated_at < (user.last_password_reset or 0):
            raise InvalidGrant("The password was changed after this sign-in.", detail="stale")
        return await self._accepted(context, client, code_hash, code, user)

    async def lost_race(
        self, context: Context, client: Client, request: Parameters, lost: Authorization
    ) -> Authorization:
        """Another request spent the code first: this one is reuse, and is refused as such."""
        return await self.authorize(context, client, request)

    async def _accepted(
        self, context: Context, client: Client, code_hash: str, code: Code, user: User
    ) -> Authorization:
        tenant, grant, now = context.tenant, code.grant, self._clock.now()
        api = await self._access.api(tenant, grant.audience) if grant.audience else None
        permissions = await self._access.permissions(
            tenant, user.user_id, api, organization=grant.organization
        )
        refresh_token, family = self._families.begin(
            tenant.tenant_id, client, grant, api, origin=context.origin
        )
        return Authorization(
            subject=user.user_id,
            scopes=grant.scopes,
            permissions=tuple(sorted(permissions or ())),
            api=api,
            grant=grant,
            user=user,
            nonce=code.nonce,
            refresh_token=refresh_token,
            organization=await self._access.organization(tenant, grant),
            changes=(self._store.spend_code(tenant.tenant_id, code_hash, now), *family),
            event=CodeExchanged(
                tenant_id=tenant.tenant_id,
                at=now,
                origin=context.origin,
                client_id=client.client_id,
                client_name=client.name,
                user_id=user.user_id,
                user_name=user.display_name,
                audience=grant.audience or None,
                scope=grant.scope,
                session_id=grant.sid,
            ),
        )

    async def _revoke_all(self, context: Context, client: Client, code: Code) -> None:
        """A spent code came back: revoke everything it gave (RFC 6749 §4.1.2)."""
        now, tenant_id = self._clock.now(), context.tenant.tenant_id
        event = CodeReused(
            tenant_id=tenant_id,
            at=now,
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=code.grant.user_id,
            description="Authorization code was used again; its tokens are revoked.",
        )
        revoked = self._store.revoke_grant(
            tenant_id, code.grant.grant_id, at=now, forget_at=now + GRANT_MEMORY
        )
        await self._bus.commit(revoked, event)
        raise InvalidGrant(_UNKNOWN, detail="reused")

    async def _burn(self, context: Context, client: Client, code_hash: str, problem: str) -> None:
        now, tenant_id = self._clock.now(), context.tenant.tenant_id
        await self._bus.commit((self._store.spend_code(tenant_id, code_hash, now),))
        raise InvalidGrant(problem)


def _binding_problem(code: Code, request: Parameters) -> str | None:
    """Why the request is not the one the code was issued to, or ``None``."""
    if code.redirect_uri and request.get("redirect_uri") != code.redirect_uri:
        return "redirect_uri is not the one the authorization request was made with."
    verifier = request.get("code_verifier")
    if code.code_challenge:
        if verifier is None:
            return "code_verifier is missing: the authorization request had a code_challenge."
        if not pkce.is_verifier(verifier) or not pkce.proves(verifier, code.code_challenge):
            return "Failed to verify code verifier"
    elif verifier is not None:
        return "code_verifier was sent, but the authorization request had no code_challenge."
    return None
