"""The usual queries for users are answered by an index, without a look at everybody else."""

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from tests.conformance.stores.conftest import TENANT, Place

from gatewright.storage.statement import SQLITE
from gatewright.storage.user_search import found
from gatewright.users.search import Order, Search, field_named, parse

pytestmark = pytest.mark.anyio

CROWD = 4_000
_COLUMNS = (
    "tenant_id, user_id, version, blocked, email, name, username, given_name, family_name, nickname, "
    "created_at, last_login, logins_count, doc"
)
_VALUES = (
    "'{tenant}', 'auth0|' || n, 1, false, 'person' || n || '@example.test', 'name ' || n, 'user' || n, "
    "'', '', '', 1000 + n, 2000 + n, n, '{{\"user_id\":\"" + "x" * 800 + "\"}}'"
)
"""A document has the length that documents have, for plans depend on it."""
_MANY = {
    "sqlite": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) "
    "SELECT n FROM c)",
    "postgresql": "generate_series(1, {count}) AS n",
}

USUAL = {
    ("", ""): ("users_pkey", "PRIMARY KEY"),
    ("user_id:auth0|17", ""): ("users_pkey", "PRIMARY KEY"),
    ("email:person17@example.test", ""): ("users_by_email", "users_by_email"),
    ("email:person17*", ""): ("users_by_email", "users_by_email"),
    ("name:name\\ 17*", ""): ("users_by_name", "users_by_name"),
    ("username:user17", ""): ("users_by_username", "users_by_username"),
    ("created_at:[1970-01-01T00:30:00Z TO 1970-01-01T00:31:00Z]", ""): (
        "users_by_created_at",
        "users_by_created_at",
    ),
    ("", "created_at:-1"): ("users_by_created_at", "users_by_created_at"),
    ("", "last_login:-1"): ("users_by_last_login", "users_by_last_login"),
    ("", "email:1"): ("users_by_email", "users_by_email"),
    ("last_login:[* TO 1970-01-01T00:34:00Z]", ""): ("users_by_last_login", "users_by_last_login"),
    ("logins_count:>3990", ""): ("users_by_logins_count", "users_by_logins_count"),
    ("identities.connection:rare", ""): ("identities_by_connection", "identities_by_connection"),
    ("identities.connection:big", ""): ("users_pkey", "identities_by_connection"),
    ("identities.connection:rare AND email:person400@example.test", ""): ("users_by_email", "users_by_email"),
}


@pytest.fixture
async def explain(place: Place, request: pytest.FixtureRequest, tmp_path: Path) -> "Explain":
    """A crowd of users, and the plans of queries for them."""
    dialect = place.database.dialect
    many = _MANY[dialect].format(count=CROWD)
    fill = (
        f"INSERT INTO users ({_COLUMNS}) SELECT {_VALUES.format(tenant=TENANT)} FROM {many};"
        "INSERT INTO identities (tenant_id, connection, subject, user_id, identity_id) SELECT "
        f"'{TENANT}', CASE WHEN n % 400 = 0 THEN 'rare' ELSE 'big' END, n, 'auth0|' || n, 'auth0|' || n "
        f"FROM {many};"
    )
    if dialect == SQLITE:
        path = str(tmp_path / "test.db")
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(fill)
        return Explain(dialect, path)
    cluster = request.getfixturevalue("postgres_cluster")
    name = request.getfixturevalue("postgres_name")
    cluster.query(name, fill)
    cluster.query(name, "ANALYZE users, identities")
    return Explain(dialect, cluster.url(name))


class Explain:
    """How a database goes about a search."""

    def __init__(self, dialect: str, where: str) -> None:
        self.dialect = dialect
        self._where = where

    async def plan(self, query: str, sort: str) -> str:
        order = None
        if sort:
            name, _, direction = sort.partition(":")
            order = Order(field_named(name), direction == "-1")
        statement, values = found(self.dialect, Search(parse(query), order))
        compiled = statement.for_dialect(self.dialect)
        bound = compiled.bind({"tenant_id": TENANT, "skipped": 0, "most": 50, **values})
        if self.dialect == SQLITE:
            with closing(sqlite3.connect(self._where)) as file:
                rows = file.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", bound).fetchall()
            return "\n".join(row[3] for row in rows)
        connection = await asyncpg.connect(self._where)
        try:
            rows = await connection.fetch(f"EXPLAIN {compiled.sql}", *bound)
        finally:
            await connection.close()
        return "\n".join(row[0] for row in rows)


async def test_usual_queries_use_an_index(explain: Explain) -> None:
    """Each usual query goes through the index made for it, and none reads or sorts everybody."""
    wrong = {}
    for (query, sort), (on_postgres, on_sqlite) in USUAL.items():
        plan = await explain.plan(query, sort)
        index = on_sqlite if explain.dialect == SQLITE else on_postgres
        reads_all = "Seq Scan on users" in plan or "SCAN users\n" in plan + "\n"
        sorts_all = "TEMP B-TREE FOR ORDER" in plan and "identities" not in query
        if index not in plan or reads_all or sorts_all:
            wrong[query, sort] = plan
    assert wrong == {}, "\n\n".join(f"{asked}\n{plan}" for asked, plan in wrong.items())


async def test_bare_word_is_looked_up_in_each_index(explain: Explain) -> None:
    """A word without a field goes through the indexes of all the fields it is looked for in."""
    plan = await explain.plan("person17", "")
    for index in ("users_by_email", "users_by_name", "users_by_username"):
        assert index in plan, plan
    assert "Seq Scan" not in plan


async def test_metadata_has_no_index(explain: Explain) -> None:
    """A query by metadata alone reads the tenant's users one by one: the plan says what the page says."""
    plan = await explain.plan("app_metadata.plan:gold", "")
    assert "users_by" not in plan
