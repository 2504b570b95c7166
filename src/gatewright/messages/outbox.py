"""What one may do with messages: put them into the unit that makes them true, and read the captured ones."""

import secrets
import time
from collections.abc import Callable

import msgspec

from gatewright.jose import MasterKey, Unsealable
from gatewright.kernel.clock import Clock
from gatewright.kernel.units import Change
from gatewright.messages.model import (
    DAY,
    MOST_CAPTURED,
    CapturedMessage,
    Message,
    OutboxEntry,
    QueuedMessage,
)
from gatewright.messages.store import OutboxStore

_decode = msgspec.json.Decoder(QueuedMessage).decode


class Outbox:
    """Messages on their way.

    ``nudge`` wakes the sender of this process; a process without one may leave it out.
    """

    def __init__(
        self,
        store: OutboxStore,
        master_key: MasterKey,
        clock: Clock,
        *,
        nudge: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._master_key = master_key
        self._clock = clock
        self._nudge = nudge

    def put(self, tenant_id: str, message: Message) -> Change:
        """The change that queues ``message``, sealed; it goes into the unit of what the message tells."""
        now = self._clock.now()
        queued = QueuedMessage(at=now, deadline=now + message.useful_for, message=message)
        place = OutboxEntry(tenant_id, _message_id(now), tries=0)
        sealed = self._master_key.seal(msgspec.json.encode(queued).decode(), place.place)
        entry = OutboxEntry(place.tenant_id, place.message_id, tries=0, sealed=sealed)
        # A day beyond the deadline, so that the sender, who records it, gives up before the sweep comes.
        return self._store.insert(entry, at=now, expires_at=queued.deadline + DAY)

    def nudge(self) -> None:
        """Tells this process's sender, after the commit, that there is something to send."""
        self._nudge()

    async def captured(self, tenant_id: str) -> list[CapturedMessage]:
        """The newest messages of the tenant in dev, newest last; also those just being captured."""
        entries = await self._store.readable(tenant_id, limit=MOST_CAPTURED)
        found = (opened(self._master_key, entry) for entry in entries)
        return [CapturedMessage(queued.at, queued.message) for queued in found if queued is not None]


def opened(master_key: MasterKey, entry: OutboxEntry) -> QueuedMessage | None:
    """The message of a row; ``None`` when it was sealed under another master key, or altered."""
    try:
        return _decode(master_key.unseal(entry.sealed, entry.place))
    except (Unsealable, ValueError):
        return None


def _message_id(at: int) -> str:
    # Sorts by time; within a second by the machine's monotonic clock, which all its processes share.
    return f"{at:012d}{time.monotonic_ns():020d}{secrets.token_hex(6)}"
