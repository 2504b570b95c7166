"""What is asked for with a ticket, and whether it can be had: every function raises a refusal."""

from dataclasses import dataclass

import msgspec

from gatewright.clients import Client, Clients
from gatewright.connections import Connection, Connections
from gatewright.kernel.errors import Invalid
from gatewright.kernel.urls import parse_absolute
from gatewright.management.errors import Inexistent, InvalidBody
from gatewright.management.resource import Call
from gatewright.provisioning import shown
from gatewright.users import Identity, User, UserStore, email_identifier

LIFETIME = 432_000
"""Seconds that a ticket is in force unless somebody says otherwise: the wire's five days."""

LONGEST = 2_592_000
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_DATABASE = "auth0"


class TicketIdentity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An identity of the user; ``user_id`` is the id there, with or without the provider."""

    user_id: str
    provider: str
    connection_id: str = ""


class VerificationTicket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link that confirms the user's address, valid for ``ttl_sec`` seconds (0: the usual five days)."""

    user_id: str
    result_url: str = ""
    client_id: str = ""
    ttl_sec: int = 0
    includeEmailInRedirect: bool = False  # noqa: N815  the wire's name
    identity: TicketIdentity | None = None


class PasswordTicket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link that sets a new password of the user, or of whom ``email`` names in a database.

    With ``new_password`` it is chosen already, and the person only confirms it.
    """

    user_id: str = ""
    email: str = ""
    connection_id: str = ""
    result_url: str = ""
    client_id: str = ""
    new_password: str = ""
    ttl_sec: int = 0
    mark_email_as_verified: bool = False
    includeEmailInRedirect: bool = False  # noqa: N815  the wire's name
    identity: TicketIdentity | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a ticket is for: the user, and one identity of theirs in a database."""

    user: User
    connection: Connection
    identity_id: str


def lifetime_of(seconds: int) -> int:
    """How long a ticket is in force."""
    if not 0 <= seconds <= LONGEST:
        raise InvalidBody(f"ttl_sec: read {seconds}; wanted: 1 to {LONGEST}, or 0 for {LIFETIME}")
    return seconds or LIFETIME


def check_result_url(url: str) -> None:
    """An address that a person may be sent to: https, or this very machine. "" is none."""
    parts = parse_absolute(url) if url else None
    is_local = parts is not None and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if url and (parts is None or not (parts.scheme == "https" or is_local)):
        wanted = "an address that begins with https:// (http:// for localhost), without user and fragment"
        raise InvalidBody(f"result_url: read {shown(url)}; wanted: {wanted}")


class TicketWishes:
    """Finds what bodies name."""

    def __init__(self, users: UserStore, connections: Connections, clients: Clients) -> None:
        self._users = users
        self._connections = connections
        self._clients = clients

    async def client(self, call: Call, client_id: str) -> Client | None:
        """The application that the person comes from, if one is named."""
        client = await self._clients.get(call.tenant_id, client_id) if client_id else None
        if client_id and client is None:
            raise InvalidBody("client_id: the client does not exist")
        return client

    async def user(self, call: Call, user_id: str) -> User:
        """The user with the id. Raises ``Inexistent``."""
        user = await self._users.get(call.tenant_id, user_id) if user_id else None
        if user is None:
            raise Inexistent("user")
        return user

    async def check_first(self, call: Call, user: User, wanted: TicketIdentity | None) -> None:
        """That an identity, where one is named, is the one whose address the user has."""
        if wanted is None:
            return
        identity_id = await self._identity(call, user, wanted)
        if identity_id != user.identities[0].identity_id:
            raise InvalidBody("identity: not the user's first one, whose address alone is verified")

    async def account(self, call: Call, wish: PasswordTicket) -> Account:
        """Whose password it is."""
        if bool(wish.user_id) == bool(wish.email or wish.connection_id):
            raise InvalidBody("user_id: wanted: user_id, or email together with connection_id")
        if not wish.user_id:
            return await self._by_email(call, wish)
        user = await self.user(call, wish.user_id)
        if wish.identity:
            return await self._of_identity(call, user, await self._identity(call, user, wish.identity))
        for identity in user.identities:
            if identity.provider == _DATABASE:
                return await self._of_identity(call, user, identity.identity_id)
        raise InvalidBody("user_id: the user has no identity in a database, and so no password")

    async def _by_email(self, call: Call, wish: PasswordTicket) -> Account:
        if not wish.email or not wish.connection_id:
            raise InvalidBody("email: wanted: email together with connection_id")
        connection = await self._connections.by_id(call.tenant_id, wish.connection_id)
        if connection is None or connection.strategy != _DATABASE:
            raise InvalidBody("connection_id: there is no such database")
        try:
            identifier = email_identifier(wish.email)
        except Invalid as error:
            raise InvalidBody(error.message) from None
        found = await self._users.credentials(call.tenant_id, connection.name, identifier)
        if found is None:
            raise Inexistent("user")
        return Account(found.user, connection, found.identity_id)

    async def _of_identity(self, call: Call, user: User, identity_id: str) -> Account:
        identity = next(each for each in user.identities if each.identity_id == identity_id)
        connection = await self._connections.by_name(call.tenant_id, identity.connection)
        if connection is None or connection.strategy != _DATABASE:
            raise InvalidBody("identity: not in a database, and so without a password")
        return Account(user, connection, identity_id)

    async def _identity(self, call: Call, user: User, wanted: TicketIdentity) -> str:
        """The id of an identity that the user has."""
        subject = wanted.user_id.removeprefix(f"{wanted.provider}|")
        for identity in user.identities:
            if (identity.provider, identity.user_id) == (wanted.provider, subject):
                await self._check_connection(call, identity, wanted.connection_id)
                return identity.identity_id
        raise InvalidBody("identity: the user has no such identity")

    async def _check_connection(self, call: Call, identity: Identity, connection_id: str) -> None:
        if not connection_id:
            return
        connection = await self._connections.by_id(call.tenant_id, connection_id)
        if connection is None or connection.name != identity.connection:
            raise InvalidBody("identity.connection_id: the identity is not of that connection")
