"""Migrations make the schema, on both dialects, once, however many processes ask for it."""

import asyncio
import importlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable
from tests.storage.polling import until
from tests.support.postgres import PostgresCluster

from gatewright.kernel.errors import Conflict, Unavailable
from gatewright.storage import migrations
from gatewright.storage.backends import open_database
from gatewright.storage.migrations import HEAD
from gatewright.storage.schema import metadata

FOLDER = Path(migrations.__file__).parent
QUERIES = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2""",
    "indexes": """
        SELECT indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1""",
    "constraints": """
        SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass
        ORDER BY 1, 2, 3""",
}


def definitions(dialect_name: str) -> list[str]:
    """The schema as its tables say it."""
    dialect = registry.load(dialect_name)()
    made: list[str] = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        made += [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes]
    return made


@pytest.fixture
def postgres_empty(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """The name of a database without a single table."""
    name = postgres_cluster.create_database()
    yield name
    postgres_cluster.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database is to be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.url(request.getfixturevalue("postgres_empty"))


def test_head_is_the_newest_script() -> None:
    """The constant that names the newest revision is the newest script, and scripts are one line."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def _as_written(connection: sqlite3.Connection) -> set[str]:
    sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'"
    return {" ".join(row[0].split()) for row in connection.execute(sql)}


async def test_the_migrated_sqlite_schema_is_the_schema(tmp_path: Path) -> None:
    """Tables and indexes of a migrated file are those of ``schema.py``, ``WITHOUT ROWID`` included."""
    path = tmp_path / "new.db"
    await migrations.migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as migrated, closing(sqlite3.connect(":memory:")) as wanted:
        for definition in definitions("sqlite"):
            wanted.execute(definition)
        assert _as_written(migrated) == _as_written(wanted)


async def test_alembic_finds_nothing_to_add(tmp_path: Path) -> None:
    """Autogeneration against a migrated file finds no difference."""
    await migrations.migrate(f"sqlite:///{tmp_path / 'new.db'}")
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_the_migrated_postgresql_schema_is_the_schema(
    postgres_cluster: PostgresCluster, postgres_empty: str
) -> None:
    """Columns, indexes and constraints of a migrated database are those of ``schema.py``."""
    await migrations.migrate(postgres_cluster.url(postgres_empty))
    wanted = postgres_cluster.create_database()
    for definition in (*definitions("postgresql"), "CREATE TABLE alembic_version (version_num text)"):
        postgres_cluster.query(wanted, definition)
    for query in QUERIES.values():
        assert postgres_cluster.query(postgres_empty, query) == postgres_cluster.query(wanted, query)
    postgres_cluster.drop_database(wanted)


async def test_a_new_database_lacks_everything(url: str) -> None:
    """What is pending is listed, oldest first, with titles, until it is done."""
    pending = await migrations.pending(url)
    assert [title.split()[0] for title in pending][-1] == HEAD
    assert await migrations.migrate(url) == (None, HEAD)
    assert await migrations.pending(url) == []
    assert await migrations.migrate(url) == (HEAD, HEAD)


async def test_a_migrated_database_is_served(url: str) -> None:
    """The driver opens what migrations made."""
    await migrations.migrate(url)
    database = open_database(url)
    await database.open()
    try:
        await database.ping()
        await until(lambda: database.revision("nobody") is not None, "the revision of a tenant")
    finally:
        await database.close()


def test_asking_makes_no_file(tmp_path: Path) -> None:
    """Asking what is pending leaves a missing database missing."""
    assert asyncio.run(migrations.pending(f"sqlite:///{tmp_path / 'new.db'}"))
    assert list(tmp_path.iterdir()) == []


MIGRATE = """
import asyncio, sys
from gatewright.storage import migrations
print("here", flush=True)
sys.stdin.readline()
print(asyncio.run(migrations.migrate(sys.argv[1])))
"""


def test_many_processes_migrate_at_once(url: str) -> None:
    """Of several processes that migrate together one works, and all find it done."""
    processes = [_python(MIGRATE, url) for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "here\n"  # type: ignore[union-attr]
    for process in processes:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    told = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert sorted(told) == [f"('{HEAD}', '{HEAD}')"] * 3 + [f"(None, '{HEAD}')"]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]


def _python(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    """A revision that this version does not know is refused by both, and named."""
    await migrations.migrate(url)
    await _mark(url, "9999")
    for asked in (migrations.pending, migrations.migrate):
        with pytest.raises(Conflict, match="at revision '9999', which this version does not know"):
            await asked(url)


async def _mark(url: str, revision: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            connection.commit()
        return
    asyncpg: Any = importlib.import_module("asyncpg")
    connected = await asyncpg.connect(url)
    await connected.execute("UPDATE alembic_version SET version_num = $1", revision)
    await connected.close()


async def test_a_migration_that_fails_leaves_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """When a script fails halfway, no table of it is there, and a later run starts anew."""
    scripts = importlib.import_module("gatewright.storage.migrations.scripts")
    broken = tmp_path / "broken"
    (broken / "versions").mkdir(parents=True)
    (broken / "env.py").write_text((FOLDER / "env.py").read_text())
    (broken / "versions" / "0001_broken.py").write_text(
        "from alembic import op\nrevision = '0001'\ndown_revision = None\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (x INTEGER)')\n    op.execute('nonsense')\n"
    )
    with monkeypatch.context() as patched:
        patched.setattr(scripts, "_FOLDER", broken)
        with pytest.raises(Exception, match=r"(?i)syntax|nonsense"):
            await migrations.migrate(url)
    assert await migrations.migrate(url) == (None, HEAD)


@pytest.mark.alone
async def test_nothing_pending_is_found_quickly(tmp_path: Path) -> None:
    """The usual question costs one read and imports nothing of Alembic."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    await migrations.migrate(url)

    async def timed() -> float:
        begun = time.perf_counter()
        assert await migrations.pending(url) == []
        return time.perf_counter() - begun

    assert min([await timed() for _ in range(5)]) < 0.01


ASK = """
import asyncio, sys
from gatewright.storage import migrations
print(asyncio.run(migrations.pending(sys.argv[1])), "alembic" in sys.modules)
"""


def test_asking_imports_no_alembic(tmp_path: Path) -> None:
    """A process that finds its database up to date never imports Alembic."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    asyncio.run(migrations.migrate(url))
    assert _python(ASK, url).communicate(timeout=60)[0] == "[] False\n"


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: f"sqlite:///{folder / 'missing' / 'new.db'}",
        lambda folder: "postgresql://nobody:hunter2@127.0.0.1:1/x",
    ],
    ids=["sqlite", "postgresql"],
)
async def test_a_database_out_of_reach_is_told_with_its_reason(
    tmp_path: Path, make: Callable[[Path], str]
) -> None:
    """Whoever migrates hears why the database cannot be reached, without its password."""
    with pytest.raises(Unavailable, match=r"cannot reach the database: .+") as refused:
        await migrations.migrate(make(tmp_path))
    assert "hunter2" not in refused.value.message


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file with something else in it is not touched."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, just some notes " * 100)
    with pytest.raises(Unavailable, match="not a database"):
        await migrations.migrate(f"sqlite:///{path}")
    assert path.read_text().startswith("not a database")
