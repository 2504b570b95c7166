"""Login tickets: made, found again, and turned into a session, which happens once."""

from starlette.requests import Request

from gatewright.clients import Client
from gatewright.connections import Connections
from gatewright.embedded.model import LIFETIMES, LoginTicket, TicketKind
from gatewright.embedded.proof import Proven
from gatewright.embedded.store import LoginTicketStore
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Change, Unit, Unmatched
from gatewright.login.sessions import SessionStart
from gatewright.oauth.arrival import Begun
from gatewright.oauth.errors import AccessDenied, LoginRequired
from gatewright.oauth.policy import SignedIn
from gatewright.protection import TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import Users
from gatewright.web.context import Context, context_of

SPENT = "The login ticket is unknown, was used already, or is too old."


class LoginTickets:
    """Makes and finds tickets."""

    def __init__(self, store: LoginTicketStore, limiter: AttemptLimiter, clock: Clock) -> None:
        self._store = store
        self._limiter = limiter
        self._clock = clock

    def new(
        self,
        kind: TicketKind,
        secret: str,
        client: Client,
        proven: Proven,
        *,
        origin: str,
        cookie_hash: str = "",
        co_id: str = "",
        verifier: str = "",
        context: str = "",
    ) -> LoginTicket:
        """A ticket known by ``secret``; see ``LoginTicket`` for what it is bound to."""
        now = self._clock.now()
        return LoginTicket(
            ticket_hash=fingerprint(secret),
            kind=kind,
            client_id=client.client_id,
            user_id=proven.user.user_id,
            connection=proven.connection,
            amr=proven.amr,
            created_at=now,
            expires_at=now + LIFETIMES[kind],
            origin=origin,
            password_reset_at=proven.user.last_password_reset,
            cookie_hash=cookie_hash,
            co_id=co_id,
            verifier_hash=fingerprint(verifier) if verifier else "",
            context_hash=fingerprint(context) if context else "",
        )

    def put(self, tenant_id: str, ticket: LoginTicket) -> Change:
        """The change that remembers the ticket."""
        return self._store.insert(tenant_id, ticket)

    def take(self, tenant_id: str, ticket: LoginTicket) -> Change:
        """The change that spends the ticket; must match."""
        return self._store.take(tenant_id, ticket.ticket_hash)

    async def find(self, context: Context, secret: str, kind: TicketKind) -> LoginTicket | None:
        """The ticket of that kind, unless it is unknown or over. Raises ``TooMany`` for endless guesses."""
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        self._limiter.refuse_if_blocked(tenant_id, TOKEN_PER_IP, network)
        ticket = await self._store.get(tenant_id, fingerprint(secret))
        if ticket is None or ticket.kind != kind:
            await self.wrong(context)
            return None
        return ticket if self._clock.now() < ticket.expires_at else None

    async def wrong(self, context: Context) -> None:
        """Counts a guess. Raises ``TooMany``."""
        network = network_of(context.origin.ip)
        await self._limiter.failed(context.tenant.tenant_id, TOKEN_PER_IP, network, context.origin)


class ArrivedSessions:
    """Begins the session of a person who was proved on somebody else's page."""

    def __init__(
        self, *, tickets: LoginTickets, users: Users, connections: Connections, start: SessionStart
    ) -> None:
        self._tickets = tickets
        self._users = users
        self._connections = connections
        self._start = start

    async def by_ticket(self, request: Request, client: Client, ticket: LoginTicket) -> Begun:
        """Spends the ticket and begins the session in one unit.

        Everything that may have changed since the proof is looked at anew.
        Raises ``LoginRequired`` when the ticket is spent, ``AccessDenied`` when the person may not come in.
        """
        tenant_id = context_of(request).tenant.tenant_id
        user = await self._users.get(tenant_id, ticket.user_id)
        if user is None or user.last_password_reset != ticket.password_reset_at:
            raise AccessDenied("The password was changed, or the user removed, since it was given.")
        proven = Proven(user, ticket.connection, ticket.amr)
        return await self.begin(request, client, proven, (self._tickets.take(tenant_id, ticket),))

    async def begin(self, request: Request, client: Client, proven: Proven, also: Unit = ()) -> Begun:
        """Begins the session, with ``also`` in the same unit. Raises as ``by_ticket`` does."""
        tenant, user = context_of(request).tenant, proven.user
        if user.blocked:
            raise AccessDenied("user is blocked")
        if not await self._connections.serves(tenant.tenant_id, proven.connection, client.client_id):
            raise AccessDenied(f"The connection {proven.connection} is not enabled for this client.")
        try:
            session, newest, secret = await self._start.begin_without_pages(
                request,
                user,
                client=(client.client_id, client.name),
                connection=proven.connection,
                amr=proven.amr,
                also=also,
            )
        except Unmatched:
            raise LoginRequired(SPENT) from None
        except Conflict:
            raise AccessDenied("The user was changed while signing in. Try again.") from None
        return Begun(
            SignedIn(session, newest),
            lambda response: self._start.write_cookie(response, tenant, secret),
        )
