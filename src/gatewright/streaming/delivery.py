"""One stream's turn: what is new in the log, batch by batch, at least once and in the order of ids.

The log is its own outbox: an entry is in it with the change it tells of. A stream remembers up to which id
it got, and moves on after a 2xx. Whoever has the turn holds a lease, so that one process delivers at a time.

Ids sort by the second in which an event was made, and its unit commits a moment later. So nothing younger
than ``SETTLING`` is taken. For what takes longer than that, a stream remembers how many entries it saw in
each second of the last ``WINDOW``; a second that has more by now is told once more, whole.
"""

from collections.abc import Sequence

from gatewright.audit import SETTLING, LogEntry, LogStore
from gatewright.jose import Unsealable
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unmatched
from gatewright.log_streams import LogStream, LogStreams, ProgressStore
from gatewright.outbound import OutboundRefused, OutboundUnreachable, Sending
from gatewright.streaming.batch import request_of
from gatewright.streaming.failures import Failures, NotTaken
from gatewright.streaming.turn import LEASE_SECONDS, WINDOW, Turn

BATCH = 100
_EVER = ids.log_ids_from(10**11)


class StreamDelivery:
    """Delivers streams, one turn at a time."""

    def __init__(
        self,
        *,
        streams: LogStreams,
        progress: ProgressStore,
        logs: LogStore,
        outbound: Sending,
        failures: Failures,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._streams = streams
        self._progress = progress
        self._logs = logs
        self._outbound = outbound
        self._failures = failures
        self._bus = bus
        self._clock = clock

    async def deliver(self, tenant_id: str, stream_id: str) -> int | None:
        """Delivers what there is. Returns the seconds until there may be more, ``None`` for: when told."""
        now, free_at = self._clock.now(), await self._progress.free_at(tenant_id, stream_id)
        if free_at is None:
            return None
        if free_at > now:
            return free_at - now
        turn = await self._taken(tenant_id, stream_id)
        try:
            return 1 if turn is None else await self._work(turn)
        except Unmatched:  # somebody else has the turn, or changed the tenant meanwhile
            return SETTLING

    async def _taken(self, tenant_id: str, stream_id: str) -> Turn | None:
        now, owner = self._clock.now(), ids.random_text(12)
        progress = await self._progress.take(
            tenant_id, stream_id, owner=owner, now=now, until=now + LEASE_SECONDS
        )
        if progress is None:
            return None
        return Turn(
            self._progress,
            self._bus,
            self._clock,
            tenant_id=tenant_id,
            stream_id=stream_id,
            owner=owner,
            progress=progress,
        )

    async def _work(self, turn: Turn) -> int | None:
        """The turn to its end, whatever that is."""
        try:
            pause = await self._tell(turn)
        except NotTaken as failure:
            return await self._failures.settle(turn, failure)
        except BaseException:
            await turn.release()  # whoever looks next need not wait for the lease to end
            raise
        await turn.release()
        return pause

    async def _tell(self, turn: Turn) -> int | None:
        """Tells everything that is settled; the seconds until something else is. Raises ``NotTaken``."""
        await self._tell_late(turn)
        while stream := await self._stream(turn):
            found = await self._logs.following(
                turn.tenant_id, after=turn.progress.position, before=_EVER, limit=BATCH
            )
            end = ids.log_ids_from(self._clock.now() - SETTLING + 1)
            settled = [entry for entry in found if entry.log_id < end]
            if not settled:
                return SETTLING if found else None
            await self._send(turn, stream, settled)
            await turn.told(settled)
        return None

    async def _stream(self, turn: Turn) -> LogStream | None:
        """The stream as it is now, while it is to be delivered."""
        active = await self._streams.active(turn.tenant_id)
        return next((each for each in active if each.stream_id == turn.stream_id), None)

    async def _tell_late(self, turn: Turn) -> None:
        """Tells those seconds once more that have more entries than when they were told."""
        stream, recent = await self._stream(turn), turn.progress.recent
        if stream is None:
            return
        since = max(stream.begins_at, self._clock.now() - WINDOW)
        counted = await self._logs.counted(turn.tenant_id, since=since, upto=turn.progress.position)
        for second in sorted(each for each in counted if counted[each] > recent.get(each, 0)):
            entries = await self._of_second(turn, second)
            for start in range(0, len(entries), BATCH):
                await self._send(turn, stream, entries[start : start + BATCH])
                await turn.renew()
            await turn.told_again(second, len(entries))

    async def _of_second(self, turn: Turn, second: int) -> list[LogEntry]:
        """The entries of a second up to the position."""
        found: list[LogEntry] = []
        after, end = ids.log_ids_from(second), ids.log_ids_from(second + 1)
        while page := await self._logs.following(turn.tenant_id, after=after, before=end, limit=BATCH):
            found += (entry for entry in page if entry.log_id <= turn.progress.position)
            after = page[-1].log_id
        return found

    async def _send(self, turn: Turn, stream: LogStream, entries: Sequence[LogEntry]) -> None:
        """Sends those of the entries that the stream wants. Raises ``NotTaken``."""
        wanted = [entry for entry in entries if stream.wants(entry.type)]
        if not wanted:
            return
        try:
            secrets = self._streams.secrets(turn.tenant_id, stream)
            answer = await self._outbound.send(request_of(stream, secrets, wanted))
        except (OutboundRefused, OutboundUnreachable, Unsealable) as trouble:
            raise NotTaken(str(trouble)) from None
        if not 200 <= answer.status < 300:
            asked = answer.headers.get("retry-after", "")
            pause = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
            raise NotTaken(f"the receiver answered {answer.status}", pause)
