"""What is asked about one person's access is answered by an index, whatever else a tenant has."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.support.world import create_tables

from gatewright.storage.attempts import _BLOCKS
from gatewright.storage.consents import _page as consents
from gatewright.storage.family_index import _drop_codes, _page, _revoke_families, _revoke_grants
from gatewright.storage.sessions import _ALIVE_OF_USER, _BY_SID, _END_ALL
from gatewright.storage.statement import SQLITE, Statement
from gatewright.storage.token_families import _REVOKE_USER

USER = frozenset({"user_id"})
ALL = frozenset({"user_id", "client_id", "sid", "audience"})

PLANS: dict[str, tuple[Statement, str]] = {
    "session by sid": (_BY_SID, "sessions_by_sid"),
    "sessions of a user": (_ALIVE_OF_USER, "sessions_by_user"),
    "sessions of a user ended": (_END_ALL, "sessions_by_user"),
    "all of a user revoked": (_REVOKE_USER, "token_families_by_user"),
    "families of a user": (_page(USER), "token_families_by_user"),
    "families of a user's client": (_page(ALL), "token_families_by_user"),
    "grants of a user revoked": (_revoke_grants(USER), "token_families_by_user"),
    "families of a user revoked": (_revoke_families(USER), "token_families_by_user"),
    "families of a session revoked": (_revoke_families(ALL), "token_families_by_user"),
    "codes of a user dropped": (_drop_codes(USER), "codes_by_expiry"),
    "codes of a session dropped": (_drop_codes(ALL), "codes_by_expiry"),
    "blocks of somebody": (_BLOCKS, "blocks_by_subject"),
    "consents of a user": (consents(USER), "PRIMARY KEY (tenant_id=? AND user_id=?)"),
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database: SQLite plans without statistics, as it does in a file that is in use."""
    create_tables(tmp_path / "test.db")
    with closing(sqlite3.connect(tmp_path / "test.db")) as made:
        yield made


@pytest.mark.parametrize("name", PLANS)
def test_an_index_is_used(connection: sqlite3.Connection, name: str) -> None:
    """SQLite goes by the index that finds few rows, and not through the tenant."""
    statement, wanted = PLANS[name]
    compiled = statement.for_dialect(SQLITE)
    values: tuple[Any, ...] = tuple("1" for _ in compiled.order)
    plan = str(connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", values).fetchall())
    assert wanted in plan
    assert "PRIMARY KEY (tenant_id=?)" not in plan
