"""How the wire shows a session."""

from collections.abc import Mapping

import msgspec

from gatewright.management.resource import Shown, moment, shown_as
from gatewright.sessions import Noted


class Device(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a session began, and where it was last seen to be used."""

    initial_ip: str = ""
    initial_user_agent: str = ""
    last_ip: str = ""
    last_user_agent: str = ""


class SessionClient(msgspec.Struct, frozen=True, kw_only=True):
    """An application that took part in a session."""

    client_id: str


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """How the person proved who they are, and when."""

    name: str
    timestamp: str


class Methods(msgspec.Struct, frozen=True, kw_only=True):
    """All their proofs."""

    methods: tuple[Method, ...] = ()


class ShownSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session as the wire shows it; ``id`` is the ``sid`` of its tokens."""

    id: str
    user_id: str
    created_at: str
    updated_at: str
    authenticated_at: str
    idle_expires_at: str
    expires_at: str
    last_interacted_at: str
    device: Device
    clients: tuple[SessionClient, ...]
    authentication: Methods
    session_metadata: Mapping[str, str] | None = None


def shown_session(noted: Noted) -> Shown:
    """The session as the wire shows it."""
    session, note = noted.session, noted.note
    proved_at = moment(session.authenticated_at)
    shown = ShownSession(
        id=session.sid,
        user_id=session.user_id,
        created_at=moment(session.created_at),
        updated_at=moment(max(session.seen_at, note.at if note else 0)),
        authenticated_at=proved_at,
        idle_expires_at=moment(session.idle_expires_at),
        expires_at=moment(session.expires_at),
        last_interacted_at=moment(session.seen_at),
        device=Device(
            initial_ip=session.ip,
            initial_user_agent=session.user_agent,
            last_ip=session.last_ip or session.ip,
            last_user_agent=session.last_user_agent or session.user_agent,
        ),
        clients=tuple(SessionClient(client_id=each) for each in session.clients),
        authentication=Methods(methods=tuple(Method(name=each, timestamp=proved_at) for each in session.amr)),
        session_metadata=note.metadata if note else None,
    )
    return shown_as(shown)
