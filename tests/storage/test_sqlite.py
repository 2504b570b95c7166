"""What only the SQLite driver promises: files, group commit, checkpoints, one writer among threads."""

import asyncio
import errno
import fcntl
import itertools
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.storage.polling import DEADLINE, until
from tests.storage.tables import ADD_NOTE, ALL_NOTES, COUNT_NOTES, GET_NOTE, PUT_PERSON

from gatewright.kernel.errors import Unavailable
from gatewright.kernel.units import Change, Duplicate
from gatewright.storage.database import STREAM_ROWS, Rejected
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.sqlite_checkpoint import Checkpointer
from gatewright.storage.statement import Statement

KIB = 1024
MIB = 1024 * KIB


def note(note_id: object, text: str = "") -> Change:
    return ADD_NOTE.change(tenant_id="t", note_id=str(note_id), text=text)


def log_size(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    return log.stat().st_size if log.exists() else 0


def log_generation(path: Path) -> int:
    """How often the log has started over: the checkpoint sequence number in its header."""
    with path.with_name(path.name + "-wal").open("rb") as log:
        return int.from_bytes(log.read(16)[12:], "big")


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def rows_of_copy(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What is in the database file alone, without its companions."""
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        return connection.execute(sql).fetchall()


def mangle(path: Path) -> None:
    """Overwrites all but the first page."""
    pages = path.read_bytes()
    path.write_bytes(pages[:4096] + b"\xff" * (len(pages) - 4096))


def run_script(script: str, path: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def writers_held(path: Path) -> Iterator[None]:
    """Keeps every writer of the file waiting for its turn."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


@pytest.fixture
async def database(sqlite_file: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(sqlite_file)
    await database.open()
    yield database
    await database.close()


class TestFiles:
    async def test_all_files_are_private(self, tmp_path: Path) -> None:
        """The database and its companion files can be read by their owner alone."""
        database = SqliteDatabase(tmp_path / "new.db")
        await database.open()
        await database.run((Statement(text("CREATE TABLE letters (body TEXT)")).change(),))
        found = modes(tmp_path)
        await database.close()
        assert found == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm", "new.db.lock"), 0o600)

    async def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        """A database in a folder that does not exist cannot be opened, and the path is told."""
        database = SqliteDatabase(tmp_path / "missing" / "new.db")
        with pytest.raises(Unavailable, match=r"missing/new\.db"):
            await database.open()

    async def test_another_kind_of_file_is_left_alone(self, tmp_path: Path) -> None:
        """A file that is no database cannot be opened, and stays as it is."""
        path = tmp_path / "letter.txt"
        path.write_text("Dear reader, " * 100)
        with pytest.raises(Unavailable, match=r"letter\.txt"):
            await SqliteDatabase(path).open()
        assert path.read_text() == "Dear reader, " * 100

    async def test_a_database_that_could_not_be_opened_can_be_tried_again(self, tmp_path: Path) -> None:
        """Once the reason is gone, the same object opens."""
        database = SqliteDatabase(tmp_path / "missing" / "new.db")
        with pytest.raises(Unavailable):
            await database.open()
        (tmp_path / "missing").mkdir()
        await database.open()
        await database.ping()
        await database.close()

    async def test_closing_leaves_one_file_with_everything(self, sqlite_file: Path) -> None:
        """After closing, the log is gone and the database file alone holds every row."""
        database = SqliteDatabase(sqlite_file)
        await database.open()
        await database.run((note("n", "hello"),))
        await database.close()
        assert log_size(sqlite_file) == 0
        assert rows_of_copy(sqlite_file, "SELECT text FROM notes") == [("hello",)]


class SlowDisk:
    """Flushes that end when they are told to, and an error if there is to be one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: OSError | None = None) -> None:
        self.begun = 0
        self.ready = threading.Event()
        self._flush, self._error = os.fdatasync, error
        monkeypatch.setattr(os, "fdatasync", self)

    def __call__(self, descriptor: int) -> None:
        self.begun += 1
        assert self.ready.wait(DEADLINE)
        if self._error is not None:
            raise self._error
        self._flush(descriptor)


class TestDurability:
    async def test_foreign_keys_are_held_to(self, database: SqliteDatabase) -> None:
        """The writer holds to foreign keys."""
        assert await database.take(Statement(text("PRAGMA foreign_keys")).change()) == (1,)

    async def test_nothing_is_acknowledged_before_its_flush(
        self, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A unit is not acknowledged until the log that holds it was flushed to the disk."""
        disk = SlowDisk(monkeypatch)
        unit = asyncio.create_task(database.run((note("n"),)))
        await until(lambda: disk.begun == 1, "the flush")
        for _ in range(20):
            await database.scan(COUNT_NOTES)
        assert not unit.done()
        disk.ready.set()
        assert await unit == (1,)

    async def test_what_came_during_a_flush_waits_for_the_next(
        self, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Units committed while a flush is under way share the next one, which is one of its own."""
        disk = SlowDisk(monkeypatch)
        first = asyncio.create_task(database.run((note("first"),)))
        await until(lambda: disk.begun == 1, "the flush")
        later = [asyncio.create_task(database.run((note(number),))) for number in range(10)]
        await until(lambda: database_is_seen_to_hold(database, 11), "the commits")
        disk.ready.set()
        assert await asyncio.gather(first, *later) == [(1,)] * 11
        assert disk.begun == 2

    async def test_a_disk_that_fails_ends_all_promises(
        self, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After a failed flush its units and all later ones are refused, until the file is opened anew."""
        database = SqliteDatabase(sqlite_file)
        await database.open()
        disk = SlowDisk(monkeypatch, OSError(errno.EIO, "Input/output error"))
        disk.ready.set()
        with pytest.raises(Unavailable):
            await database.run((note("n"),))
        monkeypatch.undo()
        for refused in (database.run((note("m"),)), database.take(note("m")), database.ping()):
            with pytest.raises(Unavailable) as caught:
                await refused
            assert "Input/output error" in caught.value.detail
        await database.close()
        await database.open()
        assert await database.run((note("m"),)) == (1,)
        await database.close()

    async def test_a_begun_unit_is_committed_while_its_caller_goes_on(
        self, sqlite_file: Path, database: SqliteDatabase
    ) -> None:
        """Another program sees a begun unit before its caller awaits it, or even gives up its turn."""
        unit = database.begin((note("n"),))
        with closing(sqlite3.connect(sqlite_file)) as shell:
            assert shell.execute("SELECT count(*) FROM notes").fetchone() == (1,)
        assert await unit == (1,)

    async def test_the_log_is_never_replaced(self, sqlite_file: Path, database: SqliteDatabase) -> None:
        """Other programs come, write and go, and the log that is flushed stays the one that is written."""
        log = sqlite_file.with_name(sqlite_file.name + "-wal")
        await database.run((note("ours"),))
        before = log.stat().st_ino
        second = SqliteDatabase(sqlite_file)
        await second.open()
        await second.run((note("second"),))
        await second.close()
        with closing(sqlite3.connect(sqlite_file)) as shell, shell:
            shell.execute("INSERT INTO notes VALUES ('t', 'theirs', '')")
        assert log.stat().st_ino == before


def database_is_seen_to_hold(database: SqliteDatabase, rows: int) -> bool:
    return bool(database._connection.execute("SELECT count(*) FROM notes").fetchone() == (rows,))


class TestGroupCommit:
    async def test_units_that_wait_share_a_commit(self, sqlite_file: Path, database: SqliteDatabase) -> None:
        """A hundred units that wait for the disk are made durable together."""
        await database.run((note("first"),))
        before = log_size(sqlite_file)
        with writers_held(sqlite_file):
            units = [asyncio.create_task(database.run((note(number),))) for number in range(100)]
            await asyncio.sleep(0)
        assert await asyncio.gather(*units) == [(1,)] * 100
        pages = (log_size(sqlite_file) - before) / (4096 + 24)
        assert pages < 20, "a commit for each unit would write a page for each"

    async def test_a_bad_unit_in_a_shared_commit_is_alone(
        self, sqlite_file: Path, database: SqliteDatabase
    ) -> None:
        """In a shared commit a unit that fails after its first change leaves nothing and harms nobody."""
        await database.run((note("taken"),))
        with writers_held(sqlite_file):
            units = [
                asyncio.create_task(
                    database.run((note(number), note("taken" if number % 2 else f"x{number}")))
                )
                for number in range(20)
            ]
            await asyncio.sleep(0)
        outcomes = await asyncio.gather(*units, return_exceptions=True)
        assert outcomes[0::2] == [(1, 1)] * 10
        assert {type(each) for each in outcomes[1::2]} == {Duplicate}
        assert (await database.scan(COUNT_NOTES))[0] == (21,)

    async def test_a_mistake_in_a_shared_commit_is_alone(
        self, sqlite_file: Path, database: SqliteDatabase
    ) -> None:
        """A statement that SQLite does not understand fails its own unit only."""
        with writers_held(sqlite_file):
            bad = asyncio.create_task(
                database.run((note("bad"), Statement(text("INSERT INTO nowhere VALUES (1)")).change()))
            )
            good = asyncio.create_task(database.run((note("good"),)))
            await asyncio.sleep(0)
        assert await good == (1,)
        with pytest.raises(Rejected, match="nowhere"):
            await bad
        assert await database.scan(ALL_NOTES, tenant_id="t") == [("good", "")]

    async def test_nothing_is_acknowledged_before_its_commit(
        self, sqlite_file: Path, database: SqliteDatabase
    ) -> None:
        """While the disk is held no unit is acknowledged and no row is seen."""
        with writers_held(sqlite_file):
            unit = asyncio.create_task(database.run((note("n"),)))
            for _ in range(20):
                await database.scan(COUNT_NOTES)
            assert not unit.done()
            assert await database.fetch(COUNT_NOTES) == [(0,)]
        assert await unit == (1,)

    async def test_rows_of_a_statement_with_its_own_with_are_counted(self, database: SqliteDatabase) -> None:
        """The driver's blind spot, a write that begins with WITH, is counted too."""
        insert = "WITH v(x) AS (VALUES ('a'), ('b')) INSERT INTO notes SELECT 't', x, x FROM v"
        assert await database.run((Statement(text(insert)).change(must_match=True),)) == (2,)


class TestBounds:
    async def test_the_queue_is_bounded(self, sqlite_file: Path) -> None:
        """When too many units wait for the disk the next is refused at once, and later ones are served."""
        database = SqliteDatabase(sqlite_file, most_waiting=10)
        await database.open()
        with writers_held(sqlite_file):
            units = [asyncio.create_task(database.run((note(number),))) for number in range(10)]
            await asyncio.sleep(0)
            with pytest.raises(Unavailable) as caught:
                await database.run((note("one too many"),))
            assert caught.value.retry_after == 1
            with pytest.raises(Unavailable):
                await database.take(note("one too many"))
            with pytest.raises(Unavailable):
                await database.ping()
        assert await asyncio.gather(*units) == [(1,)] * 10
        await database.ping()
        assert await database.run((note("later"),)) == (1,)
        await database.close()

    async def test_another_program_is_waited_for(self, sqlite_file: Path, database: SqliteDatabase) -> None:
        """While a program that knows nothing of the lock file writes, units wait and then succeed."""
        with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            shell.execute("INSERT INTO notes VALUES ('t', 'theirs', '')")
            unit = asyncio.create_task(database.run((note("ours"),)))
            for _ in range(20):
                await database.scan(COUNT_NOTES)
            assert not unit.done()
            shell.execute("COMMIT")
        assert await unit == (1,)
        assert await database.fetch(COUNT_NOTES) == [(2,)]


class TestCheckpoints:
    async def write(self, database: SqliteDatabase, megabyte: int) -> None:
        """Adds one MiB in 64 units."""
        text = "x" * 16 * KIB
        notes = (
            ADD_NOTE.change(tenant_id=f"m{megabyte}", note_id=str(each), text=text) for each in range(64)
        )
        await asyncio.gather(*(database.run((note,)) for note in notes))

    async def test_the_log_starts_over_under_unbroken_load(self, sqlite_file: Path) -> None:
        """While units follow each other without a pause, the log starts over again and again."""
        database = SqliteDatabase(sqlite_file, synchronous="OFF", wal_limit=MIB)
        await database.open()
        first = None
        for megabyte in itertools.count():
            await self.write(database, megabyte)
            first = first or log_generation(sqlite_file)
            if log_generation(sqlite_file) >= first + 2:
                break
            assert megabyte < 4 * KIB, "the log only grows"
        await database.close()

    async def test_a_log_that_grew_shrinks_again(self, sqlite_file: Path) -> None:
        """After a burst the log gives its space back, down to its limit."""
        database = SqliteDatabase(sqlite_file, synchronous="OFF", wal_limit=MIB)
        await database.open()
        for megabyte in range(8):
            await self.write(database, megabyte)
        grown = log_size(sqlite_file)
        end = time.monotonic() + DEADLINE
        while log_size(sqlite_file) > 2 * MIB and time.monotonic() < end:
            await database.run((PUT_PERSON.change(tenant_id="t", name="ada", email="a", version=1),))
            await asyncio.sleep(0.01)
        shrunk = log_size(sqlite_file)
        await database.close()
        assert (grown > 2 * MIB, shrunk <= 2 * MIB) == (True, True), (grown, shrunk)

    @pytest.mark.alone
    async def test_a_long_read_does_not_stop_the_writers(self, sqlite_file: Path) -> None:
        """While an export holds an old moment the log grows, and every write is served all the same."""
        database = SqliteDatabase(sqlite_file, synchronous="OFF", wal_limit=64 * KIB)
        await database.open()
        await asyncio.gather(*(database.run((note(number),)) for number in range(STREAM_ROWS + 1)))
        async with aclosing(database.stream(ALL_NOTES, tenant_id="t")) as export:
            await anext(export)
            longest = 0.0
            end = time.monotonic() + 1.2
            while time.monotonic() < end:
                began = time.monotonic()
                await database.run((ADD_NOTE.change(tenant_id="x", note_id=str(began), text="x" * KIB),))
                longest = max(longest, time.monotonic() - began)
            assert len(await anext(export)) == 1
        await database.close()
        assert longest < 1.0

    async def test_written_rows_reach_the_database_file_soon(
        self, sqlite_file: Path, database: SqliteDatabase
    ) -> None:
        """Without closing, what was written is moved from the log into the database file."""
        marker = "a marker that is nowhere else"
        await database.run((note("n", marker),))
        await until(lambda: marker.encode() in sqlite_file.read_bytes(), "the checkpoint")

    async def test_a_stop_at_the_moment_of_a_checkpoint_is_heard(self, sqlite_file: Path) -> None:
        """A checkpointer that is stopped just as its interval is over ends all the same."""
        checkpointer = Checkpointer(sqlite_file, MIB, durable=False)
        stopping = threading.Thread(target=checkpointer.stop, daemon=True)
        checkpointer._written, checkpointer._ending = CountedEvent(), LateEvent(stopping.start)
        checkpointer.start()
        checkpointer.wake()
        await until(lambda: checkpointer._written.sets == 2, "the call of stop")
        checkpointer._ending.noticed.set()
        await until(lambda: not stopping.is_alive(), "the end of the thread")

    async def test_idle_threads_do_nothing(self, sqlite_file: Path) -> None:
        """Once the checkpoint is done, no thread of the driver wakes up and no file changes."""
        others = set(threading.enumerate())
        database = SqliteDatabase(sqlite_file)
        await database.open()
        await database.run((note("n", "marker"),))
        await database.scan(COUNT_NOTES)
        await until(lambda: b"marker" in sqlite_file.read_bytes(), "the checkpoint")
        ids = [each.native_id for each in set(threading.enumerate()) - others]
        assert len(ids) == 3
        await until(lambda: all(asleep(each) for each in ids), "the threads to fall asleep")
        before = [wake_ups(each) for each in ids], changes(sqlite_file)
        await asyncio.sleep(1.0)  # an interval to be idle in, four times that of the checkpoints
        after = [wake_ups(each) for each in ids], changes(sqlite_file)
        await database.close()
        assert after == before


class CountedEvent(threading.Event):
    """Counts how often it was set."""

    sets = 0

    def set(self) -> None:
        super().set()
        self.sets += 1


class LateEvent(threading.Event):
    """One whose first wait in vain returns only after something else happened, and was ``noticed``."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self.noticed = threading.Event()
        self._meanwhile = meanwhile

    def wait(self, timeout: float | None = None) -> bool:
        if super().wait(timeout):
            return True
        self._meanwhile()
        return not self.noticed.wait(DEADLINE)


def asleep(thread: int | None) -> bool:
    return Path(f"/proc/self/task/{thread}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def wake_ups(thread: int | None) -> list[str]:
    status = Path(f"/proc/self/task/{thread}/status").read_text()
    return [line for line in status.splitlines() if "ctxt_switches" in line]


def changes(path: Path) -> list[tuple[str, int]]:
    return sorted((each.name, each.stat().st_mtime_ns) for each in path.parent.glob(path.name + "*"))


FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from gatewright.kernel.errors import Unavailable
from gatewright.storage.sqlite import SqliteDatabase
from tests.storage.tables import ADD_NOTE, ALL_NOTES

def note(name):
    return ADD_NOTE.change(tenant_id="t", note_id=name, text="x" * 100_000)

async def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    database = SqliteDatabase(Path(sys.argv[1]))
    await database.open()
    await database.run((note("before"),))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
    outcomes = await asyncio.gather(
        *(database.run((note(f"during {number}"),)) for number in range(3)), return_exceptions=True
    )
    print([type(each).__name__ for each in outcomes])
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    print(await database.run((note("after"),)))
    print([row[0] for row in await database.scan(ALL_NOTES, tenant_id="t")])
    await database.close()

asyncio.run(main())
"""


FORGETFUL = """
import asyncio, sys
from pathlib import Path
from gatewright.storage.sqlite import SqliteDatabase
from tests.storage.tables import ADD_NOTE

async def main():
    database = SqliteDatabase(Path(sys.argv[1]))
    await database.open()
    print(await database.run((ADD_NOTE.change(tenant_id="t", note_id="n", text=""),)))

asyncio.run(main())
"""


class TestTrouble:
    def test_a_full_disk_refuses_and_recovers(self, sqlite_file: Path) -> None:
        """When the disk takes no more, units end as Unavailable; when it does again, units succeed."""
        done = run_script(FULL_DISK, sqlite_file)
        assert done.stdout.splitlines() == [
            "['Unavailable', 'Unavailable', 'Unavailable']",
            "(1,)",
            "['after', 'before']",
        ], done.stderr

    async def test_a_mangled_file_is_unavailable(self, sqlite_file: Path) -> None:
        """Reading from a damaged file ends as Unavailable, with the driver's words for the log only."""
        mangle(sqlite_file)
        database = SqliteDatabase(sqlite_file)
        await database.open()
        with pytest.raises(Unavailable) as caught:
            await database.fetch(GET_NOTE, tenant_id="t", note_id="n")
        await database.close()
        assert "malformed" in caught.value.detail
        assert "malformed" not in caught.value.message

    async def test_two_drivers_in_one_process(self, sqlite_file: Path, database: SqliteDatabase) -> None:
        """A second driver over the same file in the same process neither disturbs nor outlives the first."""
        second = SqliteDatabase(sqlite_file)
        await second.open()
        assert await second.fetch(COUNT_NOTES) == [(0,)]
        await asyncio.gather(
            *(each.run((note(f"{each is second} {n}"),)) for n in range(50) for each in (database, second))
        )
        await second.close()
        assert await database.fetch(COUNT_NOTES) == [(100,)]
        assert await database.run((note("last"),)) == (1,)

    async def test_revisions_of_an_unknown_tenant_begin_at_nought(self, database: SqliteDatabase) -> None:
        """A tenant that was never configured has revision 0."""
        assert database.revision("nobody") == 0

    def test_a_loop_that_ends_without_closing_leaves_no_complaint(self, sqlite_file: Path) -> None:
        """A process that forgets to close ends by itself, with what was acknowledged on the disk."""
        done = run_script(FORGETFUL, sqlite_file)
        assert (done.stdout, done.stderr) == ("(1,)\n", "")
        with closing(sqlite3.connect(sqlite_file)) as connection:
            assert connection.execute("SELECT count(*) FROM notes").fetchone() == (1,)
