"""The end of refresh tokens, alone or together with the sessions in which they were got.

A refresh token ends with the opaque access tokens of its grant. JWTs are refused at our own doors; APIs,
which verify them without asking, take them until they expire.
"""

import msgspec

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.errors import Inexistent
from gatewright.management.people import access_changed, user_of
from gatewright.management.refresh_tokens import family_of
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.sessions import session_of
from gatewright.oauth.model import Family, Whose
from gatewright.oauth.store import AuthorizationStore, FamilyIndex
from gatewright.oauth.vocabulary import GRANT_MEMORY
from gatewright.provisioning import Problem
from gatewright.sessions import SessionStore
from gatewright.users import UserStore

MOST_AT_ONCE = 100
"""Refresh tokens that one call revokes by their ids."""

_TOKENS = ("delete:refresh_tokens",)
_BOTH = ("delete:sessions", *_TOKENS)


class RevokedTokens(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which refresh tokens to revoke: by ``ids``, or all of a user, narrowed by client and audience."""

    ids: tuple[str, ...] = ()
    user_id: str | None = None
    client_id: str | None = None
    audience: str | None = None


class RevokedAccess(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which access of a user to revoke: of one session, or all; with its refresh tokens, or without."""

    session_id: str | None = None
    preserve_refresh_tokens: bool = False


class RevokingResource:
    """See ``resource.Resource``."""

    def __init__(
        self,
        *,
        index: FamilyIndex,
        store: AuthorizationStore,
        sessions: SessionStore,
        users: UserStore,
        bus: Bus,
    ) -> None:
        self._index = index
        self._store = store
        self._sessions = sessions
        self._users = users
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="DELETE",
                path="/refresh-tokens/{id}",
                scopes=_TOKENS,
                summary="Revoke a refresh token.",
                run=self._delete_token,
                status=202,
            ),
            Operation(
                method="POST",
                path="/refresh-tokens/revoke",
                scopes=_TOKENS,
                summary="Revoke refresh tokens by their ids, or those of a user.",
                run=self._revoke_tokens,
                status=202,
                body=Body(RevokedTokens),
            ),
            Operation(
                method="DELETE",
                path="/users/{user_id}/refresh-tokens",
                scopes=_TOKENS,
                summary="Revoke all refresh tokens of a user.",
                run=self._delete_tokens_of_user,
                status=202,
            ),
            Operation(
                method="POST",
                path="/sessions/{id}/revoke",
                scopes=_BOTH,
                summary="End a session and the refresh tokens got in it; both scopes are needed.",
                run=self._revoke_session,
                status=202,
            ),
            Operation(
                method="POST",
                path="/users/{id}/revoke-access",
                scopes=_BOTH,
                summary="End a user's sessions and refresh tokens, all or of one; both scopes are needed.",
                run=self._revoke_access,
                status=202,
                body=Body(RevokedAccess),
            ),
        )

    async def _delete_token(self, call: Call) -> Answer:
        family = (await family_of(call, self._index, call.id())).family
        return await revoke(call, self._store, self._bus, family.grant.user_id, [family])

    async def _delete_tokens_of_user(self, call: Call) -> Answer:
        user = await user_of(call, self._users, "user_id")
        return await self._end_of(call, Whose(user_id=user.user_id))

    async def _revoke_tokens(self, call: Call) -> Answer:
        wanted = entry_of(RevokedTokens, await call.body()).value
        check(_problems(wanted))
        if wanted.user_id:
            client_id, audience = wanted.client_id or "", wanted.audience
            return await self._end_of(
                call, Whose(user_id=wanted.user_id, client_id=client_id, audience=audience)
            )
        for user_id, families in (await self._by_user(call, wanted.ids)).items():
            await revoke(call, self._store, self._bus, user_id, families)
        return Answer()

    async def _by_user(self, call: Call, grant_ids: tuple[str, ...]) -> dict[str, list[Family]]:
        """Those of the families that there are; the others are revoked already, or never were."""
        found: dict[str, list[Family]] = {}
        for grant_id in dict.fromkeys(grant_ids):
            noted = await self._index.noted(call.tenant_id, grant_id)
            if noted is not None and noted.family.is_alive(call.now):
                found.setdefault(noted.family.grant.user_id, []).append(noted.family)
        return found

    async def _revoke_session(self, call: Call) -> Answer:
        _check_both(call)
        return await self._end_session(call, call.id())

    async def _revoke_access(self, call: Call) -> Answer:
        _check_both(call)
        wanted = entry_of(RevokedAccess, await call.body()).value
        user = await user_of(call, self._users)
        if wanted.session_id is not None:
            return await self._end_session(
                call, wanted.session_id, of=user.user_id, keep_tokens=wanted.preserve_refresh_tokens
            )
        ended: Unit = (self._sessions.end_all_of(call.tenant_id, user.user_id),)
        if not wanted.preserve_refresh_tokens:
            ended += self._index.revoke(call.tenant_id, Whose(user_id=user.user_id), at=call.now)
        kept = wanted.preserve_refresh_tokens
        event = access_changed(call, user.user_id, "Revoke a user's access", preserve_refresh_tokens=kept)
        await self._bus.commit(ended, event)
        return Answer()

    async def _end_session(self, call: Call, sid: str, *, of: str = "", keep_tokens: bool = False) -> Answer:
        """Ends the session, if it is one ``of`` the user named. Raises ``Inexistent``."""
        session = (await session_of(call, self._sessions, sid)).session
        if of and session.user_id != of:
            raise Inexistent("session")
        ended: Unit = (self._sessions.end(call.tenant_id, session.session_hash),)
        if not keep_tokens:
            ended += self._index.revoke(call.tenant_id, Whose(user_id=session.user_id, sid=sid), at=call.now)
        event = access_changed(
            call, session.user_id, "Revoke a session", session_id=sid, preserve_refresh_tokens=keep_tokens
        )
        await self._bus.commit(ended, event)
        return Answer()

    async def _end_of(self, call: Call, whose: Whose) -> Answer:
        of = {"client_id": whose.client_id, "audience": whose.audience}
        event = access_changed(call, whose.user_id, "Revoke refresh tokens of a user", of=of)
        await self._bus.commit(self._index.revoke(call.tenant_id, whose, at=call.now), event)
        return Answer()


