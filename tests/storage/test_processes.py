"""Several processes over one database: crashes, fair turns, forks."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.storage.conftest import Place
from tests.storage.polling import DEADLINE, until
from tests.storage.tables import ALL_NOTES, ALL_PEOPLE

from gatewright.storage.database import Database

ROOT = Path(__file__).parents[2]


class Child:
    """One writing process; it begins when told to."""

    def __init__(self, place: Place, name: str, *count: str) -> None:
        self.name = name
        self.acknowledged: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.writing_child", place.url, name, *count],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "open\n"
        self._reader = threading.Thread(target=self._read)

    def begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("begin\n")
        self._process.stdin.flush()
        self._reader.start()

    def kill(self) -> None:
        """Kills the process without a warning, and reads what it had still acknowledged."""
        self._process.send_signal(signal.SIGKILL)
        self.finish(-signal.SIGKILL)

    def finish(self, code: int = 0) -> None:
        """Waits for the process to end with ``code``."""
        assert self._process.wait(DEADLINE) == code
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):  # a last line without its end was cut off
                self.acknowledged.append(line.rstrip())


async def written(database: Database, name: str) -> tuple[set[str], set[str]]:
    """Both tables. A server may still be committing what the dead process asked of it last.

    That unit's two rows can come between our two reads; a torn unit stays torn however often one looks.
    """
    deadline = time.monotonic() + DEADLINE
    while True:
        notes = {row[0] for row in await database.scan(ALL_NOTES, tenant_id=name)}
        people = {row[0] for row in await database.scan(ALL_PEOPLE, tenant_id=name)}
        if notes == people or time.monotonic() > deadline:
            return notes, people


class TestKilled:
    @pytest.mark.parametrize("after", [1, 50, 300])
    async def test_nothing_acknowledged_is_lost(self, place: Place, after: int) -> None:
        """After kill -9 in the middle of its writes everything a process acknowledged is there."""
        child = Child(place, "child")
        child.begin()
        await until(lambda: len(child.acknowledged) >= after, "acknowledgements")
        child.kill()
        database = place.make()
        await database.open()
        notes, people = await written(database, "child")
        await database.close()
        assert set(child.acknowledged) <= notes
        assert notes == people, "a unit was torn apart"

    async def test_others_go_on(self, place: Place, database: Database) -> None:
        """A process that is killed in the middle of its writes does not stop the others."""
        child = Child(place, "child")
        child.begin()
        await until(lambda: bool(child.acknowledged), "acknowledgements")
        child.kill()
        other = Child(place, "other", "50")
        other.begin()
        other.finish()
        assert len((await written(database, "other"))[0]) == 50


class TestTurns:
    @pytest.mark.alone
    async def test_two_writers_share_the_disk(self, place: Place, database: Database) -> None:
        """Of two processes that write as fast as they can, neither gets less than a sixth."""
        children = [Child(place, name) for name in ("one", "two")]
        for child in children:
            child.begin()
        await until(lambda: all(len(child.acknowledged) > 100 for child in children), "both to begin")
        before = [len(child.acknowledged) for child in children]
        await until(lambda: sum(acknowledged(children)) > sum(before) + 6000, "acknowledgements")
        shares = [now - then for now, then in zip(acknowledged(children), before, strict=True)]
        for child in children:
            child.kill()
        assert min(shares) > sum(shares) / 6, shares


def acknowledged(children: list[Child]) -> list[int]:
    return [len(child.acknowledged) for child in children]


FORKING = """
import asyncio, os, sys
from gatewright.storage.backends import open_database
from tests.storage.tables import ADD_NOTE

database = open_database(sys.argv[1])

async def write(name):
    await database.open()
    for number in range(50):
        await database.run((ADD_NOTE.change(tenant_id="t", note_id=f"{name}{number}", text=""),))
    await database.close()

children = []
for name in "ab":
    child = os.fork()
    if not child:
        asyncio.run(write(name))
        os._exit(0)
    children.append(child)
asyncio.run(write("parent"))
for child in children:
    _, status = os.waitpid(child, 0)
    assert status == 0, status
"""


def run_forking(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FORKING, url],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestForks:
    async def test_made_before_the_fork_opened_after(self, place: Place, database: Database) -> None:
        """A database made before a fork is opened and used by every child for itself."""
        done = run_forking(place.url)
        assert done.stderr == ""
        assert len(await database.scan(ALL_NOTES, tenant_id="t")) == 150
