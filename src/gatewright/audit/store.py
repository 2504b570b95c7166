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
