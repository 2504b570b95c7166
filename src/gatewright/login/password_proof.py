"""One proof for every door that takes a password, whether it has pages or not.

Its order is no door's choice.
The attempt is counted before it is made, by the same counters at every door: another door is no second try.
Whoever does not know the password learns nothing but that it was wrong, in the time that a right one takes.
Only then is told what else stands against the person.
"""

from dataclasses import dataclass, field

from gatewright.connections import Connection, PasswordConnection
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, Unavailable
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.texts import N_
from gatewright.login.events import LoginRefused, WrongPassword
from gatewright.protection import (
    PASSWORD,
    PASSWORD_PER_IP,
    Account,
    AttemptLimiter,
    login_limit,
    password_limit,
    password_subject,
)
from gatewright.protection.limiter import network_of
from gatewright.users import User
from gatewright.users.identifiers import normalised
from gatewright.web.context import Context

_WRONG = N_("Wrong email or password.")
_BLOCKED = N_("This account is blocked. Please contact the administrator.")
_LONGEST_NAME_ON_RECORD = 100


class NotProved(GatewrightError):
    """The person does not come in. The message is for them; a door may have other words for the kind."""


class WrongCredentials(NotProved):
    """Identifier and password do not belong together, or nobody has that identifier: it is not told which."""

    def __init__(self) -> None:
        super().__init__(_WRONG)


class PersonBlocked(NotProved):
    """The password is right, and an administrator shut the person out."""

    def __init__(self) -> None:
        super().__init__(_BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordAttempt:
    """What somebody typed, for which application, at a database that is enabled for it."""

    client_id: str
    client_name: str
    connection: Connection
    identifier: str
    password: str = field(repr=False)


class PasswordProof:
    """Finds out whether a password proves a person."""

    def __init__(
        self, *, passwords: PasswordConnection, limiter: AttemptLimiter, bus: Bus, clock: Clock
    ) -> None:
        self._passwords = passwords
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    async def prove(self, context: Context, attempt: PasswordAttempt) -> User:
        """Whoever the password proves, as they were when it was compared; see ``proof_holds``.

        Raises ``WrongCredentials`` and ``PersonBlocked``, which are on record then,
        ``TooMany`` for an attempt too many, and ``Unavailable`` when too many passwords wait to be compared.
        """
        tenant_id = context.tenant.tenant_id
        pair, network = await self._admit(context, attempt)
        try:
            user = await self._passwords.authenticate(
                tenant_id, attempt.connection, attempt.identifier, attempt.password
            )
        except Unavailable:  # nothing was tried: our own load must not use up anybody's attempts
            await self._limiter.give_back(tenant_id, PASSWORD, pair)
            await self._limiter.give_back(tenant_id, PASSWORD_PER_IP, network)
            raise
        if user is None:
            name = attempt.identifier[:_LONGEST_NAME_ON_RECORD]
            await self._tell(WrongPassword, context, attempt, user_name=name)
            raise WrongCredentials
        await self._limiter.clear(tenant_id, PASSWORD, pair)
        await self._limiter.give_back(tenant_id, PASSWORD_PER_IP, network)
        if user.blocked:
            await self.refused(context, attempt, user, _BLOCKED)
            raise PersonBlocked
        return user

    async def refused(self, context: Context, attempt: PasswordAttempt, user: User, why: str) -> None:
        """Puts on record that ``user`` gave the proof and does not come in all the same."""
        await self._tell(LoginRefused, context, attempt, user_id=user.user_id, description=why)

    async def _admit(self, context: Context, attempt: PasswordAttempt) -> tuple[str, str]:
        """Counts the attempt before it is made, for the pair and for the address. Raises ``TooMany``."""
        tenant, ip = context.tenant, context.origin.ip
        protection, network = tenant.attack_protection, network_of(ip)
        account = Account(normalised(attempt.identifier), attempt.connection.name)
        pair = password_subject(protection, account.connection, account.identifier, ip)
        by_pair, by_network = password_limit(protection, ip), login_limit(protection, ip)
        if by_pair and attempt.connection.options.brute_force_protection:
            await self._limiter.admit(tenant.tenant_id, by_pair, pair, context.origin, account=account)
        if by_network:
            await self._limiter.admit(tenant.tenant_id, by_network, network, context.origin)
        return pair, network

    async def _tell(self, kind: type[Event], context: Context, attempt: PasswordAttempt, **who: str) -> None:
        event = kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=attempt.client_id,
            client_name=attempt.client_name,
            connection=attempt.connection.name,
            **who,  # type: ignore[arg-type]
        )
        await self._bus.commit((), event)


def proof_holds(proved: User, newest: User) -> bool:
    """Whether the password that was compared is still the one in force, and the user still welcome."""
    return newest.last_password_reset == proved.last_password_reset and not newest.blocked
