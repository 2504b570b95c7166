"""``kill -9`` while the people of a deleted connection are removed: each is whole or gone."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.world import create_tables

PEOPLE = 20_000
OF_EACH = ("users", "identities", "identifiers", "passwords", "user_roles", "consents")
OWNER = {"passwords": "identity_id"}
"""The column that names the user, where it has another name."""

ROOT = Path(__file__).parents[2]
_DEADLINE = 60.0


def furnish(path: Path) -> None:
    """A database of whose connection nothing is left but its people."""
    create_tables(path)
    ids = [(f"auth0|{number:05}", f"{number:05}") for number in range(PEOPLE)]
    with closing(sqlite3.connect(path)) as file:
        file.executemany(
            "INSERT INTO users VALUES ('main', ?, 1, 0, ?, '', '', '', '', '', 1, NULL, 0, '{}')", ids
        )
        file.executemany("INSERT INTO identities VALUES ('main', 'gone', ?2, ?1, ?1)", ids)
        file.executemany("INSERT INTO identifiers VALUES ('main', 'gone', 'email', ?2, ?1, ?1)", ids)
        file.executemany("INSERT INTO passwords VALUES ('main', ?1, ?2, 1)", ids)
        file.executemany("INSERT INTO user_roles VALUES ('main', ?1, ?2)", ids)
        file.executemany("INSERT INTO consents VALUES ('main', ?, ?, '', '', 1)", ids)
        file.commit()


def left(path: Path) -> list[int]:
    """How many rows each table has, at one moment."""
    with closing(sqlite3.connect(path)) as file:
        counts = ", ".join(
            f"(SELECT count(DISTINCT {OWNER.get(table, 'user_id')}) FROM {table})" for table in OF_EACH
        )
        return list(file.execute(f"SELECT {counts}").fetchone())


@contextmanager
def removing(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that removes them; it has ended when the block does."""
    command = [sys.executable, "-m", "tests.crash.removing", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_killed_in_the_middle(tmp_path: Path) -> None:
    """A killed removal leaves each person whole or gone, and the next one removes whoever is left."""
    path, deadline = tmp_path / "test.db", time.monotonic() + _DEADLINE
    furnish(path)
    with removing(path) as process:
        while left(path)[0] == PEOPLE:
            assert process.poll() is None, "it ended without removing anybody"
            assert time.monotonic() < deadline, "nobody was removed"
        process.send_signal(signal.SIGKILL)
        process.wait(_DEADLINE)
    counts = left(path)
    assert 0 < counts[0] < PEOPLE, "it was not killed in the middle"
    assert len(set(counts)) == 1, counts
    with removing(path) as process:
        told, _ = process.communicate(timeout=_DEADLINE)
    assert int(told) == counts[0]
    assert left(path) == [0] * len(OF_EACH)
