"""Databases with an outbox, and a mail server, for the tests of messages."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.messages.mail_server import MailServer
from tests.messages.post import definitions, sqlite
from tests.support.postgres import PostgresCluster

from gatewright.storage.database import Database
from gatewright.storage.postgres import PostgresDatabase


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """A file with an empty outbox and audit log."""
    path = tmp_path / "messages.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(definitions("sqlite"))
    return path


@pytest.fixture(scope="session")
def postgres_name(postgres_cluster: PostgresCluster) -> str:
    """A database with an outbox and an audit log, shared by all tests and emptied before each."""
    name = postgres_cluster.create_database()
    postgres_cluster.query(name, definitions("postgresql"))
    return name


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster, postgres_name: str) -> str:
    postgres_cluster.empty_database(postgres_name)
    return postgres_cluster.url(postgres_name)


@pytest.fixture(params=["sqlite", "postgresql"])
def make_database(request: pytest.FixtureRequest) -> Callable[[], Database]:
    """One more driver over the same data each time, as another process would have it."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("sqlite_file")
        return lambda: sqlite(path)
    url: str = request.getfixturevalue("postgres_url")
    return lambda: PostgresDatabase(url)


@pytest.fixture
async def database(make_database: Callable[[], Database]) -> AsyncIterator[Database]:
    database = make_database()
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def other_node(make_database: Callable[[], Database], database: Database) -> AsyncIterator[Database]:
    other = make_database()
    await other.open()
    yield other
    await other.close()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    """A mail server that takes everything, without TLS."""
    async with MailServer().listening() as server:
        yield server
