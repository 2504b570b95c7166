"""The thread that moves SQLite's write-ahead log into the database file, beside the commits.

A checkpoint inside a COMMIT is what makes the slowest requests slow; so writers never do it.
The thread sleeps until it is told of a write, and is at most ``INTERVAL`` behind.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from gatewright.storage.sqlite_connection import FileLock, connect_checkpointer, lock_path

INTERVAL = 0.25
"""Seconds between two checkpoints under load."""

_READERS_PATIENCE_MS = 100
_RETRY_SECONDS = 2.0
_FRAME_HEADER = 24

_log = logging.getLogger(__name__)


class Checkpointer:
    """Keeps the log of one file short: after writes, and beyond ``wal_limit`` bytes by making it start over.

    Under steady load there is always a frame that is not yet moved, so that the log would only grow.
    Beyond the limit the thread therefore takes the writers' turn for a moment and moves the rest.
    """

    def __init__(self, path: Path, wal_limit: int, *, durable: bool) -> None:
        self._connect = partial(connect_checkpointer, path, durable=durable)
        self._lock_path = lock_path(path)
        self._wal_limit = wal_limit
        self._written = threading.Event()
        self._ending = threading.Event()
        self._restart_after = 0.0
        self._thread = threading.Thread(target=self._work, name="gatewright-checkpoint", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Something was written; may be called from any thread."""
        self._written.set()

    def stop(self) -> None:
        """Moves what is left, empties the log if nobody else reads it, and ends the thread."""
        self._ending.set()
        self._written.set()
        self._thread.join()

    def _work(self) -> None:
        # Asked again after clearing: ``stop`` may have come just before, and what it set is gone then.
        while not self._ending.is_set() and self._written.wait() and not self._ending.wait(INTERVAL):
            self._written.clear()
            self._attempt(self._shorten)
        self._attempt(self._empty)

    def _attempt(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            with closing(self._connect()) as connection:
                connection.execute(f"PRAGMA busy_timeout = {_READERS_PATIENCE_MS}")
                work(connection)
        except (sqlite3.Error, OSError) as error:
            # Nothing is lost: what is not moved now stays in the log, and the next write brings us back.
            _log.warning("checkpoint put off: %s", error)

    def _shorten(self, connection: sqlite3.Connection) -> None:
        _, frames, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        too_long = frames * (page_size + _FRAME_HEADER) > self._wal_limit
        if too_long and time.monotonic() >= self._restart_after and self._alone(connection, "RESTART"):
            # A long read is under way; do not hold up the writers for it again at once.
            self._restart_after = time.monotonic() + _RETRY_SECONDS

    def _empty(self, connection: sqlite3.Connection) -> None:
        self._alone(connection, "TRUNCATE")

    def _alone(self, connection: sqlite3.Connection, mode: str) -> bool:
        """Checkpoints in the writers' turn; true when a reader was in the way."""
        with closing(FileLock(self._lock_path)) as lock, lock:
            return bool(connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()[0])
