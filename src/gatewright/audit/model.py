"""What a log entry is; field names are the wire's."""

import msgspec

from gatewright.kernel.events import Event
from gatewright.kernel.ids import log_id


class LogEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the audit log. ``at`` is seconds UTC; ``type`` the wire's code."""

    log_id: str
    at: int
    type: str
    event: str
    description: str = ""
    client_id: str | None = None
    client_name: str | None = None
    user_id: str | None = None
    user_name: str | None = None
    connection: str | None = None
    audience: str | None = None
    scope: str | None = None
    session_id: str | None = None
    ip: str = ""
    user_agent: str = ""
    hostname: str = ""
    details: dict[str, object] = {}

    @classmethod
    def of(cls, event: Event) -> "LogEntry":
        """The entry that tells of ``event``."""
        return cls(
            log_id=log_id(event.at),
            at=event.at,
            type=event.code,
            event=type(event).__name__,
            description=event.description,
            client_id=event.client_id,
            client_name=event.client_name,
            user_id=event.user_id,
            user_name=event.user_name,
            connection=event.connection,
            audience=event.audience,
            scope=event.scope,
            session_id=event.session_id,
            ip=event.origin.ip,
            user_agent=event.origin.user_agent[:300],
            hostname=event.origin.hostname,
            details=dict(event.details),
        )


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries of one ``type`` a day (its first second, UTC) has, and when the first and the last."""

    day: int
    type: str
    count: int
    first_at: int
    last_at: int
