"""What follows when nobody takes a batch: pauses that grow, and after a week the end of trying."""

import logging
import random
from collections.abc import Callable

import msgspec

from gatewright.kernel.clock import Clock
from gatewright.log_streams import LogStreamStore
from gatewright.streaming.events import LogStreamSuspended
from gatewright.streaming.turn import Turn
from gatewright.tenants import TenantStore

PATIENCE_SECONDS = 7 * 86_400
"""How long a stream may fail before it is suspended."""

LONGEST_PAUSE = 3_600
_log = logging.getLogger(__name__)


class NotTaken(Exception):
    """A batch was not taken. ``pause`` is what the receiver asks for, in seconds; 0 for nothing."""

    def __init__(self, reason: str, pause: int = 0) -> None:
        super().__init__(reason)
        self.pause = pause


def back_off(tries: int) -> int:
    """Seconds to wait after the ``tries``-th failure: 5, doubled each time, an hour at most."""
    return int(min(5 * 2 ** min(tries - 1, 20), LONGEST_PAUSE))


class Failures:
    """Decides when a stream that failed is tried again.

    ``spread`` gives 0 to 1, by which the pauses of streams that fail together differ.
    """

    def __init__(
        self,
        streams: LogStreamStore,
        tenants: TenantStore,
        clock: Clock,
        *,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._streams = streams
        self._tenants = tenants
        self._clock = clock
        self._spread = spread

    async def settle(self, turn: Turn, failure: NotTaken) -> int | None:
        """Gives the turn back. Returns the seconds until the next try, ``None`` when there is none.

        Raises ``Unmatched`` when the lease was lost, or the tenant changed while it was being suspended.
        """
        now, since = self._clock.now(), turn.progress.failing_since
        if since is not None and now - since >= PATIENCE_SECONDS:
            await self._suspend(turn, str(failure))
            return None
        usual = round(back_off(turn.progress.tries + 1) * (0.5 + self._spread() / 2))
        pause = max(1, usual, min(failure.pause, LONGEST_PAUSE))
        await turn.failed(since=now if since is None else since, until=now + pause)
        _log.warning(
            "log stream %s of tenant %s waits %d s: %s", turn.stream_id, turn.tenant_id, pause, failure
        )
        return pause

    async def _suspend(self, turn: Turn, reason: str) -> None:
        tenant_id = turn.tenant_id
        # The number first: whatever is read after it and changes later moves the number on.
        revision = await self._tenants.revision(tenant_id)
        streams = {each.stream_id: each for each in await self._streams.all(tenant_id)}
        stream = streams.get(turn.stream_id)
        if stream is None or stream.status != "active":
            await turn.release()
            return
        suspended = msgspec.structs.replace(stream, status="suspended")
        event = LogStreamSuspended(
            tenant_id=tenant_id,
            at=self._clock.now(),
            description=f"Log stream {stream.name} was suspended: {reason}",
            details={"log_stream_id": stream.stream_id, "tries": turn.progress.tries + 1},
        )
        unit = (
            self._streams.suspend(tenant_id, suspended),
            self._tenants.touched_since(tenant_id, revision),
        )
        await turn.release(event, unit=unit)
