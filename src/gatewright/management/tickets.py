"""``/tickets``: links for a user that the caller hands over by ways of their own."""

from urllib.parse import urlencode

import msgspec

from gatewright.connections import Connection
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unmatched
from gatewright.login.mailing import PATHS
from gatewright.login.store import TicketStore
from gatewright.login.tickets import Ticket, TicketKind, new_ticket
from gatewright.management.bodies import Body, entry_of, present
from gatewright.management.errors import Contended, InvalidBody
from gatewright.management.events import TicketMade
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.ticket_wishes import (
    PasswordTicket,
    TicketWishes,
    VerificationTicket,
    check_result_url,
    lifetime_of,
)
from gatewright.users import PasswordHasher, User, UserStore

_LACKS = "organizations"
_SCOPES = ("create:user_tickets",)
Wish = VerificationTicket | PasswordTicket


class ShownTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The address that the person opens."""

    ticket: str


class TicketResource:
    """See ``resource.Resource``."""

    def __init__(
        self, wishes: TicketWishes, store: TicketStore, users: UserStore, hasher: PasswordHasher, bus: Bus
    ) -> None:
        self._wishes = wishes
        self._store = store
        self._users = users
        self._hasher = hasher
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="POST",
                path="/tickets/email-verification",
                scopes=_SCOPES,
                summary="Make a link that confirms a user's e-mail address; older ones open nothing more.",
                run=self._verification,
                status=201,
                body=Body(VerificationTicket),
                shows=ShownTicket,
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path="/tickets/password-change",
                scopes=_SCOPES,
                summary="Make a link that sets a user's new password; older ones open nothing more.",
                run=self._password,
                status=201,
                body=Body(PasswordTicket),
                shows=ShownTicket,
                lacks=_LACKS,
            ),
        )

    async def _verification(self, call: Call) -> Answer:
        wish = entry_of(VerificationTicket, present(await call.body())).value
        check_result_url(wish.result_url)
        lifetime_of(wish.ttl_sec)
        user = await self._wishes.user(call, wish.user_id)
        await self._wishes.check_first(call, user, wish.identity)
        if not user.email:
            raise InvalidBody("user_id: the user has no e-mail address")
        return await self._made(call, "verify_email", wish, user, connection=user.connection)

    async def _password(self, call: Call) -> Answer:
        wish = entry_of(PasswordTicket, present(await call.body())).value
        check_result_url(wish.result_url)
        lifetime_of(wish.ttl_sec)
        account = await self._wishes.account(call, wish)
        hashed = await self._hash(wish.new_password, account.user, account.connection)
        return await self._made(
            call,
            "reset_password",
            wish,
            account.user,
            connection=account.connection.name,
            identity_id=account.identity_id,
            password_hash=hashed,
            proves_address=wish.mark_email_as_verified,
        )

    async def _hash(self, password: str, user: User, connection: Connection) -> str:
        if not password:
            return ""
        if not connection.options.policy().accepts(password, personal=(user.email, user.name, user.username)):
            raise InvalidBody("new_password: breaks a rule of the database; wanted: one that meets all")
        return await self._hasher.hash(password)

    async def _made(
        self, call: Call, kind: TicketKind, wish: Wish, user: User, *, connection: str, **more: object
    ) -> Answer:
        secret, ticket = await self._ticket(call, kind, wish, user, connection)
        ticket = msgspec.structs.replace(ticket, **more)
        await self._keep(call, ticket, user)
        url = f"{call.tenant.url(PATHS[kind])}?{urlencode({'ticket': secret})}"
        return Answer({"ticket": url})

    async def _ticket(
        self, call: Call, kind: TicketKind, wish: Wish, user: User, connection: str
    ) -> tuple[str, Ticket]:
        client = await self._wishes.client(call, wish.client_id)
        locales = call.tenant.settings.enabled_locales
        secret, ticket = new_ticket(
            kind,
            user.user_id,
            email=user.email,
            connection=connection,
            client_id=client.client_id if client else "",
            client_name=client.name if client else "",
            home_url=client.initiate_login_uri if client else "",
            locale=locales[0] if locales else "en",
            now=call.now,
        )
        return secret, msgspec.structs.replace(
            ticket,
            expires_at=call.now + lifetime_of(wish.ttl_sec),
            result_url=wish.result_url,
            tells_email=wish.includeEmailInRedirect,
        )

    async def _keep(self, call: Call, ticket: Ticket, user: User) -> None:
        """The ticket and its event, while the user is who was looked at; nobody else comes to have it."""
        tenant_id = call.tenant_id
        unit = (
            self._users.update(tenant_id, user),
            self._store.void_others(tenant_id, user.user_id, ticket.kind, call.now),
            self._store.insert(tenant_id, ticket),
        )
        try:
            await self._bus.commit(unit, _told(call, ticket, user))
        except Unmatched:
            raise Contended("The user was changed meanwhile; try again.") from None


def _told(call: Call, ticket: Ticket, user: User) -> TicketMade:
    by = call.caller.user
    return TicketMade(
        tenant_id=call.tenant_id,
        at=call.now,
        origin=call.context.origin,
        client_id=call.caller.client_id,
        user_id=user.user_id,
        user_name=user.display_name,
        connection=ticket.connection,
        description=f"Make a ticket ({ticket.kind})",
        details={
            "by": {"client_id": call.caller.client_id, "user_id": by.user_id if by else ""},
            "expires_at": ticket.expires_at,
            "result_url": ticket.result_url,
        },
    )
