"""Turns every event into a change of its own unit."""

from gatewright.audit.model import LogEntry
from gatewright.audit.store import LogStore
from gatewright.kernel.events import Event
from gatewright.kernel.units import Unit


class AuditRecorder:
    """The bus's first recorder."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def __call__(self, event: Event) -> Unit:
        """The change that records ``event``."""
        return (self._store.append(event.tenant_id, LogEntry.of(event)),)
