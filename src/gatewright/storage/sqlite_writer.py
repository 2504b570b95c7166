"""How a process writes to a SQLite file: on its loop, in groups, in turns with other processes.

Units that are handed over in one turn of the loop share a transaction. It is over in microseconds, because
the wait for the disk is left to ``sqlite_flusher``; a future resolves after the flush that made its unit
durable. So no thread needs the interpreter while it holds the lock that keeps other processes waiting.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from gatewright.storage.database import unavailable
from gatewright.storage.sqlite_commit import Busy, Outcome, Work, Write, commit
from gatewright.storage.sqlite_connection import FileLock, translated
from gatewright.storage.sqlite_flusher import Flusher

_MOST_UNITS_PER_COMMIT = 256
_QUICK_TRIES = 20
_PAUSE = 0.001
"""Seconds between two tries for a turn, after the quick ones: whoever writes now does more than usual."""

_PATIENCE = 5.0
"""Seconds that a program which knows nothing of the lock file may write before units are refused."""


class _Job(NamedTuple):
    work: Work
    future: asyncio.Future[Outcome]


class SqliteWriter:
    """Runs units over ``connection`` and resolves their futures.

    ``lock`` is the turn of this process; without a ``flusher`` commits count as durable at once.
    ``most_waiting`` bounds the units that are not yet durable; ``committed`` is called after each commit.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        lock: FileLock,
        flusher: Flusher | None,
        *,
        most_waiting: int,
        committed: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._lock = lock
        self._flusher = flusher
        self._most_waiting = most_waiting
        self._committed = committed
        self._loop = asyncio.get_running_loop()
        self._jobs: list[_Job] = []
        self._waiting = 0
        self._tries = 0
        self._busy_since: float | None = None
        self._turn: asyncio.Handle | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self._refusal = ""

    async def stop(self) -> None:
        """Accepts nothing more; returns when everything accepted is durable or refused."""
        self._refusal = self._refusal or "closed"
        await self._drained.wait()

    def check(self) -> None:
        """Raises ``Unavailable`` when a unit would be refused at the door."""
        if self._refusal:
            raise unavailable(self._refusal)
        if self._waiting >= self._most_waiting:
            raise unavailable(f"{self._waiting} units are waiting to be written")

    def submit(
        self, writes: tuple[Write, ...], *, wants_row: bool = False, at_once: bool = False
    ) -> asyncio.Future[Outcome]:
        """Takes a unit; resolves to the rows touched by each write, or to the row returned by the first.

        ``at_once``: the commit is made before this returns, if it is our turn; only its flush is waited for.
        """
        self.check()
        self._waiting += 1
        self._drained.clear()
        job = _Job(Work(writes, wants_row), self._loop.create_future())
        self._jobs.append(job)
        if at_once and not self._tries and self._waiting == 1:
            self._take_turn()
        elif self._turn is None:
            self._turn = self._loop.call_soon(self._take_turn)
        return job.future

    def _take_turn(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        if not self._lock.try_acquire():
            self._try_later()
            return
        jobs = self._jobs[:_MOST_UNITS_PER_COMMIT]
        try:
            outcomes = self._commit(jobs)
        finally:
            self._lock.release()
        if outcomes is None:
            self._try_later()
            return
        self._tries, self._busy_since = 0, None
        del self._jobs[: len(jobs)]
        self._make_durable(jobs, outcomes)
        if self._jobs:
            self._turn = self._loop.call_soon(self._take_turn)

    def _try_later(self) -> None:
        """Somebody else is writing; mostly that is over when the requests at hand have had their turn."""
        self._tries += 1
        if self._tries <= _QUICK_TRIES:
            self._turn = self._loop.call_soon(self._take_turn)
        else:
            self._turn = self._loop.call_later(_PAUSE, self._take_turn)

    def _commit(self, jobs: list[_Job]) -> list[Outcome] | None:
        """What became of ``jobs``; ``None`` when another program is writing and will be waited for."""
        try:
            return commit(self._connection, [job.work for job in jobs])
        except Busy:
            return [unavailable("another program is writing") for _ in jobs] if self._is_at_end() else None

    def _make_durable(self, jobs: list[_Job], outcomes: list[Outcome]) -> None:
        if self._flusher is None or all(isinstance(outcome, Exception) for outcome in outcomes):
            self._settle(jobs, outcomes)
        else:
            self._flusher.flush(lambda error: self._flushed(jobs, outcomes, error))
        self._committed()

    def _is_at_end(self) -> bool:
        """Whether that program has been waited for long enough."""
        now = self._loop.time()
        self._busy_since = self._busy_since or now
        return now - self._busy_since > _PATIENCE

    def _flushed(self, jobs: list[_Job], outcomes: list[Outcome], error: OSError | None) -> None:
        if error is not None:
            # The next flush would not write again what this one lost: better to stop than to promise.
            self._refusal = f"the disk failed: {error.strerror}"
            outcomes = [translated(error) for _ in jobs]
        self._settle(jobs, outcomes)

    def _settle(self, jobs: list[_Job], outcomes: list[Outcome]) -> None:
        self._waiting -= len(jobs)
        if not self._waiting:
            self._drained.set()
        for job, outcome in zip(jobs, outcomes, strict=True):
            if job.future.done():
                continue  # its caller was cancelled; the unit stands all the same
            if isinstance(outcome, Exception):
                job.future.set_exception(outcome)
            else:
                job.future.set_result(outcome)
