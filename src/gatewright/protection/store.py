"""What of attempts must be remembered; it survives restarts and is shared by all processes."""

from dataclasses import dataclass
from typing import Protocol

from gatewright.kernel.units import Change, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A counter past its limit until ``expires_at``, and whom it shuts out, as a hash (see ``blocks``).

    ``connection`` is a name, or empty for whatever connection; ``ip`` is where the last attempt came from.
    """

    key: str
    subject_hash: str
    connection: str
    ip: str
    expires_at: int


class AttemptStore(Protocol):
    """Counters by key, each living for a window."""

    async def add(self, tenant_id: str, key: str, *, now: int, window: int) -> tuple[int, int]:
        """Counts one attempt; a counter whose window has passed starts anew.

        Returns the count with this attempt, and when the window ends. Atomic among all processes.
        """
        ...

    async def read(self, tenant_id: str, key: str, *, now: int) -> tuple[int, int]:
        """The count and when its window ends; zeros when there is none."""
        ...

    async def give_back(self, tenant_id: str, key: str) -> None:
        """Takes one attempt off the counter."""
        ...

    async def clear(self, tenant_id: str, key: str) -> None:
        """Forgets the counter."""
        ...

    def put_block(self, tenant_id: str, block: Block) -> Change:
        """Remembers that a counter is past its limit."""
        ...

    async def blocks(self, tenant_id: str, subject_hash: str, *, now: int) -> list[Block]:
        """What shuts out whom the hash names; a counter that was cleared since shuts out nobody."""
        ...

    def lift(self, tenant_id: str, key: str) -> Unit:
        """Ends a block: its counter begins anew."""
        ...
