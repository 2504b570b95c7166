"""The audit log by what its entries say, and by whom they are about, on every backend."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.audit import LogEntry
from gatewright.kernel.ids import log_ids_from
from gatewright.management.log_search import log_query
from gatewright.storage import log_search
from gatewright.storage.log_search import SqlLogIndex, of_user
from gatewright.storage.statement import SQLITE

pytestmark = pytest.mark.anyio

NOON = 1_772_366_400
"""2026-03-01T12:00:00Z."""


def entry(n: int, kind: str, **fields: Any) -> LogEntry:
    at = NOON + n * 3_600
    return LogEntry(log_id=f"{log_ids_from(at)}{n:08d}", at=at, type=kind, event="E", **fields)


SEVEN = [
    entry(0, "s", user_id="auth0|ada", user_name="Ada", ip="203.0.113.7", client_id="web"),
    entry(1, "fp", user_name="ada@example.test", ip="198.51.100.1", description="wrong (100%) [a]"),
    entry(2, "ssa", user_id="auth0|ada", client_id="web", client_name="Ünïcode Shop"),
    entry(3, "seacft", user_id="auth0|ada", audience="https://api.test/", scope="openid email"),
    entry(4, "seccft", client_id="robot", hostname="id.example.test", user_agent='Agent "quoted"'),
    entry(5, "fp", user_id="auth0|bob", connection="db"),
    entry(6, "fp", user_id="auth0|ada", description="NUL \0 in it"),
]


async def append(place: Place, *entries: LogEntry, tenant_id: str = TENANT) -> None:
    await place.run(*(place.stores.logs.append(tenant_id, each) for each in entries))


async def found(place: Place, q: str, *, skip: int = 0, limit: int = 50) -> list[int]:
    wanted, index = log_query(q), SqlLogIndex(place.database)
    span = {"first": wanted.first, "before": wanted.before}
    entries = await index.find(TENANT, wanted.query, oldest_first=True, skip=skip, limit=limit, **span)
    assert await index.count(TENANT, wanted.query, most=5, **span) >= min(len(entries), 5)
    return [SEVEN.index(each) for each in entries]


@pytest.mark.parametrize(
    ("q", "wanted"),
    [
        ("type:fp", [1, 5, 6]),
        ("type:f*", [1, 5, 6]),
        ("type:(s OR ssa)", [0, 2]),
        ("NOT type:fp AND user_id:auth0|ada", [0, 2, 3]),
        ('user_id:"auth0|ada" AND date:[2026-03-01T14:00:00Z TO *]', [2, 3, 6]),
        ("date:[2026-03-01T13:00:00Z TO 2026-03-01T14:59:59Z]", [1, 2]),
        ("date:{2026-03-01T13:00:00Z TO 2026-03-01T15:00:00Z}", [2]),
        ("date:2026-03-02", []),
        ("date:<2026-03-01T13:00:00Z OR type:seccft", [0, 4]),
        ("ip:203.0.113.?", [0]),
        ("client_id:web", [0, 2]),
        ("NOT client_id:web", [1, 3, 4, 5, 6]),
        ('client_name:"Ünïcode Shop"', [2]),
        ('user_agent:"Agent \\"quoted\\""', [4]),
        ('description:"wrong (100%) [a]"', [1]),
        ("description:wrong*%*", [1]),
        ("connection:db", [5]),
        ("_exists_:connection", [5]),
        ("_exists_:date", [0, 1, 2, 3, 4, 5, 6]),
        ("hostname:id.* AND scope:*", []),
        ("audience:https\\://api.test/", [3]),
        ("Ada", [0]),
        ("*ada*", [0, 1, 2, 3, 6]),
        ("user_id:auth0|nobody", []),
    ],
)
async def test_found(place: Place, q: str, wanted: list[int]) -> None:
    """A query finds the entries that fit it, in one tenant, the same on every backend."""
    await append(place, *SEVEN)
    await append(place, SEVEN[1], tenant_id=OTHER)
    assert await found(place, q) == wanted
    assert await found(place, q, skip=1, limit=1) == wanted[1:2]


async def test_count_ends(place: Place) -> None:
    """Counting goes so far and no further."""
    await append(place, *SEVEN)
    index, all_of_it = SqlLogIndex(place.database), log_query("type:*")
    span = {"first": all_of_it.first, "before": all_of_it.before}
    for most, told in ((3, 3), (7, 7), (50, 7)):
        assert await index.count(TENANT, all_of_it.query, most=most, **span) == told


async def of_ada(place: Place, *, oldest_first: bool = False, skip: int = 0, limit: int = 50) -> list[int]:
    entries = await SqlLogIndex(place.database).of_user(
        TENANT, "auth0|ada", oldest_first=oldest_first, skip=skip, limit=limit
    )
    return [SEVEN.index(each) for each in entries]


async def test_of_user(place: Place) -> None:
    """A user's entries come in either order, rare and frequent ones together, of one tenant."""
    await append(place, *SEVEN)
    await append(place, SEVEN[0], tenant_id=OTHER)
    assert await of_ada(place) == [6, 3, 2, 0]
    assert await of_ada(place, oldest_first=True) == [0, 2, 3, 6]
    assert await of_ada(place, skip=1, limit=2) == [3, 2]
    assert await SqlLogIndex(place.database).count_of_user(TENANT, "auth0|ada", most=50) == 4
    assert await SqlLogIndex(place.database).count_of_user(TENANT, "auth0|ada", most=3) == 3


async def test_frequent_ones_are_of_the_newest(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the frequent entries those of a user are told that are among the newest; rare ones always."""
    monkeypatch.setattr(log_search, "REACH", 4)
    monkeypatch.setattr(log_search, "_OF_USER", {False: of_user(oldest_first=False)})
    await append(place, *SEVEN)
    assert await of_ada(place) == [6, 3, 0]


async def test_an_index_finds_the_rare_ones(
    place: Place, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A user's rare entries are found by an index, which has no frequent ones."""
    dialect = place.database.dialect
    compiled = of_user(oldest_first=False).for_dialect(dialect)
    values = {"tenant_id": TENANT, "user_id": "auth0|ada", "most": 50, "skipped": 0}
    if dialect == SQLITE:
        with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
            rows = connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.bind(values)).fetchall()
    else:
        cluster, name = (request.getfixturevalue(f"postgres_{part}") for part in ("cluster", "name"))
        cluster.query(
            name,
            "INSERT INTO logs (tenant_id, log_id, type, at, user_id, doc) SELECT "
            f"'{TENANT}', n, CASE WHEN n % 10 = 0 THEN 's' ELSE 'ssa' END, n, 'auth0|' || n % 500, '{{}}' "
            "FROM generate_series(1, 5000) AS n",
        )
        cluster.query(name, "ANALYZE logs")
        connection = await asyncpg.connect(cluster.url(name))
        try:
            rows = await connection.fetch(f"EXPLAIN {compiled.sql}", *compiled.bind(values))
        finally:
            await connection.close()
    assert "logs_by_user" in str([tuple(row) for row in rows])
