"""Figures of a tenant, on every backend."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place
from tests.support.world import create_tables

from gatewright.audit import DayCount, LogEntry
from gatewright.storage.stats import _DAILY, SqlStats
from gatewright.users import Identifier, Identity, User

pytestmark = pytest.mark.anyio

DAY = 86_400


async def append(place: Place, *found: tuple[int, str], tenant_id: str = TENANT) -> None:
    entries = (LogEntry(log_id=f"9{n}", at=at, type=kind, event="E") for n, (at, kind) in enumerate(found))
    await place.run(*(place.stores.logs.append(tenant_id, each) for each in entries))


async def test_daily(place: Place) -> None:
    """Sign-ins and sign-ups are counted by day, from the first second of a day to its last."""
    await append(
        place,
        *((DAY - 1, "s"), (DAY, "s"), (DAY + 5, "s"), (2 * DAY - 1, "ss"), (2 * DAY, "s")),
        *((DAY + 1, "fp"), (DAY + 1, "ssa"), (3 * DAY, "s")),
    )
    await append(place, (DAY, "s"), tenant_id=OTHER)
    assert await SqlStats(place.database).daily(TENANT, first=DAY, end=3 * DAY) == [
        DayCount(day=DAY, type="s", count=2, first_at=DAY, last_at=DAY + 5),
        DayCount(day=DAY, type="ss", count=1, first_at=2 * DAY - 1, last_at=2 * DAY - 1),
        DayCount(day=2 * DAY, type="s", count=1, first_at=2 * DAY, last_at=2 * DAY),
    ]


async def test_active_users(place: Place) -> None:
    """Users count from their last sign-in on; those who never signed in do not."""
    for n, last_login in enumerate((None, 99, 100, 200)):
        identity = Identity(connection="db", provider="auth0", user_id=str(n))
        user = User(user_id=f"auth0|{n}", identities=(identity,), last_login=last_login)
        other = msgspec.structs.replace(user, last_login=300)
        for tenant_id, who in ((TENANT, user), (OTHER, other)):
            await place.run(
                *place.stores.users.insert(tenant_id, who, (Identifier("email", f"{n}@example.test"),))
            )
    assert await SqlStats(place.database).active_users(TENANT, since=100) == 2


def test_an_index_has_what_is_counted(tmp_path: Path) -> None:
    """SQLite counts days in an index that has nothing else, and looks at no entry."""
    create_tables(tmp_path / "test.db")
    compiled = _DAILY.for_dialect("sqlite")
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        values = compiled.bind({"tenant_id": TENANT, "first": 1, "end": 2})
        plan = str(connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", values).fetchall())
    assert "COVERING INDEX logs_by_day" in plan
