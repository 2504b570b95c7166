"""Whose turn it is: every process follows every stream of the tenants in which it hears of something new.

Nothing is polled. An event wakes the process in which it happened; a start looks at what was left over. Each
stream is followed by a task of its own, so that no receiver waits for another one's, and only for as long as
there is something to tell, or to try again.
"""

import asyncio
import logging
from contextlib import suppress

from gatewright.kernel.errors import Unavailable
from gatewright.kernel.events import Event
from gatewright.log_streams import LogStreams, ProgressStore
from gatewright.streaming.delivery import StreamDelivery

_Key = tuple[str, str]

PAUSE_SECONDS = 1.0
"""Between two looks at what is new, however much is."""

_TROUBLE_SECONDS = 5
_log = logging.getLogger(__name__)


class Streaming:
    """Follows the streams of all tenants."""

    def __init__(self, delivery: StreamDelivery, streams: LogStreams, progress: ProgressStore) -> None:
        self.delivery = delivery
        self._streams = streams
        self._progress = progress
        self._news: set[str] = set()
        self._awake = asyncio.Event()
        self._followed: dict[_Key, asyncio.Event] = {}

    async def hear(self, event: Event) -> None:
        """Something was added to a tenant's log. Costs next to nothing."""
        self._news.add(event.tenant_id)
        self._awake.set()

    async def run(self) -> None:
        """Delivers what is left over, then whatever comes, until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            await self._begin(group)
            while True:
                await self._awake.wait()
                self._awake.clear()
                await self._look(group)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        while True:
            try:
                for key in await self._progress.everything():
                    self._follow(group, key)
                return
            except Unavailable as trouble:
                await asyncio.sleep(_wait(trouble))

    async def _look(self, group: asyncio.TaskGroup) -> None:
        """Follows the streams of tenants that have something new; without streams this asks nobody."""
        news, self._news = self._news, set()
        try:
            for tenant_id in sorted(news):
                for stream in await self._streams.active(tenant_id):
                    self._follow(group, (tenant_id, stream.stream_id))
        except Unavailable as trouble:
            self._news |= news
            self._awake.set()
            await asyncio.sleep(_wait(trouble))

    def _follow(self, group: asyncio.TaskGroup, key: _Key) -> None:
        """Has somebody follow the stream, or tells who does that there is something new."""
        if key not in self._followed:
            self._followed[key] = asyncio.Event()
            group.create_task(self._tell(key))
        self._followed[key].set()

    async def _tell(self, key: _Key) -> None:
        wake, pause = self._followed[key], None
        while wake.is_set() or pause is not None:
            wake.clear()
            pause = await self._turn(key)
            if pause is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(pause, PAUSE_SECONDS)):
                        await wake.wait()
        del self._followed[key]

    async def _turn(self, key: _Key) -> int | None:
        try:
            return await self.delivery.deliver(*key)
        except Unavailable as trouble:
            _log.warning("log stream %s cannot be delivered: %s", key[1], trouble.message)
            return _wait(trouble)
        except Exception:
            # A mistake of ours must not end the streams of this process until it is started anew.
            _log.exception("log stream %s cannot be delivered", key[1])
            return _TROUBLE_SECONDS


def _wait(trouble: Unavailable) -> int:
    return max(trouble.retry_after, _TROUBLE_SECONDS)
