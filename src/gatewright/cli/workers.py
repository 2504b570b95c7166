"""A supervisor: forks workers, says when all are ready, replaces those that die, stops them in order.

The parent has imported everything and opened nothing, so workers share its memory and their start costs a
fork. It sleeps until a signal or a worker wakes it.
"""

import gc
import os
import selectors
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog

log = structlog.get_logger("gatewright.workers")

STOP_WITHIN = 9.0
"""Seconds after which a worker that does not stop is killed; the contract says ten in all."""

_QUICK_DEATH = 5.0
_QUICK_DEATHS_ALLOWED = 5
_FIRST_PAUSE = 0.1
_CLOSED = -1

_HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


@dataclass(frozen=True, slots=True)
class Seat:
    """A worker's ties to its supervisor.

    ``lifeline`` is a pipe that reads end-of-file when the supervisor is gone.
    Signals arrive blocked; ``take`` them when handlers are in place.
    """

    number: int
    lifeline: int
    ready_pipe: int

    def report_ready(self) -> None:
        """Tells the supervisor that this worker accepts connections."""
        os.write(self.ready_pipe, b"!")

    @staticmethod
    def take_signals() -> None:
        """Lets the signals come that arrived since the fork."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


@dataclass(slots=True)
class _Worker:
    number: int
    pid: int
    born: float
    ready_pipe: int
    ready: bool = False


class Supervisor:
    """Keeps ``count`` processes running ``work``, each with its ``Seat``.

    Calls ``on_ready`` once, when all are ready, and ``on_stop`` once, when they are told to stop.
    ``work`` returns the exit status of its process. SIGTERM and SIGINT stop everything, SIGHUP is passed on.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Seat], int],
        *,
        on_ready: Callable[[], None],
        on_stop: Callable[[], None],
    ) -> None:
        self._count = count
        self._work = work
        self._on_ready: Callable[[], None] | None = on_ready
        self._on_stop = on_stop
        self._workers: dict[int, _Worker] = {}
        self._restarts: list[tuple[float, int]] = []
        self._quick_deaths = 0
        self._kill_at: float | None = None
        self._status = 0

    def run(self) -> int:
        """Returns when every worker has stopped: 0, or 1 when they would not live or would not stop."""
        if threading.active_count() > 1:
            raise RuntimeError("a thread runs before the fork; its locks would stay locked in the workers")
        self._lifeline = os.pipe()
        # A collection in a worker would write to, and so copy, every page it shares with us.
        # Not collected first: the holes that leaves would be filled, and copied, by each worker.
        gc.freeze()
        with _woken_by_signals() as self._wakeup, selectors.DefaultSelector() as self._selector:
            self._selector.register(self._wakeup, selectors.EVENT_READ, self._read_signals)
            for number in range(self._count):
                self._fork(number)
            while self._workers or self._restarts:
                self._sleep()
        for end in self._lifeline:
            os.close(end)
        return self._status

    def _sleep(self) -> None:
        for key, _ in self._selector.select(self._patience()):
            key.data()
        self._reap()
        now = time.monotonic()
        due = [number for at, number in self._restarts if at <= now]
        self._restarts = [(at, number) for at, number in self._restarts if at > now]
        for number in due:
            self._fork(number)
        if self._kill_at is not None and now >= self._kill_at:
            self._kill()

    def _patience(self) -> float | None:
        moments = [at for at, _ in self._restarts]
        if self._kill_at is not None:
            moments.append(self._kill_at)
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _read_signals(self) -> None:
        for number in os.read(self._wakeup, 512):
            if number in (signal.SIGTERM, signal.SIGINT):
                self._stop()
            elif number == signal.SIGHUP:
                self._signal_all(signal.SIGHUP)

    def _stop(self, status: int = 0) -> None:
        if self._kill_at is None:
            self._kill_at = time.monotonic() + STOP_WITHIN
            self._status = status
            self._restarts.clear()
            self._signal_all(signal.SIGTERM)
            self._on_stop()

    def _kill(self) -> None:
        for worker in self._workers.values():
            log.error("worker killed", worker=worker.number, pid=worker.pid, seconds=STOP_WITHIN)
        self._status = 1
        self._signal_all(signal.SIGKILL)
        self._kill_at = float("inf")

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self._workers:
            os.kill(pid, number)  # not reaped yet, so the id is still theirs

    def _fork(self, number: int) -> None:
        ready, report = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        pid = os.fork()
        if pid == 0:
            self._become_worker(Seat(number, lifeline=self._lifeline[0], ready_pipe=report), ready)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
        os.close(report)
        worker = _Worker(number, pid, time.monotonic(), ready)
        self._workers[pid] = worker
        self._selector.register(ready, selectors.EVENT_READ, partial(self._hear, worker))

    def _become_worker(self, seat: Seat, ready: int) -> None:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            self._selector.close()
            for end in (self._wakeup, self._lifeline[1], ready, *self._pipes()):
                os.close(end)
            gc.enable()
            status = self._work(seat)
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)  # the rest of this stack belongs to the parent

    def _pipes(self) -> Iterator[int]:
        return (worker.ready_pipe for worker in self._workers.values() if worker.ready_pipe != _CLOSED)

    def _hear(self, worker: _Worker) -> None:
        worker.ready = bool(os.read(worker.ready_pipe, 1))
        self._hang_up(worker)
        all_ready = len(self._workers) == self._count and all(w.ready for w in self._workers.values())
        if all_ready and self._on_ready is not None and self._kill_at is None:
            self._on_ready()
            self._on_ready = None

    def _hang_up(self, worker: _Worker) -> None:
        self._selector.unregister(worker.ready_pipe)
        os.close(worker.ready_pipe)
        worker.ready_pipe = _CLOSED

    def _reap(self) -> None:
        while self._workers:
            pid, outcome = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if (worker := self._workers.pop(pid, None)) is not None and self._kill_at is None:
                self._replace(worker, os.waitstatus_to_exitcode(outcome))

    def _replace(self, worker: _Worker, status: int) -> None:
        now = time.monotonic()
        quick = now - worker.born < _QUICK_DEATH
        self._quick_deaths = self._quick_deaths + 1 if quick else 0
        log.error("worker died", worker=worker.number, pid=worker.pid, status=status, after=now - worker.born)
        if self._quick_deaths >= _QUICK_DEATHS_ALLOWED:
            log.critical("workers die as soon as they start", status=status, tried=self._quick_deaths)
            self._stop(status=1)
            return
        pause = _FIRST_PAUSE * 2 ** (self._quick_deaths - 1) if quick else 0.0
        self._restarts.append((now + pause, worker.number))


@contextmanager
def _woken_by_signals() -> Iterator[int]:
    """Handled signals become bytes, their numbers, in the pipe whose reading end this gives."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    before = {number: signal.signal(number, lambda *_: None) for number in _HANDLED}
    wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)
