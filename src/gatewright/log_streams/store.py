"""What of log streams must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.log_streams.model import LogStream, Progress


class LogStreamStore(Protocol):
    """Streams by id."""

    async def all(self, tenant_id: str) -> list[LogStream]:
        """Every stream of the tenant, by name; cached until the configuration changes."""
        ...

    def insert(self, tenant_id: str, stream: LogStream) -> Unit:
        """A new stream, whose progress starts where it begins."""
        ...

    def update(self, tenant_id: str, stream: LogStream) -> Unit:
        """Replaces the stream; its failures are forgotten, and its turn has come."""
        ...

    def suspend(self, tenant_id: str, stream: LogStream) -> Change:
        """Replaces the stream by its suspended self; its progress stays."""
        ...

    def delete(self, tenant_id: str, stream_id: str) -> Unit:
        """The stream and its progress; the first change must match."""
        ...


class ProgressStore(Protocol):
    """Progress of streams. Whoever delivers holds the lease: ``owner``, until a second.

    Changes by an owner must match, and do not when the lease was lost.
    """

    async def everything(self) -> list[tuple[str, str]]:
        """Tenants and ids of all streams that are active."""
        ...

    async def take(
        self, tenant_id: str, stream_id: str, *, owner: str, now: int, until: int
    ) -> Progress | None:
        """Takes the lease unless somebody has it, or its turn has not come, at ``now``."""
        ...

    async def free_at(self, tenant_id: str, stream_id: str) -> int | None:
        """The second from which it may be taken; ``None`` when there is no such stream."""
        ...

    def advance(
        self, tenant_id: str, stream_id: str, progress: Progress, *, owner: str, until: int
    ) -> Change:
        """It got so far, and the lease goes on until ``until``."""
        ...

    def release(self, tenant_id: str, stream_id: str, progress: Progress, *, owner: str, at: int) -> Change:
        """It got so far, and may be taken again from ``at`` on."""
        ...
