"""The issuer's published keys: fetched when needed, kept while good, served stale while it is down.

The rules (``Pace`` has the figures): one fetch at a time; an unknown ``kid`` causes one refresh, and
refreshes keep their distance, so that forged tokens cannot make us hammer the issuer (RFC 8725 §3.10).
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import isawaitable, iscoroutinefunction

from gatewright_guard import _fetch
from gatewright_guard._discovery import check_url, plan
from gatewright_guard._keyset import StaticKeys
from gatewright_guard.errors import Diagnosis, KeysUnavailable

Fetch = Callable[[str], bytes | Awaitable[bytes]]
"""From an absolute URL to the body of its 200 answer, at once or awaited; raises anything otherwise."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: keys are fresh for, refreshes are apart by, stale keys serve for, first tries are apart by."""

    fresh: int = 600
    apart: int = 60
    stale: int = 86_400
    first: int = 2


class RemoteKeys:
    """The keys behind ``<issuer>.well-known/openid-configuration`` (OpenID Connect Discovery §4).

    One instance may serve threads and event loops at once.
    """

    def __init__(self, issuer: str, fetch: Fetch | None = None, pace: Pace | None = None) -> None:
        self._issuer = check_url(issuer, "issuer")
        self._fetch = fetch
        self._pace = pace or Pace()
        self._lock = threading.Lock()
        self._flight: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None
        self._keys: StaticKeys | None = None
        self._fetched_at = 0
        self._tried_at: int | None = None
        self._failure = Diagnosis("no answer yet", "the issuer's keys", "try again")

    async def get(self, now: int, *, unknown_kid: bool = False) -> StaticKeys:
        """The keys at ``now``; ``unknown_kid`` asks for newer ones. Raises ``KeysUnavailable``."""
        if self._due(now, unknown_kid):
            # Shielded: who gives up waiting must not cancel the fetch the others wait for.
            await asyncio.shield(self._take_off(now))
        return self._held(now)

    def get_sync(self, now: int, *, unknown_kid: bool = False) -> StaticKeys:
        """As ``get``, for code without an event loop."""
        if self._due(now, unknown_kid):
            with self._lock:
                if self._due(now, unknown_kid):
                    self._refresh_sync(now)
        return self._held(now)

    def _due(self, now: int, unknown_kid: bool) -> bool:
        if self._keys is None:
            return self._rested(now, self._pace.first)
        old = not 0 <= now - self._fetched_at < self._pace.fresh
        return (old or unknown_kid) and self._rested(now, self._pace.apart)

    def _rested(self, now: int, seconds: int) -> bool:
        # A clock that was set back would otherwise forbid fetching until it has caught up.
        return self._tried_at is None or not 0 <= now - self._tried_at < seconds

    def _take_off(self, now: int) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        if self._flight is None or self._flight[0] is not loop or self._flight[1].done():
            self._flight = (loop, loop.create_task(self._refresh(now)))
        return self._flight[1]

    async def _refresh(self, now: int) -> None:
        steps = plan(self._issuer)
        try:
            url = next(steps)
            while True:
                url = steps.send(await self._ask(url))
        except StopIteration as landed:
            self._land(landed.value, now)
        except Exception as error:
            self._fail(error, now)

    async def _ask(self, url: str) -> bytes:
        if self._fetch is None:
            return await _fetch.fetch(url)
        if iscoroutinefunction(self._fetch):
            return bytes(await self._fetch(url))
        body = await asyncio.to_thread(self._fetch, url)
        return await body if isawaitable(body) else body

    def _refresh_sync(self, now: int) -> None:
        steps = plan(self._issuer)
        try:
            url = next(steps)
            while True:
                url = steps.send(self._ask_sync(url))
        except StopIteration as landed:
            self._land(landed.value, now)
        except Exception as error:
            self._fail(error, now)

    def _ask_sync(self, url: str) -> bytes:
        if self._fetch is None:
            return _fetch.fetch_sync(url)
        body = None if iscoroutinefunction(self._fetch) else self._fetch(url)
        if not isinstance(body, bytes):
            raise TypeError("the fetch function returns no bytes; if it is asynchronous, await Guard.verify")
        return body

    def _land(self, keys: StaticKeys, now: int) -> None:
        self._keys, self._fetched_at, self._tried_at = keys, now, now

    def _fail(self, error: Exception, now: int) -> None:
        self._tried_at = now
        self._failure = Diagnosis(
            seen=f"{type(error).__name__}: {error}"[:300],
            expected=f"the key set of {self._issuer}",
            change="make the issuer reachable from this API, and its certificate trusted",
        )

    def _held(self, now: int) -> StaticKeys:
        if self._keys is None or now - self._fetched_at >= self._pace.fresh + self._pace.stale:
            raise KeysUnavailable(
                "The keys of the token's issuer cannot be had just now; try again.",
                self._failure,
                retry_after=self._pace.first if self._keys is None else self._pace.apart,
            )
        return self._keys
