"""Who is signed in in this browser, as far as a login transaction is concerned.

A session may end between two pages (signed out in another tab, user blocked, password changed),
and another may begin (signed in in another tab). A transaction never outlives the one and may use the other.
"""

import msgspec
from starlette.requests import HTTPConnection

from gatewright.connections import Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.secrets import fingerprint
from gatewright.login.transaction import LoginTransaction
from gatewright.sessions import Session, SessionCookies, SessionStore
from gatewright.tenants import Tenant
from gatewright.users import Users


class LiveSessions:
    """Holds transactions against the sessions there really are."""

    def __init__(self, sessions: SessionStore, users: Users, connections: Connections, clock: Clock) -> None:
        self._sessions = sessions
        self._users = users
        self._connections = connections
        self._clock = clock

    async def held(self, tenant: Tenant, transaction: LoginTransaction) -> LoginTransaction:
        """The transaction; without its person when their session is over."""
        if not transaction.session_hash or await self._live(tenant, transaction.session_hash):
            return transaction
        nobody = {"session_hash": "", "user_id": "", "proved": False, "consented": False}
        return msgspec.structs.replace(transaction, account_chosen=True, **nobody)

    async def joined(
        self, tenant: Tenant, connection: HTTPConnection, transaction: LoginTransaction
    ) -> LoginTransaction:
        """The transaction; with whoever signed in in another tab since it began, if that answers it."""
        asked = transaction.asked
        secret = SessionCookies(secure=tenant.is_https).read(connection)
        if transaction.user_id or asked.fresh or asked.select_account or not secret:
            return transaction
        session = await self._live(tenant, fingerprint(secret))
        if session is None or session.authenticated_at < transaction.created_at:
            return transaction
        if asked.organization and session.connection not in asked.organization.connections:
            return transaction
        if asked.subject not in ("", session.user_id) or asked.connection not in ("", session.connection):
            return transaction
        # a session that the application's users cannot come from would be sent back here, for ever
        if not await self._connections.serves(tenant.tenant_id, session.connection, asked.client_id):
            return transaction
        return msgspec.structs.replace(
            transaction, session_hash=session.session_hash, user_id=session.user_id
        )

    async def _live(self, tenant: Tenant, session_hash: str) -> Session | None:
        session = await self._sessions.get(tenant.tenant_id, session_hash)
        if session is None or not session.is_alive(self._clock.now()):
            return None
        user = await self._users.get(tenant.tenant_id, session.user_id)
        return session if user is not None and not user.blocked else None
