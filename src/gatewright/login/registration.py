"""One way to a new account for every door that takes sign-ups, whether it has pages or not.

What a door answers does not tell whether the address had an account: both ways count the same attempts,
hash the password, look the address up once and commit one unit. The mail tells its owner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from gatewright.connections import Connection, DatabaseOptions
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, GatewrightError, Invalid
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unit
from gatewright.login.asking import Asking
from gatewright.login.mailing import Mailing
from gatewright.protection import MAIL_TO_ADDRESS, AttemptLimiter, signup_limit
from gatewright.protection.limiter import network_of
from gatewright.users import (
    Identifier,
    PasswordHasher,
    SignupFailed,
    User,
    Users,
    UserSignedUp,
    UserStore,
    email_identifier,
    username_identifier,
)
from gatewright.web.context import Context

Flaw = Literal["email", "username", "password"]
_NAMES = ("name", "given_name", "family_name", "nickname")


class Unacceptable(GatewrightError):
    """What was typed makes no account; ``flaw`` is the field, and a door words it."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"unacceptable {flaw}")
        self.flaw = flaw


class Taken(GatewrightError):
    """There is an account with that ``what``, and it may be said."""

    def __init__(self, what: Literal["email", "username"]) -> None:
        super().__init__(f"taken {what}")
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What a person typed, found good. ``profile`` are fields of a user, by the wire's names."""

    email: str
    username: str
    identifiers: tuple[Identifier, ...]
    password: str = field(repr=False)
    profile: Mapping[str, object] = field(default_factory=dict)


def new_account(
    options: DatabaseOptions,
    *,
    email: str,
    username: str,
    password: str,
    profile: Mapping[str, object] | None = None,
) -> NewAccount:
    """The account that was typed, by the rules of its database. Raises ``Unacceptable``.

    A username is ignored where the database has none.
    """
    profile = profile or {}
    wanted = username if options.requires_username else ""
    identifiers = _identifiers(options, email, wanted)
    if not options.policy().accepts(password, personal=personal(email, username, profile)):
        raise Unacceptable("password")
    return NewAccount(
        email=email, username=wanted, identifiers=identifiers, password=password, profile=profile
    )


def personal(email: str, username: str, profile: Mapping[str, object]) -> tuple[str, ...]:
    """What of a person their password may not contain, where the policy forbids it."""
    return (email, username, *(str(profile[name]) for name in _NAMES if name in profile))


def _identifiers(options: DatabaseOptions, email: str, username: str) -> tuple[Identifier, ...]:
    try:
        identifiers: tuple[Identifier, ...] = (email_identifier(email),)
    except Invalid:
        raise Unacceptable("email") from None
    if not options.requires_username:
        return identifiers
    length = options.validation.username
    try:
        return (*identifiers, username_identifier(username, shortest=length.min, longest=length.max))
    except Invalid:
        raise Unacceptable("username") from None


class Registration:
    """Makes accounts, or tells the owners of those that there are."""

    def __init__(
        self,
        *,
        users: Users,
        user_store: UserStore,
        hasher: PasswordHasher,
        mailing: Mailing,
        limiter: AttemptLimiter,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._users = users
        self._user_store = user_store
        self._hasher = hasher
        self._mailing = mailing
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    async def register(
        self,
        context: Context,
        asking: Asking,
        connection: Connection,
        account: NewAccount,
        *,
        also: Unit = (),
    ) -> User | None:
        """An unverified account and a mail that verifies it; or only a mail, where there is one already.

        Returns the new user, ``None`` where there was one: a door that answers with them must not show which.
        ``also`` happens in the same unit, either way.
        Raises ``Taken`` for a username, which is public, and for an address where the tenant wants it said;
        ``TooMany``, ``Unavailable``, and ``Unmatched`` when ``also`` came too late.
        """
        await self._admit(context, account)
        password_hash = await self._hasher.hash(account.password)
        known, user = await self._known(context, asking, connection, account), None
        if known is None:
            try:
                user = await self._add(context, asking, connection, account, password_hash, also)
            except Conflict:  # somebody else took the address or the name in this moment
                known = await self._known(context, asking, connection, account)
                if known is None:
                    await self._say_taken(context, asking, connection, account, "email")
        if known is not None:
            await self._exists(context, asking, connection, known, also)
        self._mailing.sent()
        return user

    async def _admit(self, context: Context, account: NewAccount) -> None:
        """Counts mail to the address whether or not it has an account, so that the limit tells nothing."""
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        by_network = signup_limit(context.tenant.attack_protection, context.origin.ip)
        if by_network:
            await self._limiter.admit(tenant_id, by_network, network, context.origin)
        await self._limiter.admit(tenant_id, MAIL_TO_ADDRESS, account.identifiers[0].value, context.origin)

    async def _known(
        self, context: Context, asking: Asking, connection: Connection, account: NewAccount
    ) -> User | None:
        """Whose the address is. Raises ``Taken`` for what may be said.

        A taken username goes before the address: said after it, its absence would tell of the address.
        """
        address, *names = account.identifiers
        tenant = context.tenant
        for name in names:
            if await self._user_store.credentials(tenant.tenant_id, connection.name, name):
                await self._say_taken(context, asking, connection, account, "username")
        found = await self._user_store.credentials(tenant.tenant_id, connection.name, address)
        if found and tenant.settings.flags.enable_public_signup_user_exists_error:
            await self._say_taken(context, asking, connection, account, "email")
        return found.user if found else None

    async def _add(
        self,
        context: Context,
        asking: Asking,
        connection: Connection,
        account: NewAccount,
        password_hash: str,
        also: Unit,
    ) -> User:
        made = self._users.database_user(connection.name, email=account.email, username=account.username)
        user = msgspec.structs.replace(made, **account.profile)
        link = await self._mailing.link(
            context.tenant, "verify_email", asking.addressee(user, connection.name)
        )
        event = self._told(UserSignedUp, context, asking, connection, user)
        await self._users.add(
            context.tenant.tenant_id, user, account.identifiers, password_hash, event, also=(*link, *also)
        )
        return user

    async def _exists(
        self, context: Context, asking: Asking, connection: Connection, known: User, also: Unit
    ) -> None:
        """Tells the owner of the address by mail, and nobody else."""
        event = self._told(SignupFailed, context, asking, connection, known)
        to = asking.addressee(known, connection.name)
        notice = await self._mailing.notice(context.tenant, "account_exists", to)
        await self._bus.commit((*also, notice), event)

    async def _say_taken(
        self,
        context: Context,
        asking: Asking,
        connection: Connection,
        account: NewAccount,
        what: Literal["email", "username"],
    ) -> None:
        """Nothing is mailed, so the attempt is given back. Raises ``Taken``."""
        tenant_id, address = context.tenant.tenant_id, account.identifiers[0].value
        await self._limiter.give_back(tenant_id, MAIL_TO_ADDRESS, address)
        await self._bus.commit((), self._told(SignupFailed, context, asking, connection, None))
        raise Taken(what)

    def _told(
        self, kind: type[Event], context: Context, asking: Asking, connection: Connection, user: User | None
    ) -> Event:
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=asking.client_id,
            client_name=asking.client_name,
            connection=connection.name,
            user_id=user.user_id if user else None,
            user_name=user.display_name if user else None,
        )
