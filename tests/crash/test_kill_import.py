"""``kill -9`` while users are imported: each line is done once, whatever was under way."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.support.world import create_tables

from gatewright.connections import Connection
from gatewright.jobs import Jobs
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.stores import Stores
from gatewright.transfer import ImportOrder, Transfers
from gatewright.transfer.held_job import LEASE_SECONDS

pytestmark = pytest.mark.anyio

PEOPLE = 10_000
WRONG = 100
NOW = 1_800_000_000
OF_EACH = {"users": "user_id", "identities": "user_id", "identifiers": "user_id", "passwords": "identity_id"}
"""Tables that know every user, and the column in which they do."""

ROOT = Path(__file__).parents[2]
_DEADLINE = 120.0
_HASH = {"algorithm": "sha256", "hash": {"value": "00" * 32, "encoding": "hex"}}


async def file() -> AsyncIterator[bytes]:
    for number in range(PEOPLE):
        person = {"email": f"p{number}@example.test", "custom_password_hash": _HASH}
        yield json.dumps(person).encode() + b"\n"
        if number % (PEOPLE // WRONG) == 0:
            yield b'{"email":"wrong"}\n'


async def furnish(path: Path) -> None:
    """A database with a job in it that nobody has begun."""
    create_tables(path)
    database = SqliteDatabase(path, synchronous="OFF")
    await database.open()
    stores, bus = Stores.over(database), Bus(database)
    connection = Connection(connection_id="con_db", name="db", strategy="auth0")
    await bus.commit((stores.connections.put("main", connection),))
    transfers = Transfers(Jobs(stores.jobs, bus, FixedClock(NOW)), stores.users)
    await transfers.order_import("main", ImportOrder(connection=connection), file())
    await database.close()


def counted(path: Path) -> list[int]:
    """How many users each table knows, at one moment."""
    with closing(sqlite3.connect(path)) as database:
        counts = ", ".join(f"(SELECT count(DISTINCT {key}) FROM {table})" for table, key in OF_EACH.items())
        return list(database.execute(f"SELECT {counts}").fetchone())


def job(path: Path) -> dict[str, object]:
    with closing(sqlite3.connect(path)) as database:
        (doc,) = database.execute("SELECT doc FROM jobs").fetchone()
        found: dict[str, object] = json.loads(doc)
        return found


@contextmanager
def working(path: Path, at: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does the job; it has ended when the block does."""
    command = [sys.executable, "-m", "tests.crash.importing", str(path), str(at)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_killed_in_the_middle(tmp_path: Path) -> None:
    """A killed import leaves whole users, counted as its job says; the next process does the rest, once."""
    path, deadline = tmp_path / "test.db", time.monotonic() + _DEADLINE
    await furnish(path)
    at = NOW
    for least in (1, PEOPLE // 3):
        with working(path, at) as process:
            while counted(path)[0] < least:
                assert process.poll() is None, "it ended before it was killed"
                assert time.monotonic() < deadline, "nothing was imported"
            process.send_signal(signal.SIGKILL)
            process.wait(_DEADLINE)
        counts = counted(path)
        assert 0 < counts[0] < PEOPLE, "it was not killed in the middle"
        assert len(set(counts)) == 1, counts
        assert job(path)["summary"]["inserted"] == counts[0]  # type: ignore[index]
        at += LEASE_SECONDS
    with working(path, at) as process:
        assert process.wait(_DEADLINE) == 0
    assert counted(path) == [PEOPLE] * len(OF_EACH)
    done = job(path)
    assert done["status"] == "completed"
    assert done["summary"] == {
        "failed": WRONG,
        "updated": 0,
        "inserted": PEOPLE,
        "total": PEOPLE + WRONG,
    }
