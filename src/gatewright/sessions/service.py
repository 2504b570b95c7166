"""What one may do with sessions."""

from collections.abc import Iterable

import msgspec

from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Origin
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Change, Unit
from gatewright.sessions.model import Session
from gatewright.sessions.store import SessionStore

_LONGEST_AGENT = 200
_TOUCH_SHARE = 60
"""A session is written again when 1/60 of its idle lifetime has passed: an hour and a bit of 72 h."""


class Sessions:
    """Begins, extends and ends sessions; lifetimes are seconds, given by the caller, who knows the tenant."""

    def __init__(self, store: SessionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def begin(
        self,
        user_id: str,
        connection: str,
        *,
        lifetime: int,
        idle_lifetime: int,
        amr: Iterable[str],
        origin: Origin,
    ) -> tuple[str, Session]:
        """A new session and the secret for its cookie; store it with ``put``."""
        now, secret = self._clock.now(), ids.opaque_token()
        session = Session(
            session_hash=fingerprint(secret),
            sid=ids.session_id(),
            user_id=user_id,
            connection=connection,
            authenticated_at=now,
            created_at=now,
            seen_at=now,
            idle_expires_at=min(now + idle_lifetime, now + lifetime),
            expires_at=now + lifetime,
            amr=tuple(amr),
            ip=origin.ip,
            user_agent=origin.user_agent[:_LONGEST_AGENT],
        )
        return secret, session

    def put(self, tenant_id: str, session: Session) -> Change:
        """The change that stores the session."""
        return self._store.put(tenant_id, session)

    def seen(
        self, tenant_id: str, session: Session, client_id: str, *, idle_lifetime: int, origin: Origin
    ) -> Unit:
        """Changes that note the use by a client; empty when there is nothing worth a write.

        They refuse their unit when the session was ended meanwhile, so that it cannot come back.
        """
        now = self._clock.now()
        is_new_client = client_id not in session.clients
        if not is_new_client and now - session.seen_at < idle_lifetime // _TOUCH_SHARE:
            return ()
        touched = msgspec.structs.replace(
            session,
            seen_at=now,
            idle_expires_at=min(now + idle_lifetime, session.expires_at),
            clients=(*session.clients, client_id) if is_new_client else session.clients,
            last_ip=origin.ip,
            last_user_agent=origin.user_agent[:_LONGEST_AGENT],
        )
        return (self._store.touch(tenant_id, touched),)

    def end(self, tenant_id: str, session: Session) -> Change:
        """The change that ends the session."""
        return self._store.end(tenant_id, session.session_hash)

    def end_all_of(self, tenant_id: str, user_id: str) -> Change:
        """The change that ends every session of the user."""
        return self._store.end_all_of(tenant_id, user_id)
