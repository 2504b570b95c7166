"""What of the audit log must be remembered."""

from typing import Protocol

from gatewright.audit.model import LogEntry
from gatewright.kernel.units import Change


class LogStore(Protocol):
    """Log entries by id, which sorts by time."""

    def append(self, tenant_id: str, entry: LogEntry) -> Change:
        """Adds one entry."""
        ...

    async def newest(self, tenant_id: str, *, limit: int) -> list[LogEntry]:
        """The newest entries first."""
        ...

    async def get(self, tenant_id: str, log_id: str) -> LogEntry | None:
        """The entry with this id."""
        ...

    async def page(self, tenant_id: str, *, skip: int, limit: int, oldest_first: bool) -> list[LogEntry]:
        """Entries by their age, past ``skip`` of them; the newest first unless the oldest are wanted so."""
        ...

    async def count(self, tenant_id: str) -> int:
        """How many entries there are."""
        ...

    async def following(self, tenant_id: str, *, after: str, before: str, limit: int) -> list[LogEntry]:
        """Entries whose ids are between the two, the oldest first."""
        ...
