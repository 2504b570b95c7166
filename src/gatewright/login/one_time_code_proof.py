"""One proof for every door that takes a mailed code or link, whether it has pages or not.

Its order is no door's choice.
A guess is counted before it is compared, by the same counters at every door and by the code itself.
Whoever does not know the code learns nothing but that it was wrong: not whether there is one, nor an account.
The right one proves that the address belongs to the person, who gets an account if they have none yet;
it is spent by the change that comes with the proof, in the unit of what follows.
"""

import hmac
from dataclasses import dataclass, field

import msgspec

from gatewright.connections import Connection
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Change
from gatewright.login.events import LoginRefused, WrongCode
from gatewright.login.one_time_code import CodeHashes, OneTimeCode, is_of_link
from gatewright.login.password_proof import NotProved, PersonBlocked
from gatewright.login.store import OneTimeCodeStore
from gatewright.protection import (
    CODE,
    CODE_FOR_ADDRESS,
    CODE_PER_IP,
    TICKET_PER_IP,
    Account,
    AttemptLimiter,
    Limit,
)
from gatewright.protection.limiter import network_of
from gatewright.users import Identifier, User, Users, UserSignedUp, UserStore
from gatewright.users.identifiers import normalised
from gatewright.web.context import Context

WRONG = N_("Wrong email or verification code.")
_LONGEST_NAME_ON_RECORD = 100


class NotTheCode(NotProved):
    """The code is wrong, spent or too old, or there never was one: it is not told which."""

    def __init__(self) -> None:
        super().__init__(WRONG)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAttempt:
    """What somebody typed, or brought in a link, for which application, at a connection enabled for it.

    ``address`` is where the code was mailed to, in any spelling.
    """

    client_id: str
    client_name: str
    connection: Connection
    address: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProvedByCode:
    """Whoever the code proves, their address verified, and the change that spends it: it must match."""

    user: User
    spent: Change


