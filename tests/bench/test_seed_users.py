"""Seeded users are users as the stores make them, and looking them up is measured."""

from pathlib import Path

import pytest
from bench.seed_users import BATCH, CONNECTION, TENANT, person, rows_of, seed
from bench.user_lookups import compare
from tests.support.postgres import PostgresCluster, postgres_cluster

from gatewright.storage import migrations
from gatewright.storage.backends import open_database
from gatewright.storage.stores import Stores
from gatewright.storage.user_search import SqlUserIndex
from gatewright.users import Identifier
from gatewright.users.identifiers import normalised
from gatewright.users.search import UserSearch

__all__ = ["postgres_cluster"]
pytestmark = pytest.mark.anyio

COUNT = 40


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the schema and nobody in it."""
    where = f"sqlite:///{tmp_path / 'users.db'}"
    if request.param == "postgresql":
        cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
        where = cluster.url(cluster.create_database())
    await migrations.migrate(where)
    return where


async def test_seeded_users_are_found(url: str) -> None:
    """Each seeded user is found by id, by address with the password hash given, and by search."""
    await seed(url, COUNT - 10, password_hash="a-hash")
    await seed(url, 10, first=COUNT - 10, password_hash="a-hash")
    database = open_database(url)
    await database.open()
    try:
        stores = Stores.over(database)
        for number in range(COUNT):
            user = person(number)
            assert await stores.users.get(TENANT, user.user_id) == user
            identifier = Identifier("email", normalised(user.email))
            found = await stores.users.credentials(TENANT, CONNECTION, identifier)
            assert found is not None
            assert (found.user, found.password_hash) == (user, "a-hash")
        page = await UserSearch(SqlUserIndex(database)).page(TENANT, connection=CONNECTION, with_total=True)
        assert page.total == COUNT
    finally:
        await database.close()


def test_users_come_in_batches() -> None:
    """Rows are made a batch at a time, so that a million need no more memory than a few."""
    batches = rows_of(0, BATCH + 1, "hash")
    assert len(next(batches)["users"]) == BATCH
    assert len(next(batches)["users"]) == 1
    assert next(batches, None) is None


async def test_both_sizes_are_told_with_their_ratio(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table has a line for each look-up: the median with few users, with many, and the ratio."""
    await compare(f"sqlite:///{tmp_path / 'users.db'}", 20, 40, 3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("20 users after ")
    assert lines[1].startswith("40 users after ")
    (line,) = [line for line in lines if line.startswith("get by id")]
    few, many, ratio = map(float, line.removeprefix("get by id").split())
    assert few > 0
    assert many > 0
    assert ratio == pytest.approx(many / few, rel=0.2)
