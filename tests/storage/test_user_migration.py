"""Users of before are found, and their identities are their own, after the migration that brought search."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from tests.support.postgres import PostgresCluster

from gatewright.storage import migrations
from gatewright.storage.backends import open_database
from gatewright.storage.stores import Stores
from gatewright.storage.user_search import SqlUserIndex
from gatewright.users import Identifier
from gatewright.users.search import UserSearch

pytestmark = pytest.mark.anyio

BEFORE = "0004"
DOC = (
    '{"user_id":"auth0|ada","email":"Ada@Example.test","name":"Ada Lovelace","logins_count":3,'
    '"last_login":1700000000,"identities":[{"connection":"db","provider":"auth0","user_id":"ada"}],'
    '"created_at":1690000000}'
)
POISON = (
    '{"user_id":"auth0|nul","user_metadata":{"x":"a\\u0000b","y":"\\\\\\\\u0000"},'
    '"identities":[{"connection":"db","provider":"auth0","user_id":"nul"}],"created_at":1}'
)
ROWS = f"""
INSERT INTO users (tenant_id, user_id, version, blocked, email, created_at, doc)
VALUES ('main', 'auth0|ada', 1, false, 'ada@example.test', 1690000000, '{DOC}'),
       ('main', 'auth0|nul', 1, false, '', 1, '{POISON}');
INSERT INTO identities (tenant_id, connection, subject, user_id)
VALUES ('main', 'db', 'ada', 'auth0|ada'), ('main', 'db', 'nul', 'auth0|nul');
INSERT INTO identifiers (tenant_id, connection, kind, value, user_id)
VALUES ('main', 'db', 'email', 'ada@example.test', 'auth0|ada');
INSERT INTO passwords (tenant_id, user_id, hash, set_at) VALUES ('main', 'auth0|ada', 'hash-1', 1690000000);
"""


def old_schema(dialect: str) -> str:
    """The statements that make the schema as it was before."""
    config, text = Config(), StringIO()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.output_buffer = text
    config.attributes["dialect"] = dialect
    command.upgrade(config, f"base:{BEFORE}", sql=True)
    return text.getvalue()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of before, with a user in it."""
    if request.param == "sqlite":
        path = tmp_path / "old.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(old_schema("sqlite") + ROWS)
        yield f"sqlite:///{path}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create_database()
    cluster.query(name, old_schema("postgresql"))
    cluster.query(name, ROWS)
    yield cluster.url(name)
    cluster.drop_database(name)


async def test_users_of_before_are_found(url: str) -> None:
    """Name, address, logins and password of a user of before lead to them after the migration."""
    assert await migrations.migrate(url) == (BEFORE, migrations.HEAD)
    database = open_database(url)
    await database.open()
    try:
        stores = Stores.over(database)
        users = UserSearch(SqlUserIndex(database))
        for query in ("name:ada*", "email:ada@example.test", "logins_count:3", "last_login:2023-11-14"):
            found = await users.page("main", q=query)
            assert [each.user_id for each in found.users] == ["auth0|ada"], query
        credentials = await stores.users.credentials("main", "db", Identifier("email", "ada@example.test"))
        assert credentials is not None
        assert (credentials.password_hash, credentials.identity_id) == ("hash-1", "auth0|ada")
        assert len((await users.page("main", q="identities.connection:db")).users) == 2
    finally:
        await database.close()
