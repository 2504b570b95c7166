"""What a session is; times are seconds UTC."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signed-in browser. ``amr`` are authentication methods (RFC 8176); ``clients`` took part in it.

    ``ip`` and ``user_agent`` are those of the sign-in, ``last_ip`` and ``last_user_agent`` those when it
    was last written that the session is in use.
    """

    session_hash: str
    sid: str
    user_id: str
    connection: str
    authenticated_at: int
    created_at: int
    seen_at: int
    idle_expires_at: int
    expires_at: int
    amr: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    ip: str = ""
    user_agent: str = ""
    last_ip: str = ""
    last_user_agent: str = ""

    def is_alive(self, now: int) -> bool:
        """Whether neither the idle nor the absolute lifetime has passed."""
        return now < self.idle_expires_at and now < self.expires_at

    def is_fresh_enough(self, now: int, max_age: int | None) -> bool:
        """Whether the person proved themselves within ``max_age`` seconds (OIDC Core §3.1.2.1)."""
        return max_age is None or now - self.authenticated_at <= max_age


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator keeps with a session, and since when."""

    metadata: Mapping[str, str]
    at: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A session, and what is kept with it; no sign-in reads that."""

    session: Session
    note: Note | None = None
