"""Who is shut out at the moment, for an administrator who is asked to let them in.

Counters are keyed by hashes, so nobody can read from them whom they shut out. When one passes its limit,
a row says so, by a hash of the identifier, or of the network: whoever knows these finds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.kernel.clock import Clock
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit
from gatewright.protection.store import AttemptStore, Block


@dataclass(frozen=True, slots=True)
class Account:
    """Whose secret an attempt is about: an identifier, normalised, in a connection."""

    identifier: str
    connection: str


class Blocks:
    """Finds and lifts them."""

    def __init__(self, store: AttemptStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of_identifier(self, tenant_id: str, identifier: str) -> list[Block]:
        """Blocks of whoever gives that identifier, which is normalised, in whatever connection."""
        return await self._store.blocks(tenant_id, hash_of_identifier(identifier), now=self._clock.now())

    async def of_network(self, tenant_id: str, network: str) -> list[Block]:
        """Blocks of everybody in that network (see ``limiter.network_of``)."""
        return await self._store.blocks(tenant_id, hash_of_network(network), now=self._clock.now())

    def lifted(self, tenant_id: str, blocks: Iterable[Block]) -> Unit:
        """The changes that end them: whoever was shut out begins anew."""
        return tuple(change for block in blocks for change in self._store.lift(tenant_id, block.key))


def hash_of_identifier(identifier: str) -> str:
    """What blocks of an identifier are found by."""
    return fingerprint(f"identifier {identifier}")


def hash_of_network(network: str) -> str:
    """What blocks of a network are found by."""
    return fingerprint(f"network {network}")
