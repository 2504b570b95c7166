"""What a session is; times are seconds UTC."""

import msgspec


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signed-in browser. ``amr`` are authentication methods (RFC 8176); ``clients`` took part in it."""

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

    def is_alive(self, now: int) -> bool:
        """Whether neither the idle nor the absolute lifetime has passed."""
        return now < self.idle_expires_at and now < self.expires_at

    def is_fresh_enough(self, now: int, max_age: int | None) -> bool:
        """Whether the person proved themselves within ``max_age`` seconds (OIDC Core §3.1.2.1)."""
        return max_age is None or now - self.authenticated_at <= max_age
