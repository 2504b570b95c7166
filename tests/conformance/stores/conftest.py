"""Every store over both backends: a fresh database with the schema of this version."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.postgres import PostgresCluster
from tests.support.world import create_tables

from gatewright.storage.database import Database
from gatewright.storage.postgres import PostgresDatabase
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.stores import Stores

TENANT = "main"
OTHER = "other"


@dataclass(frozen=True)
class Place:
    """A database and the stores over it; ``another`` is a second process's worth of the same."""

    database: Database
    stores: Stores
    another: Callable[[], Database]

    async def run(self, *changes: object) -> tuple[int, ...]:
        """Runs changes as one unit."""
        return await self.database.run(tuple(changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def postgres_name(postgres_cluster: PostgresCluster) -> str:
    """A database with our tables, shared by all tests and emptied before each."""
    name = postgres_cluster.create_database()
    postgres_cluster.create_tables(name)
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Database]:
    """Makes drivers for the one database of this test."""
    if request.param == "sqlite":
        create_tables(tmp_path / "test.db")
        return lambda: SqliteDatabase(tmp_path / "test.db", synchronous="OFF")
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name: str = request.getfixturevalue("postgres_name")
    cluster.empty_database(name)
    return lambda: PostgresDatabase(cluster.url(name))


@pytest.fixture
async def place(another: Callable[[], Database]) -> AsyncIterator[Place]:
    """An open database with its stores."""
    database = another()
    await database.open()
    yield Place(database, Stores.over(database), another)
    await database.close()
