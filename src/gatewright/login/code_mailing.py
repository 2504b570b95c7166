"""Mails the codes and links that sign people in.

It does the same work whether or not the address has an account, so that neither answer nor time tells.
Mail goes to the address of the account, or else to the normal form of what was typed, which is what the new
account will be known by: no other spelling of an address, which could be another mailbox, ever gets its code.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gatewright.connections import Connection
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Invalid
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unit
from gatewright.login.events import SignInCodeRequested, SignInLinkRequested
from gatewright.login.mailing import profile_of
from gatewright.login.one_time_code import CodeHashes
from gatewright.login.store import OneTimeCodeStore
from gatewright.messages import Letters, Message, Outbox
from gatewright.protection import CODE_MAIL, CODE_MAIL_PER_IP, CODE_MAIL_TO_ADDRESS, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import Identifier, User, UserStore, email_identifier
from gatewright.web.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWish:
    """Somebody wants to sign in by mail: where, with which address as typed, in which language.

    ``link`` makes the address that the mail leads to from an e-mail address and the secret; without it the
    mail has a code to type.
    """

    client_id: str
    client_name: str
    connection: Connection
    address: str
    locale: str
    link: Callable[[str, str], str] | None = None


class CodeMailing:
    """Grants such wishes, within limits."""

    def __init__(
        self,
        *,
        codes: OneTimeCodeStore,
        hashes: CodeHashes,
        users: UserStore,
        limiter: AttemptLimiter,
        letters: Letters,
        outbox: Outbox,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._codes = codes
        self._hashes = hashes
        self._users = users
        self._limiter = limiter
        self._letters = letters
        self._outbox = outbox
        self._bus = bus
        self._clock = clock

    async def send(
        self, context: Context, wish: CodeWish, *, also: Unit = (), by_server: bool = False
    ) -> None:
        """One unit: the code in the place of an older one, its mail, the event, and ``also``.

        ``by_server``: the application's own server asks, which proved itself and speaks for many people from
        one network. Raises ``Invalid`` when that is no e-mail address, ``TooMany``, and ``Unmatched`` for
        ``also``.
        """
        identifier = email_identifier(wish.address)
        await self._admit(context, wish.connection, identifier, by_server=by_server)
        tenant_id, now = context.tenant.tenant_id, self._clock.now()
        known = await self._users.credentials(tenant_id, wish.connection.name, identifier)
        user = known.user if known else None
        options = wish.connection.passwordless
        secret, code = self._hashes.new(
            tenant_id,
            wish.connection.name,
            identifier.value,
            wish.client_id,
            digits=0 if wish.link else options.totp.length,
            expires_at=now + options.totp.time_step,
        )
        message = await self._message(context, wish, identifier, user, secret)
        is_welcome = not user.blocked if user else not options.disable_signup
        mail = (self._outbox.put(tenant_id, message),) if message and is_welcome else ()
        event = self._told(context, wish, identifier, user, is_mailed=bool(mail))
        await self._bus.commit((self._codes.put(tenant_id, code), *mail, *also), event)
        self._outbox.nudge()

    async def _admit(
        self, context: Context, connection: Connection, identifier: Identifier, *, by_server: bool
    ) -> None:
        """Counts the mail before it is written. By address and network first, so that one network cannot use
        up what an address may get at the wish of others."""
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        address = f"{connection.name} {identifier.value}"
        await self._limiter.admit(tenant_id, CODE_MAIL, f"{address} {network}", context.origin)
        if not by_server:
            await self._limiter.admit(tenant_id, CODE_MAIL_PER_IP, network, context.origin)
        await self._limiter.admit(tenant_id, CODE_MAIL_TO_ADDRESS, address, context.origin)

    async def _message(
        self, context: Context, wish: CodeWish, identifier: Identifier, user: User | None, secret: str
    ) -> Message | None:
        """The mail; ``None`` for an account whose address no mail can be sent to."""
        to = user.email if user else identifier.value
        lifetime = wish.connection.passwordless.totp.time_step
        what = {"link": wish.link(to, secret)} if wish.link else {"code": secret}
        try:
            return await self._letters.write(
                "sign_in_link" if wish.link else "sign_in_code",
                tenant=context.tenant,
                locale=wish.locale,
                to=to,
                user=profile_of(user) if user else {},
                client={"name": wish.client_name, "clientID": wish.client_id},
                connection=wish.connection.name,
                expires_in=lifetime,
                **what,
            )
        except Invalid:
            if user is None:
                raise
            return None

    def _told(
        self, context: Context, wish: CodeWish, identifier: Identifier, user: User | None, *, is_mailed: bool
    ) -> Event:
        kind = SignInLinkRequested if wish.link else SignInCodeRequested
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=wish.client_id,
            client_name=wish.client_name,
            connection=wish.connection.name,
            user_id=user.user_id if user else None,
            user_name=identifier.value[:100],
            details={"mailed": is_mailed},
        )
