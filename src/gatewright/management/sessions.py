"""``/sessions`` and ``/users/{user_id}/sessions``: who is signed in where, and the end of it."""

import msgspec

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unmatched
from gatewright.management.bodies import Body, entry_of
from gatewright.management.errors import Contended, Inexistent
from gatewright.management.notes import note_of
from gatewright.management.paging import checkpoint_of
from gatewright.management.people import access_changed, user_of
from gatewright.management.query import CHECKPOINTS, TOTALS_IN_VAIN
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.session_shape import ShownSession, shown_session
from gatewright.sessions import Noted, SessionStore
from gatewright.users import UserStore

_LACKS = "network numbers (asn), the mode of the cookie, and the actor"
_TRIES = 10


class SessionEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a session can be changed."""

    session_metadata: dict[str, str] | None = None


class SessionResource:
    """See ``resource.Resource``."""

    def __init__(self, sessions: SessionStore, users: UserStore, bus: Bus) -> None:
        self._sessions = sessions
        self._users = users
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one, of_user = "/sessions/{id}", "/users/{user_id}/sessions"
        return (
            Operation(
                method="GET",
                path=one,
                scopes=("read:sessions",),
                summary="Read a session.",
                run=self._read,
                shows=ShownSession,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:sessions",),
                summary="Replace the metadata of a session.",
                run=self._update,
                body=Body(SessionEntry, partial=True),
                shows=ShownSession,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:sessions",),
                summary="End a session; refresh tokens got in it stay.",
                run=self._end,
                status=202,
            ),
            Operation(
                method="GET",
                path=of_user,
                scopes=("read:sessions",),
                summary="List a user's sessions.",
                run=self._list,
                query=(*CHECKPOINTS, TOTALS_IN_VAIN),
                shows=ShownSession,
                plural="sessions",
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=of_user,
                scopes=("delete:sessions",),
                summary="End all sessions of a user; refresh tokens stay.",
                run=self._end_all,
                status=202,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        user, page = await user_of(call, self._users, "user_id"), checkpoint_of(call.query)
        found = await self._sessions.alive_of_user(
            call.tenant_id, user.user_id, now=call.now, after=page.after, limit=page.take + 1
        )
        return Answer(page.first("sessions", found, key=lambda each: each.session.sid, show=shown_session))

    async def _read(self, call: Call) -> Answer:
        return call.one(shown_session(await session_of(call, self._sessions, call.id())))

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()
        if "session_metadata" not in sent:
            return await self._read(call)
        metadata = entry_of(SessionEntry, sent).value.session_metadata
        note = note_of("session_metadata", metadata, call.now)
        for _ in range(_TRIES):
            noted = await session_of(call, self._sessions, call.id())
            call.check_unchanged(shown_session(noted))
            session, names = noted.session, sorted(metadata or ())
            event = access_changed(
                call, session.user_id, "Update a session", session_id=session.sid, metadata=names
            )
            try:
                await self._bus.commit((self._sessions.note(call.tenant_id, noted, note),), event)
            except Unmatched:  # it ended, or somebody else was quicker: look again
                continue
            return call.one(shown_session(Noted(session, note)))
        raise Contended("The session is being changed by others; try again.")

    async def _end(self, call: Call) -> Answer:
        session = (await session_of(call, self._sessions, call.id())).session
        event = access_changed(call, session.user_id, "Delete a session", session_id=session.sid)
        await self._bus.commit((self._sessions.end(call.tenant_id, session.session_hash),), event)
        return Answer()

    async def _end_all(self, call: Call) -> Answer:
        user = await user_of(call, self._users, "user_id")
        event = access_changed(call, user.user_id, "Delete all sessions of a user")
        await self._bus.commit((self._sessions.end_all_of(call.tenant_id, user.user_id),), event)
        return Answer()


async def session_of(call: Call, sessions: SessionStore, sid: str) -> Noted:
    """The live session that tokens name so. Raises ``Inexistent``."""
    noted = await sessions.by_sid(call.tenant_id, sid)
    if noted is None or not noted.session.is_alive(call.now):
        raise Inexistent("session")
    return noted
