"""``kill -9`` while the log is streamed: every entry arrives, in order, and few of them twice."""

import json
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support.receiver import Receiver, answered, receiver
from tests.support.world import create_tables

from gatewright.audit import LogEntry
from gatewright.kernel.ids import log_ids_from
from gatewright.log_streams import HttpSink, LogStream
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.stores import Stores
from gatewright.streaming.delivery import BATCH
from gatewright.streaming.turn import LEASE_SECONDS

pytestmark = pytest.mark.anyio

ENTRIES = 40 * BATCH
BEGIN = 1_800_000_000
ROOT = Path(__file__).parents[2]
SECONDS = 60.0


async def furnish(path: Path, endpoint: str) -> list[str]:
    """A database with a long log and a stream that has told nothing of it; returns the ids."""
    create_tables(path)
    database = SqliteDatabase(path, synchronous="OFF")
    await database.open()
    stores = Stores.over(database)
    ids = [f"{log_ids_from(BEGIN + n // 10)}{n:08d}" for n in range(ENTRIES)]
    entries = [LogEntry(log_id=each, at=BEGIN, type="s", event="E") for each in ids]
    await database.run(tuple(stores.logs.append("main", each) for each in entries))
    stream = LogStream(stream_id="lst_1", name="Ours", sink=HttpSink(http_endpoint=endpoint), begins_at=BEGIN)
    await database.run(stores.log_streams.insert("main", stream))
    await database.close()
    return ids


def delivering(path: Path, at: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.crash.streaming", str(path), str(at)]
    return subprocess.Popen(command, cwd=ROOT)


def told(hooks: Receiver) -> list[list[str]]:
    """The ids in each request, as they came."""
    return [
        [json.loads(line)["log_id"] for line in request.content.splitlines()] for request in hooks.received
    ]


async def test_killed_in_the_middle(tmp_path: Path) -> None:
    """Whatever was under way when the process died comes again after its lease, and nothing is skipped."""
    path, at = tmp_path / "test.db", BEGIN + ENTRIES
    with receiver() as hooks:
        hooks.answer = lambda handler: answered(handler, 200)
        ids = await furnish(path, hooks.url())
        for least in (3, 15):
            with delivering(path, at) as process:
                hooks.wait_for(lambda received, least=least: len(received) >= least)
                process.send_signal(signal.SIGKILL)
                process.wait(SECONDS)
            assert len(hooks.received) < ENTRIES // BATCH, "it was not killed in the middle"
            at += LEASE_SECONDS
        with delivering(path, at) as process:
            assert process.wait(SECONDS) == 0
    batches = told(hooks)
    assert set(ids) == {each for batch in batches for each in batch}
    assert sum(map(len, batches)) <= ENTRIES + 2 * BATCH
    assert all(later[0] > earlier[-1] or later == earlier for earlier, later in pairwise(batches))
