"""What of sessions must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change
from gatewright.sessions.model import Note, Noted, Session


class SessionStore(Protocol):
    """Sessions by the hash of their cookie's secret."""

    async def get(self, tenant_id: str, session_hash: str) -> Session | None:
        """The session as stored; the caller judges whether it is alive."""
        ...

    async def of_user(self, tenant_id: str, user_id: str) -> list[Session]:
        """Every session of the user, newest first."""
        ...

    async def by_sid(self, tenant_id: str, sid: str) -> Noted | None:
        """The session that tokens name so, as stored."""
        ...

    async def alive_of_user(
        self, tenant_id: str, user_id: str, *, now: int, after: str, limit: int
    ) -> list[Noted]:
        """The user's sessions that have not run out, by their ``sid``: so many behind ``after``."""
        ...

    def note(self, tenant_id: str, noted: Noted, note: Note | None) -> Change:
        """Keeps ``note`` with the session; must match what was read, so that nobody's note is lost."""
        ...

    def put(self, tenant_id: str, session: Session) -> Change:
        """Inserts or replaces."""
        ...

    def touch(self, tenant_id: str, session: Session) -> Change:
        """Replaces a session that is still there; the unit is refused when it was ended meanwhile."""
        ...

    def end(self, tenant_id: str, session_hash: str) -> Change:
        """Removes one."""
        ...

    def end_all_of(self, tenant_id: str, user_id: str) -> Change:
        """Removes every session of the user."""
        ...