class OneTimeCodeProof:
    """Finds out whether a mailed code proves a person."""

    def __init__(
        self,
        *,
        codes: OneTimeCodeStore,
        hashes: CodeHashes,
        users: Users,
        user_store: UserStore,
        limiter: AttemptLimiter,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._codes = codes
        self._hashes = hashes
        self._users = users
        self._user_store = user_store
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    async def prove(self, context: Context, attempt: CodeAttempt) -> ProvedByCode:
        """Whoever the code proves, as they were when it was compared.

        Raises ``NotTheCode`` and ``PersonBlocked``, which are on record then,
        and ``TooMany`` for an attempt too many.
        """
        code = await self._right(context, attempt)
        user = await self._person(context, attempt)
        if user.blocked:
            blocked = PersonBlocked()
            await self.refused(context, attempt, user, blocked.message)
            raise blocked
        spent = self._codes.spend(context.tenant.tenant_id, code)
        is_own = normalised(user.email) == normalised(attempt.address)  # not that of a linked identity
        verified = user.email_verified or is_own
        return ProvedByCode(msgspec.structs.replace(user, email_verified=verified), spent)

    async def check(self, context: Context, attempt: CodeAttempt) -> None:
        """The same question without consequences: the code stays in force. It counts as a guess all the same.

        An attempt that names no client asks whether the code is right for any.
        Raises ``NotTheCode`` and ``TooMany``.
        """
        await self._right(context, attempt, any_client=not attempt.client_id)

    async def refused(self, context: Context, attempt: CodeAttempt, user: User, why: str) -> None:
        """Puts on record that ``user`` gave the proof and does not come in all the same."""
        await self._tell(LoginRefused, context, attempt, user_id=user.user_id, description=why)

    async def _right(
        self, context: Context, attempt: CodeAttempt, *, any_client: bool = False
    ) -> OneTimeCode:
        """The code in force, if it is the one. Raises ``NotTheCode`` and ``TooMany``."""
        found = await self._compared(context, attempt)
        if not any_client and found.client_id != attempt.client_id:
            raise await self._wrong(context, attempt)
        return found

    async def _compared(self, context: Context, attempt: CodeAttempt) -> OneTimeCode:
        if is_of_link(attempt.code):
            return await self._of_link(context, attempt)
        counters = await self._admit(context, attempt)
        found = await self._codes.guess(*self._place(context, attempt), now=self._clock.now())
        if found is None or not self._is_it(context, attempt, found):
            raise await self._wrong(context, attempt)
        for limit, subject in counters:
            await self._limiter.give_back(context.tenant.tenant_id, limit, subject)
        return found

    async def _of_link(self, context: Context, attempt: CodeAttempt) -> OneTimeCode:
        """Nobody guesses 256 bits, so only wrong ones are counted, by network alone: whoever keeps an address
        from using codes does not keep it from using links."""
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        self._limiter.refuse_if_blocked(tenant_id, TICKET_PER_IP, network)
        found = await self._codes.get(*self._place(context, attempt), now=self._clock.now())
        if found is None or not self._is_it(context, attempt, found):
            wrong = await self._wrong(context, attempt)
            await self._limiter.failed(tenant_id, TICKET_PER_IP, network, context.origin)
            raise wrong
        return found

    async def _admit(self, context: Context, attempt: CodeAttempt) -> list[tuple[Limit, str]]:
        """Counts the guess before it is made; returns by what. Raises ``TooMany``."""
        network = network_of(context.origin.ip)
        account = Account(normalised(attempt.address), attempt.connection.name)
        address = f"{account.connection} {account.identifier}"
        counters = [(CODE_PER_IP, network), (CODE_FOR_ADDRESS, address)]
        if attempt.connection.passwordless.brute_force_protection:
            counters.insert(0, (CODE, f"{address} {network}"))
        for limit, subject in counters:
            of = None if limit is CODE_PER_IP else account
            await self._limiter.admit(context.tenant.tenant_id, limit, subject, context.origin, account=of)
        return counters

    def _place(self, context: Context, attempt: CodeAttempt) -> tuple[str, str]:
        tenant_id = context.tenant.tenant_id
        return tenant_id, self._hashes.of_address(tenant_id, attempt.connection.name, attempt.address)

    def _is_it(self, context: Context, attempt: CodeAttempt, found: OneTimeCode) -> bool:
        typed = self._hashes.of_code(
            context.tenant.tenant_id, attempt.connection.name, attempt.address, attempt.code
        )
        return hmac.compare_digest(typed, found.code_hash)

    async def _wrong(self, context: Context, attempt: CodeAttempt) -> NotTheCode:
        name = attempt.address[:_LONGEST_NAME_ON_RECORD]
        await self._tell(WrongCode, context, attempt, user_name=name)
        return NotTheCode()

    async def _person(self, context: Context, attempt: CodeAttempt) -> User:
        """The user with that address; a new one where there is none and the connection is open to strangers.

        They are made before the code is spent: should the process end in between, the code still works.
        """
        identifier = Identifier("email", normalised(attempt.address))
        place = (context.tenant.tenant_id, attempt.connection.name, identifier)
        known = await self._user_store.credentials(*place)
        if known is None and not attempt.connection.passwordless.disable_signup:
            user = self._users.passwordless_user(attempt.connection.name, email=identifier.value)
            event = self._event(
                UserSignedUp, context, attempt, user_id=user.user_id, user_name=user.display_name
            )
            try:
                await self._users.add(context.tenant.tenant_id, user, (identifier,), None, event)
            except Conflict:  # the same person, through another door at the same time
                known = await self._user_store.credentials(*place)
            else:
                return user
        if known is None:
            raise await self._wrong(context, attempt)
        return known.user

    async def _tell(self, kind: type[Event], context: Context, attempt: CodeAttempt, **who: str) -> None:
        await self._bus.commit((), self._event(kind, context, attempt, **who))

    def _event(self, kind: type[Event], context: Context, attempt: CodeAttempt, **who: str) -> Event:
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=attempt.client_id or None,
            client_name=attempt.client_name or None,
            connection=attempt.connection.name,
            **who,  # type: ignore[arg-type]
        )
