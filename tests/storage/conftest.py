"""The places where the drivers are tested: a SQLite file and a PostgreSQL database, fresh for each test."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.storage.tables import definitions
from tests.support.postgres import PostgresCluster

from gatewright.storage.database import Database
from gatewright.storage.postgres import PostgresDatabase
from gatewright.storage.sqlite import SqliteDatabase


@dataclass(frozen=True)
class Place:
    """Where a database lives: ``make`` gives one more driver for it, as another process would have."""

    dialect: str
    url: str
    make: Callable[[], Database]


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """A file with the test tables."""
    path = tmp_path / "test.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(definitions("sqlite"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: PostgresCluster) -> str:
    """A database with the test tables, to be copied."""
    name = postgres_cluster.create_database()
    postgres_cluster.query(name, definitions("postgresql"))
    return name


@pytest.fixture(scope="session")
def postgres_shared(postgres_cluster: PostgresCluster, postgres_template: str) -> str:
    """A copy for all tests that leave the tables as they are."""
    return postgres_cluster.create_database(postgres_template)


@pytest.fixture
def postgres_name(postgres_cluster: PostgresCluster, postgres_shared: str) -> str:
    """The name of a PostgreSQL database with empty test tables."""
    postgres_cluster.empty_database(postgres_shared)
    return postgres_shared


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster, postgres_name: str) -> str:
    return postgres_cluster.url(postgres_name)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("sqlite_file")
        return Place("sqlite", f"sqlite:///{path}", lambda: SqliteDatabase(path, synchronous="OFF"))
    url: str = request.getfixturevalue("postgres_url")
    return Place("postgresql", url, lambda: PostgresDatabase(url))


@pytest.fixture
async def database(place: Place) -> AsyncIterator[Database]:
    database = place.make()
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def other_node(place: Place, database: Database) -> AsyncIterator[Database]:
    """A second driver over the same data, as another process has it."""
    other = place.make()
    await other.open()
    yield other
    await other.close()
