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
from gatewright.sessions import Session, SessionCookies, Sessions, SessionStore
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
        tenant = context_of(request).tenant
        secret, session = self._new(request, user, connection, amr)
        moved = msgspec.structs.replace(
            found.transaction, session_hash=session.session_hash, user_id=user.user_id, proved=True
        )
        client = (moved.asked.client_id, moved.asked.client_name)
        spending = (*spent, self._logins.moved(tenant, moved))
        await self._commit(request, user, session, client, spending, **profile)
        return Found(found.secret, msgspec.structs.replace(moved, version=moved.version + 1)), secret

    async def begin_without_pages(
        self,
        request: Request,
        user: User,
        *,
        client: tuple[str, str],
        connection: str,
        amr: tuple[str, ...],
        also: Unit = (),
    ) -> tuple[Session, User, str]:
        """The same for a person who proved themselves on no page of ours, so without a transaction.

        ``client`` is the id and the name of the application; ``also`` happens in the same unit, first.
        Returns the session, the user as they are then, and the secret for the cookie.
        Raises ``Unmatched`` when something of ``also`` did not match, and ``Conflict`` as above.
        """
        secret, session = self._new(request, user, connection, amr)
        return session, await self._commit(request, user, session, client, also), secret

    def write_cookie(self, response: Response, tenant: Tenant, secret: str) -> None:
        """Gives the browser the session's secret, for the session's lifetime or until it closes."""
        is_persistent = tenant.settings.session_cookie.mode == "persistent"
        lifetime = int(tenant.settings.session_lifetime * _HOUR)
        SessionCookies(secure=tenant.is_https).write(
            response, secret, max_age=lifetime if is_persistent else None
        )

    def _new(
        self, request: Request, user: User, connection: str, amr: tuple[str, ...]
    ) -> tuple[str, Session]:
        context = context_of(request)
        settings = context.tenant.settings
        return self._sessions.begin(
            user.user_id,
            connection,
            lifetime=int(settings.session_lifetime * _HOUR),
            idle_lifetime=int(settings.idle_session_lifetime * _HOUR),
            amr=amr,
            origin=context.origin,
        )

    async def _commit(
        self,
        request: Request,
        user: User,
        session: Session,
        client: tuple[str, str],
        also: Unit,
        **profile: object,
    ) -> User:
        context, now = context_of(request), self._clock.now()
        tenant = context.tenant
        event = LoginSucceeded(
            tenant_id=tenant.tenant_id,
            at=now,
            origin=context.origin,
            client_id=client[0],
            client_name=client[1],
            user_id=user.user_id,
            user_name=user.display_name,
            connection=session.connection,
            session_id=session.sid,
        )
        return await self._users.change(
            tenant.tenant_id,
            user.user_id,
            event,
            also=(
                *also,
                self._sessions.put(tenant.tenant_id, session),
                *self._old_ends(request, tenant),
            ),
            provided=lambda newest: proof_holds(user, newest),
            last_login=now,
            last_ip=context.origin.ip,
            logins_count=user.logins_count + 1,
            **profile,
        )

    def _old_ends(self, request: Request, tenant: Tenant) -> Unit:
        old = SessionCookies(secure=tenant.is_https).read(request)
        return (self._store.end(tenant.tenant_id, fingerprint(old)),) if old else ()
