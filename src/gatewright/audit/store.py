"""What of the audit log must be remembered."""

from typing import Protocol

from gatewright.audit.model import LogEntry
from gatewright.kernel.units import Change

SETTLING = 2
"""Seconds after which no other process adds an entry before those that are there: a second has many
ids, and a unit takes a moment to commit. A reader who goes from entry to entry sees nothing younger."""


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

    async def counted(self, tenant_id: str, *, since: int, upto: str) -> dict[int, int]:
        """How many entries there are in each second from ``since`` on, up to the id ``upto`` and with it."""
        ...
