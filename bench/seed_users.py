"""Fills a database with users, as many as wanted, in minutes: `python -m bench.seed_users URL COUNT`.

Rows are those that the stores themselves would write, written past them: many at a time, and not durably
until the end. The database has the schema already (`gatewright migrate`); nobody else should be writing.
"""

import argparse
import asyncio
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import asyncpg

from gatewright.kernel.units import Unit
from gatewright.storage.statement import SQLITE, Statement
from gatewright.storage.users import SqlUsers
from gatewright.users import Identity, User
from gatewright.users.identifiers import Identifier, normalised

BATCH = 20_000
TENANT = "main"
CONNECTION = "Username-Password-Authentication"
GIVEN = ("Ada", "Alan", "Anna", "Bela", "Carl", "Cora", "Dana", "Emil", "Finn", "Gina", "Hugo", "Ida", "Karl")
FAMILY = ("Adler", "Bach", "Berg", "Dorn", "Ernst", "Frank", "Gross", "Haas", "Klein", "Lang", "Noll", "Roth")
MARCH = 1_772_323_200
"""2026-03-01T00:00:00Z."""

Rows = Mapping[str, list[Mapping[str, Any]]]
"""Rows by the name of their table."""


class Filler(Protocol):
    """Writes many rows at once."""

    async def write(self, rows: Rows) -> None:
        """Adds the rows."""
        ...

    async def finish(self) -> None:
        """Makes them durable and lets the planner know of them."""
        ...


def person(number: int) -> User:
    """The user of that number: always the same one, spread over names, times and logins."""
    chance = random.Random(number)
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    subject = f"{chance.getrandbits(96):024x}"
    logins = int(chance.expovariate(0.05))
    created = MARCH - chance.randrange(100_000_000)
    return User(
        user_id=f"auth0|{subject}",
        email=f"{given}.{family}.{number}@example.test",
        email_verified=chance.random() < 0.9,
        name=f"{given} {family} {number}",
        given_name=given,
        family_name=family,
        nickname=given.lower(),
        identities=(Identity(connection=CONNECTION, provider="auth0", user_id=subject),),
        user_metadata={"language": chance.choice(("en", "de", "fr"))},
        app_metadata={"plan": chance.choice(("free", "silver", "gold")), "seats": chance.randrange(50)},
        created_at=created,
        updated_at=created,
        last_login=created + chance.randrange(1_000_000) if logins else None,
        logins_count=logins,
    )


def rows_of(first: int, count: int, password_hash: str) -> Iterator[Rows]:
    """The rows of `count` users from number `first`, a batch at a time."""
    users = SqlUsers(cast("Any", None))

    def unit(number: int) -> Unit:
        user = person(number)
        made = users.insert(TENANT, user, (Identifier("email", normalised(user.email)),))
        return (*made, users.set_password(TENANT, user.user_id, password_hash, user.created_at))

    numbers = iter(range(first, first + count))
    while batch := list(islice(numbers, BATCH)):
        rows = defaultdict(list)
        for number in batch:
            for change in unit(number):
                statement = cast("Statement", change.statement)
                rows[statement.for_dialect(SQLITE).table].append(change.parameters)
        yield rows


_INDEXES = """
SELECT name, sql FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('users', 'identities', 'identifiers')
"""


class SqliteFiller:
    """Fills a SQLite file.

    Indexes are dropped and made at the end, from sorted rows: a run that is cut short leaves a file without.
    """

    def __init__(self, path: str) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("PRAGMA cache_size = -1000000")
        self._indexes = self._file.execute(_INDEXES).fetchall()
        for name, _ in self._indexes:
            self._file.execute(f"DROP INDEX {name}")

    async def write(self, rows: Rows) -> None:
        """See `Filler.write`."""
        self._file.execute("BEGIN")
        for table, added in rows.items():
            columns = list(added[0])
            places = ", ".join(f":{name}" for name in columns)
            self._file.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", added)
        self._file.execute("COMMIT")

    async def finish(self) -> None:
        """See `Filler.finish`. There is no planner to tell: a server keeps no statistics either."""
        with closing(self._file):
            for _, definition in self._indexes:
                self._file.execute(definition)
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class PostgresFiller:
    """Fills a PostgreSQL database."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def write(self, rows: Rows) -> None:
        """See `Filler.write`."""
        for table, added in rows.items():
            columns = list(added[0])
            records = [tuple(row[name] for name in columns) for row in added]
            await self._connection.copy_records_to_table(table, records=records, columns=columns)

    async def finish(self) -> None:
        """See `Filler.finish`."""
        await self._connection.execute("VACUUM ANALYZE users, identities, identifiers, passwords")
        await self._connection.close()


async def seed(url: str, count: int, *, first: int = 0, password_hash: str = "") -> None:
    """Adds `count` users, from number `first`, to the tenant `main` of the database at `url`."""
    filler: Filler
    if url.startswith("sqlite"):
        filler = SqliteFiller(urlsplit(url).path[1:])
    else:
        filler = PostgresFiller(await asyncpg.connect(url))
    for rows in rows_of(first, count, password_hash or "$none$"):
        await filler.write(rows)
    await filler.finish()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="sqlite:///path or postgresql://…")
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0, help="the number of the first user (default 0)")
    parser.add_argument("--password-hash", default="", help="argon2id, the same for everybody")
    asked = parser.parse_args()
    asyncio.run(seed(asked.url, asked.count, first=asked.first, password_hash=asked.password_hash))


if __name__ == "__main__":
    main()