async def revoke(
    call: Call, store: AuthorizationStore, bus: Bus, user_id: str, families: list[Family]
) -> Answer:
    """Ends refresh tokens of one user."""
    ids, forget_at = [each.grant.grant_id for each in families], call.now + GRANT_MEMORY
    changes = tuple(
        change
        for grant_id in ids
        for change in store.revoke_grant(call.tenant_id, grant_id, at=call.now, forget_at=forget_at)
    )
    event = access_changed(call, user_id, "Revoke refresh tokens", refresh_tokens=ids)
    await bus.commit(changes, event)
    return Answer()


def _check_both(call: Call) -> None:
    for scope in _BOTH:
        call.caller.check((scope,))


def _problems(wanted: RevokedTokens) -> list[Problem]:
    """What is wrong in the choice of tokens."""
    if bool(wanted.ids) == bool(wanted.user_id):
        return [Problem("ids", "wanted: either ids of refresh tokens, or a user_id")]
    if len(wanted.ids) > MOST_AT_ONCE:
        return [Problem("ids", f"{len(wanted.ids)} ids; wanted: at most {MOST_AT_ONCE}")]
    if wanted.ids and (wanted.client_id or wanted.audience is not None):
        return [Problem("ids", "wanted: no client_id and no audience beside them")]
    if wanted.audience is not None and not wanted.client_id:
        return [Problem("client_id", "missing; wanted: the application whose tokens for the audience go")]
    return []
