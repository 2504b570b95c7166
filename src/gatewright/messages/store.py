"""What of messages must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change
from gatewright.messages.model import OutboxEntry


class OutboxStore(Protocol):
    """Messages on their way, oldest turn first.

    Changes to an entry take effect only while its ``tries`` is still what the entry says; they never abort
    their unit, for whoever moved it on has taken over.
    """

    def insert(self, entry: OutboxEntry, *, at: int, expires_at: int) -> Change:
        """Adds a waiting entry that is due at ``at``; its row may be swept away after ``expires_at``."""
        ...

    async def due(self, now: int, *, limit: int) -> list[OutboxEntry]:
        """Waiting entries of all tenants whose turn has come, without their bodies."""
        ...

    async def next_due(self) -> int | None:
        """When the next waiting entry is due, or its lease ends; ``None`` when nothing waits."""
        ...

    async def lease(self, entry: OutboxEntry, *, until: int) -> OutboxEntry | None:
        """Takes the entry for one try, until ``until``; ``None`` when somebody else has it already."""
        ...

    def delete(self, entry: OutboxEntry) -> Change:
        """The message was sent; nothing of it stays."""
        ...

    def keep(self, entry: OutboxEntry, *, expires_at: int) -> Change:
        """The message is captured."""
        ...

    def trim(self, tenant_id: str, *, most: int) -> Change:
        """Deletes all captured messages but the newest ``most``."""
        ...

    def postpone(self, entry: OutboxEntry, *, tries: int, at: int) -> Change:
        """The next try, after ``tries``, is due at ``at``."""
        ...

    def fail(self, entry: OutboxEntry, *, expires_at: int) -> Change:
        """Given up; the body is dropped."""
        ...

    async def readable(self, tenant_id: str, *, limit: int) -> list[OutboxEntry]:
        """The newest messages of a tenant that are waiting or captured, oldest of them first."""
        ...
