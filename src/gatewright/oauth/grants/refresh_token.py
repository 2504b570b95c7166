"""A refresh token becomes new tokens (RFC 6749 §6), with rotation and reuse alarm (RFC 9700 §4.14.2)."""

import msgspec

from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unit
from gatewright.oauth.access import Access
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import InvalidGrant, InvalidScope
from gatewright.oauth.events import RefreshExchanged, RefreshFailed, RefreshReused
from gatewright.oauth.families import nearer, rotates
from gatewright.oauth.grants.grant import required
from gatewright.oauth.model import Family, Grant
from gatewright.oauth.refresh_tokens import PresentedToken, RefreshTokens
from gatewright.oauth.scopes import parse_scope
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.vocabulary import GRANT_MEMORY, REFRESH_TOKEN
from gatewright.users import User
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters

_UNKNOWN = "Unknown or invalid refresh token."


class RefreshTokenGrant:
    """See ``grant.Grant``."""

    grant_type = REFRESH_TOKEN
    failed: type[Event] = RefreshFailed

    def __init__(
        self, *, store: AuthorizationStore, tokens: RefreshTokens, access: Access, bus: Bus, clock: Clock
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._access = access
        self._bus = bus
        self._clock = clock

    async def authorize(self, context: Context, client: Client, request: Parameters) -> Authorization:
        """New tokens of the family's grant; a rotating family moves on in the same unit."""
        presented = self._tokens.recognise(context.tenant.tenant_id, required(request, "refresh_token"))
        found = presented and await self._store.family(context.tenant.tenant_id, presented.grant_id)
        if presented is None or not found or found[0].grant.client_id != client.client_id:
            raise InvalidGrant(_UNKNOWN, detail="unknown" if presented is None else "gone")
        family, user = found
        # First, for blocking revokes too: the wire's browser library signs out locally when it reads why.
        user = await self._access.check_user(context.tenant, family.grant, user)
        self._check_alive(family)
        generation, changes = await self._next(context, client, family, presented)
        grant = await self._narrowed(context, family.grant, user, request.get("scope"))
        token = self._tokens.token(context.tenant.tenant_id, presented.grant_id, generation)
        return await self._accepted(context, client, grant, user, changes, token if changes else None)

    async def lost_race(
        self, context: Context, client: Client, request: Parameters, lost: Authorization
    ) -> Authorization:
        """Another request moved the family on: within the leeway this one gets the same successor."""
        return await self.authorize(context, client, request)

    def _check_alive(self, family: Family) -> None:
        if family.revoked_at is not None:
            raise InvalidGrant(_UNKNOWN, detail="revoked")
        if family.expires_at is not None and self._clock.now() >= family.expires_at:
            raise InvalidGrant(_UNKNOWN, detail="expired")

    async def _next(
        self, context: Context, client: Client, family: Family, presented: PresentedToken
    ) -> tuple[int, Unit]:
        """The generation to answer with and what moves the family there. Raises on reuse."""
        now, settings = self._clock.now(), client.refresh_token
        expires_at = nearer(settings.idle_expiry(now), family.ends_at)
        tenant_id = context.tenant.tenant_id
        if presented.generation == family.generation:
            to = family.generation + (1 if rotates(client, family.grant) else 0)
            change = self._store.rotate(tenant_id, family, to=to, at=now, expires_at=expires_at)
            return to, (change,)
        is_racing = presented.generation == family.generation - 1
        if is_racing and now < family.rotated_at + settings.leeway:
            # The same successor again: whoever lost the race, or the answer, holds the family's newest token.
            same = self._store.rotate(
                tenant_id, family, to=family.generation, at=family.rotated_at, expires_at=expires_at
            )
            return family.generation, (same,)
        await self._alarm(context, client, family)
        raise InvalidGrant(_UNKNOWN, detail="reused")

    async def _alarm(self, context: Context, client: Client, family: Family) -> None:
        now, tenant_id = self._clock.now(), context.tenant.tenant_id
        event = RefreshReused(
            tenant_id=tenant_id,
            at=now,
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=family.grant.user_id,
            description="A replaced refresh token was used again; its family is revoked.",
        )
        revoked = self._store.revoke_grant(
            tenant_id, family.grant.grant_id, at=now, forget_at=now + GRANT_MEMORY
        )
        await self._bus.commit(revoked, event)

    async def _narrowed(self, context: Context, grant: Grant, user: User, scope: str | None) -> Grant:
        """The grant with the scopes asked for, or all of them, as far as the user may still have them.

        What was not granted at sign-in is left out, as it was then: clients repeat what they once asked for.
        """
        asked = parse_scope(scope)
        requested = tuple(word for word in asked if word in grant.scopes) if asked else grant.scopes
        if not requested and grant.scopes:
            raise InvalidScope(f"Not granted at sign-in: {' '.join(asked)}")
        api = await self._access.api(context.tenant, grant.audience) if grant.audience else None
        scopes = await self._access.scopes(
            context.tenant,
            user.user_id,
            api,
            requested,
            legacy=grant.legacy,
            organization=grant.organization,
        )
        return grant if scopes == grant.scopes else msgspec.structs.replace(grant, scopes=scopes)

    async def _accepted(
        self,
        context: Context,
        client: Client,
        grant: Grant,
        user: User,
        changes: Unit,
        token: str | None,
    ) -> Authorization:
        tenant = context.tenant
        api = await self._access.api(tenant, grant.audience) if grant.audience else None
        permissions = await self._access.permissions(
            tenant, user.user_id, api, organization=grant.organization
        )
        return Authorization(
            subject=user.user_id,
            scopes=grant.scopes,
            permissions=tuple(sorted(permissions or ())),
            api=api,
            grant=grant,
            user=user,
            refresh_token=token if rotates(client, grant) else None,
            changes=changes,
            organization=await self._access.organization(tenant, grant),
            event=self._told(context, client, grant, user),
        )

    def _told(self, context: Context, client: Client, grant: Grant, user: User) -> Event:
        return RefreshExchanged(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=user.user_id,
            user_name=user.display_name,
            audience=grant.audience or None,
            scope=grant.scope,
            session_id=grant.sid or None,
        )
