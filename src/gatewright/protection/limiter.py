"""One attempt limiter for every check of a secret.

Two manners.
What people choose or type (passwords, mailed codes) is *admitted* before it is checked:
the attempt is counted first, so a hundred parallel guesses are a hundred attempts.
What we made ourselves with 256 random bits (tokens, client secrets) is counted only when it was *wrong*;
the right one then costs no statement.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.kernel.events import Bus, Origin
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit
from gatewright.protection.blocks import Account, hash_of_identifier, hash_of_network
from gatewright.protection.events import DelegationLimitReached, LimitReached, NetworkLimitReached
from gatewright.protection.store import AttemptStore, Block

_REMEMBERED = 10_000
_TOLD_AS: dict[str, type[LimitReached]] = {
    "password-ip": NetworkLimitReached,
    "signup-ip": NetworkLimitReached,
    "delegation": DelegationLimitReached,
}
"""What reaching a limit is called, by its name, where it has a name of its own."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in a window of so many seconds."""

    name: str
    attempts: int
    window: int


class AttemptLimiter:
    """Counts attempts and refuses too many of them."""

    def __init__(self, store: AttemptStore, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._blocked_until: OrderedDict[tuple[str, str], int] = OrderedDict()

    async def admit(
        self, tenant_id: str, limit: Limit, subject: str, origin: Origin, *, account: Account | None = None
    ) -> None:
        """Counts an attempt that is about to be made. Raises ``TooMany`` when it is one too many.

        ``account`` is whose secret is tried; without one ``subject`` is the network it is tried from.
        """
        count, ends = await self._add(tenant_id, limit, subject)
        if count > limit.attempts:
            block = Block(
                key=_key(limit, subject),
                subject_hash=hash_of_identifier(account.identifier) if account else hash_of_network(subject),
                connection=account.connection if account else "",
                ip=origin.ip,
                expires_at=ends,
            )
            also = (self._store.put_block(tenant_id, block),)
            await self._refuse(tenant_id, limit, count, ends, origin, also=also)

    async def clear(self, tenant_id: str, limit: Limit, subject: str) -> None:
        """Forgets the attempts of ``subject``: it proved itself."""
        await self._store.clear(tenant_id, _key(limit, subject))

    async def give_back(self, tenant_id: str, limit: Limit, subject: str) -> None:
        """Takes back one admitted attempt: it was right, and only wrong ones are to add up."""
        await self._store.give_back(tenant_id, _key(limit, subject))

    def refuse_if_blocked(self, tenant_id: str, limit: Limit, subject: str) -> None:
        """Raises ``TooMany`` while this process knows the subject as blocked. Costs no statement."""
        if not self._blocked_until:
            return
        ends = self._blocked_until.get((tenant_id, _key(limit, subject)), 0)
        if ends > self._clock.now():
            raise TooMany("too many attempts", retry_after=ends - self._clock.now(), limit=limit.attempts)

    async def failed(self, tenant_id: str, limit: Limit, subject: str, origin: Origin) -> None:
        """Counts a wrong secret. Raises ``TooMany`` from the one too many on, and remembers the block."""
        count, ends = await self._add(tenant_id, limit, subject)
        if count > limit.attempts:
            self._remember(tenant_id, _key(limit, subject), ends)
            await self._refuse(tenant_id, limit, count, ends, origin)

    async def first_use(self, tenant_id: str, name: str, subject: str, window: int) -> bool:
        """Whether ``subject`` is used for the first time within ``window`` seconds, among all processes."""
        count, _ = await self._add(tenant_id, Limit(name, attempts=1, window=window), subject)
        return count == 1

    async def _add(self, tenant_id: str, limit: Limit, subject: str) -> tuple[int, int]:
        now = self._clock.now()
        return await self._store.add(tenant_id, _key(limit, subject), now=now, window=limit.window)

    def _remember(self, tenant_id: str, key: str, ends: int) -> None:
        self._blocked_until[tenant_id, key] = ends
        if len(self._blocked_until) > _REMEMBERED:
            self._blocked_until.popitem(last=False)

    async def _refuse(
        self, tenant_id: str, limit: Limit, count: int, ends: int, origin: Origin, *, also: Unit = ()
    ) -> None:
        now = self._clock.now()
        if count == limit.attempts + 1:  # told once a window, however long the attack
            event = _TOLD_AS.get(limit.name, LimitReached)(
                tenant_id=tenant_id,
                at=now,
                origin=origin,
                description=f"more than {limit.attempts} attempts in {limit.window} s",
                details={"limit": limit.name},
            )
            await self._bus.commit(also, event)
        raise TooMany("too many attempts", retry_after=max(1, ends - now), limit=limit.attempts)


@lru_cache(maxsize=4096)
def network_of(ip: str) -> str:
    """The address as limits see it: IPv4 as it is, IPv6 by its /64, for that is what one household has."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def _key(limit: Limit, subject: str) -> str:
    """Counters are keyed by a hash: identifiers people typed are not kept in clear, and keys stay short."""
    return f"{limit.name}:{fingerprint(subject)[:32]}"
