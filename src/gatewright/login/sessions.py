"""A proved person gets a session: always a new one, for ids change with every change of privilege."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit
from gatewright.login.events import LoginSucceeded
from gatewright.login.password_proof import proof_holds
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.sessions import SessionCookies, Sessions, SessionStore
from gatewright.tenants import Tenant
from gatewright.users import User, Users
from gatewright.web.context import context_of

_HOUR = 3_600


class SessionStart:
    """Begins the session of a person who proved who they are."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        store: SessionStore,
        users: Users,
        logins: LoginTransactions,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._users = users
        self._logins = logins
        self._clock = clock

    async def begin(
        self,
        request: Request,
        found: Found,
        user: User,
        *,
        connection: str,
        amr: tuple[str, ...],
        spent: Unit = (),
        **profile: object,
    ) -> tuple[Found, str]:
        """One unit: session, transaction, the user's last login, the event; the browser's old session ends.

        ``spent`` are the first changes of the unit: those that spend what the person proved themselves with.
        ``profile`` are fields of the user that the proof makes true.
        Returns the transaction as it is then, and the secret for the cookie.
        Raises ``Unmatched`` when another tab moved the transaction on meanwhile, or somebody else spent what
        was to be ``spent``, ``Conflict`` when the user
        was blocked, or got a new password, since they proved themselves.
        """
        context = context_of(request)
        tenant, now = context.tenant, self._clock.now()
        secret, session = self._sessions.begin(
            user.user_id,
            connection,
            lifetime=int(tenant.settings.session_lifetime * _HOUR),
            idle_lifetime=int(tenant.settings.idle_session_lifetime * _HOUR),
            amr=amr,
            origin=context.origin,
        )
        moved = msgspec.structs.replace(
            found.transaction, session_hash=session.session_hash, user_id=user.user_id, proved=True
        )
        event = LoginSucceeded(
            tenant_id=tenant.tenant_id,
            at=now,
            origin=context.origin,
            client_id=moved.asked.client_id,
            client_name=moved.asked.client_name,
            user_id=user.user_id,
            user_name=user.display_name,
            connection=connection,
            session_id=session.sid,
        )
        await self._users.change(
            tenant.tenant_id,
            user.user_id,
            event,
            also=(
                *spent,
                self._logins.moved(tenant, moved),
                self._sessions.put(tenant.tenant_id, session),
                *self._old_ends(request, tenant),
            ),
            provided=lambda newest: proof_holds(user, newest),
            last_login=now,
            last_ip=context.origin.ip,
            logins_count=user.logins_count + 1,
            **profile,
        )
        return Found(found.secret, msgspec.structs.replace(moved, version=moved.version + 1)), secret

    def write_cookie(self, response: Response, tenant: Tenant, secret: str) -> None:
        """Gives the browser the session's secret, for the session's lifetime or until it closes."""
        is_persistent = tenant.settings.session_cookie.mode == "persistent"
        lifetime = int(tenant.settings.session_lifetime * _HOUR)
        SessionCookies(secure=tenant.is_https).write(
            response, secret, max_age=lifetime if is_persistent else None
        )

    def _old_ends(self, request: Request, tenant: Tenant) -> Unit:
        old = SessionCookies(secure=tenant.is_https).read(request)
        return (self._store.end(tenant.tenant_id, fingerprint(old)),) if old else ()
