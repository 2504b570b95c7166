"""Connections to a SQLite file, and what its errors mean."""

import fcntl
import os
import sqlite3
from pathlib import Path
from types import TracebackType

from gatewright.kernel.errors import Conflict
from gatewright.kernel.units import Duplicate
from gatewright.storage.database import Rejected, unavailable, unstorable

_STATEMENTS_KEPT = 1024
_BUSY_MILLISECONDS = 5_000
_BUSY_MILLISECONDS_ON_LOOP = 50

_DUPLICATE = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)

# Primary result codes that say something about the disk or the load, not about the statement.
_TROUBLE = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_INTERRUPT,
    )
)


class FileLock:
    """One writer at a time among threads and processes, in fair turns; ``with`` it.

    SQLite's own waiting sleeps and polls, so that one busy process can starve another.
    The kernel drops the lock when its holder dies.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Waits for the lock. Blocks."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def try_acquire(self) -> bool:
        """Takes the lock if nobody has it now."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Lets the next one have it."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the descriptor back."""
        os.close(self._descriptor)


def lock_path(path: Path) -> Path:
    """The lock file beside the database at ``path``."""
    return path.with_name(path.name + ".lock")


def log_path(path: Path) -> Path:
    """The write-ahead log of the database at ``path``."""
    return path.with_name(path.name + "-wal")


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that sees every commit and changes nothing."""
    connection = _connect(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def connect_loop(path: Path, wal_limit: int) -> sqlite3.Connection:
    """The connection of a loop's thread, for reads and writes alike, so that it has to read back little.

    Its commits go into the write-ahead log and are flushed by somebody else (``sqlite_flusher``).
    When the log starts over, what lies beyond ``wal_limit`` bytes of it goes back to the file system.
    """
    connection = _connect_writing(path)
    connection.execute(f"PRAGMA journal_size_limit = {wal_limit}")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Nobody else is served meanwhile; whoever finds the file busy tries again later.
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS_ON_LOOP}")
    return connection


def connect_checkpointer(path: Path, *, durable: bool) -> sqlite3.Connection:
    """A connection that moves the write-ahead log into the file, flushing both if ``durable``."""
    connection = _connect_writing(path)
    connection.execute(f"PRAGMA synchronous = {'NORMAL' if durable else 'OFF'}")
    return connection


def _connect_writing(path: Path) -> sqlite3.Connection:
    connection = _connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # a checkpoint inside a COMMIT makes it slow
    return connection


def create_private(path: Path) -> None:
    """Makes the file readable by its owner alone; SQLite gives its companions the same mode."""
    # An existing file is left alone: closing a second descriptor would drop SQLite's locks on it.
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=_STATEMENTS_KEPT)
    # The lock file keeps our own writers apart; this is for backup tools and the sqlite3 shell.
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    return connection


def is_trouble(error: Exception) -> bool:
    """Whether the error speaks of disk, memory or load, so that every statement would meet it now."""
    if isinstance(error, OSError | MemoryError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _TROUBLE


def translated(error: Exception, table: str = "") -> Exception:
    """What the port raises for an error of the driver while ``table`` was read or written."""
    if is_trouble(error):
        return unavailable(str(error))
    if isinstance(error, sqlite3.IntegrityError):
        return _refused(error, table)
    if isinstance(error, OverflowError | UnicodeEncodeError):
        return unstorable()
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return unavailable("closed")
    if isinstance(error, sqlite3.Error):
        return Rejected(f"{table or 'SELECT'}: {error}")
    return error


def _refused(error: sqlite3.IntegrityError, table: str) -> Exception:
    if error.sqlite_errorcode in _DUPLICATE:
        return Duplicate(table)
    if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return Conflict(f"{table}: a row it refers to does not exist, or it is still referred to")
    return Rejected(f"{table}: {error}")
