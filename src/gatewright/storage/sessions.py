"""Sessions."""

from sqlalchemy import bindparam, delete, func, select, update

from gatewright.kernel.units import Change
from gatewright.sessions import Note, Noted, Session
from gatewright.storage.database import Database, Row
from gatewright.storage.documents import decoder, encode
from gatewright.storage.planning import rare
from gatewright.storage.schema import sessions
from gatewright.storage.statement import Statement, upsert

_HERE = sessions.c.tenant_id == bindparam("tenant_id")
_THIS = sessions.c.session_hash == bindparam("session_hash")
_OF_USER = sessions.c.user_id == bindparam("user_id")
_GET = Statement(select(sessions.c.doc).where(_HERE, _THIS))
_ALL_OF_USER = Statement(select(sessions.c.doc).where(_HERE, _OF_USER).order_by(sessions.c.expires_at.desc()))
_NOTED = select(sessions.c.doc, sessions.c.metadata)
_BY_SID = Statement(lambda dialect: _NOTED.where(_HERE, rare(sessions.c.sid == bindparam("sid"), dialect)))
_ALIVE_OF_USER = Statement(
    lambda dialect: (
        _NOTED.where(
            _HERE,
            rare(_OF_USER, dialect),
            sessions.c.expires_at > bindparam("now"),
            sessions.c.sid > bindparam("after"),
        )
        .order_by(sessions.c.sid)
        .limit(bindparam("most"))
    )
)
_NOTE = Statement(
    update(sessions)
    .where(_HERE, _THIS, func.coalesce(sessions.c.metadata, "") == bindparam("seen"))
    .values(metadata=bindparam("new_metadata"))
)
_PUT = upsert(sessions, keys=("tenant_id", "session_hash"), update=("user_id", "sid", "expires_at", "doc"))
_TOUCH = Statement(
    update(sessions)
    .where(_HERE, _THIS)
    .values(expires_at=bindparam("new_expires_at"), doc=bindparam("new_doc"))
)
_END = Statement(delete(sessions).where(_HERE, _THIS))
_END_ALL = Statement(lambda dialect: delete(sessions).where(_HERE, rare(_OF_USER, dialect)))
_decode = decoder(Session).decode
_decode_note = decoder(Note).decode


class SqlSessions:
    """See ``sessions.SessionStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, session_hash: str) -> Session | None:
        """See ``SessionStore.get``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, session_hash=session_hash)
        return _decode(row[0]) if row else None

    async def of_user(self, tenant_id: str, user_id: str) -> list[Session]:
        """See ``SessionStore.of_user``."""
        rows = await self._database.scan(_ALL_OF_USER, tenant_id=tenant_id, user_id=user_id)
        return [_decode(row[0]) for row in rows]

    async def by_sid(self, tenant_id: str, sid: str) -> Noted | None:
        """See ``SessionStore.by_sid``."""
        row = await self._database.fetch_one(_BY_SID, tenant_id=tenant_id, sid=sid)
        return _noted(row) if row else None

    async def alive_of_user(
        self, tenant_id: str, user_id: str, *, now: int, after: str, limit: int
    ) -> list[Noted]:
        """See ``SessionStore.alive_of_user``."""
        rows = await self._database.scan(
            _ALIVE_OF_USER, tenant_id=tenant_id, user_id=user_id, now=now, after=after, most=limit
        )
        return list(map(_noted, rows))

    def note(self, tenant_id: str, noted: Noted, note: Note | None) -> Change:
        """See ``SessionStore.note``."""
        return _NOTE.change(
            must_match=True,
            tenant_id=tenant_id,
            session_hash=noted.session.session_hash,
            seen=encode(noted.note) if noted.note else "",
            new_metadata=encode(note) if note else None,
        )

    def put(self, tenant_id: str, session: Session) -> Change:
        """See ``SessionStore.put``. The row may go when the idle lifetime has passed."""
        return _PUT.change(
            tenant_id=tenant_id,
            session_hash=session.session_hash,
            user_id=session.user_id,
            sid=session.sid,
            expires_at=_forgettable_at(session),
            doc=encode(session),
            metadata=None,
        )

    def touch(self, tenant_id: str, session: Session) -> Change:
        """See ``SessionStore.touch``."""
        return _TOUCH.change(
            must_match=True,
            tenant_id=tenant_id,
            session_hash=session.session_hash,
            new_expires_at=_forgettable_at(session),
            new_doc=encode(session),
        )

    def end(self, tenant_id: str, session_hash: str) -> Change:
        """See ``SessionStore.end``."""
        return _END.change(tenant_id=tenant_id, session_hash=session_hash)

    def end_all_of(self, tenant_id: str, user_id: str) -> Change:
        """See ``SessionStore.end_all_of``."""
        return _END_ALL.change(tenant_id=tenant_id, user_id=user_id)


def _noted(row: Row) -> Noted:
    return Noted(_decode(row[0]), _decode_note(row[1]) if row[1] else None)


def _forgettable_at(session: Session) -> int:
    return min(session.idle_expires_at, session.expires_at)
