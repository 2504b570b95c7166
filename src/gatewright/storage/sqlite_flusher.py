"""The thread that makes commits durable: one flush of the write-ahead log serves all that came before it.

A commit itself only writes to the log, which takes microseconds and is done on the loop; waiting for the
disk takes a hundred times as long and is done here, outside of every lock. So the writers of all processes
take turns quickly and wait for the disk together, and a request signs its tokens while its commit is flushed.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

Told = Callable[[OSError | None], object]


class Flusher:
    """Flushes the write-ahead log at ``log_path`` and then calls on the loop what waited for it."""

    def __init__(self, log_path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._log_path = log_path
        self._loop = loop
        self._queue: SimpleQueue[Told | None] = SimpleQueue()
        self._log = -1
        self._thread = threading.Thread(target=self._work, name="gatewright-flush", daemon=True)

    def start(self) -> None:
        """Starts the thread; it sleeps until there is something to flush."""
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether somebody would flush."""
        return self._thread.is_alive()

    def flush(self, told: Told) -> None:
        """Calls ``told`` on the loop once everything written to the log before now is on the disk.

        It gets the error when the disk failed; what was written may or may not be there then.
        """
        self._queue.put(told)

    def stop(self) -> None:
        """Flushes what is waiting and ends the thread. Blocks."""
        self._queue.put(None)
        self._thread.join()

    # From here on: in the thread.

    def _work(self) -> None:
        waiting: list[Told | None] = []
        while None not in waiting:
            waiting = [self._queue.get()]
            with suppress(Empty):
                while True:
                    waiting.append(self._queue.get_nowait())
            told = [each for each in waiting if each is not None]
            if told:
                self._tell(told, self._flush())
        if self._log >= 0:
            os.close(self._log)

    def _flush(self) -> OSError | None:
        try:
            if self._log < 0:
                # SQLite keeps its locks on other files, so that closing this descriptor drops none of them.
                self._log = os.open(self._log_path, os.O_RDWR | os.O_CLOEXEC)
            os.fdatasync(self._log)
        except OSError as error:
            return error
        return None

    def _tell(self, told: list[Told], error: OSError | None) -> None:
        with suppress(RuntimeError):  # the loop is gone, and with it everybody who could have been told
            self._loop.call_soon_threadsafe(_call_all, told, error)


def _call_all(told: list[Told], error: OSError | None) -> None:
    for each in told:
        each(error)
