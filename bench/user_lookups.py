"""What looking users up costs with few users and with many: `python -m bench.user_lookups [--many 1000000]`.

It makes a database of its own, fills it (`seed_users`), measures, fills it further and measures again:
the stores in this process, without HTTP, one call after the other. Nothing else should run meanwhile.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import msgspec

from bench.cluster import cluster
from bench.seed_users import CONNECTION, TENANT, person, seed
from gatewright.storage import migrations
from gatewright.storage.backends import open_database
from gatewright.storage.database import Database
from gatewright.storage.user_search import SqlUserIndex
from gatewright.storage.users import SqlUsers
from gatewright.users import Identifier, User
from gatewright.users.identifiers import normalised
from gatewright.users.search import UserSearch

TURNS = 300
WARM_UP = 20
Call = Callable[[User], Awaitable[object]]
"""One look-up of a user, or of a page that they name."""


def calls(database: Database) -> dict[str, Call]:
    """What is measured, by name. All pages are full: of a prefix there are always more than fit."""
    users, search = SqlUsers(database), UserSearch(SqlUserIndex(database))

    async def update(user: User) -> None:
        current = await users.get(TENANT, user.user_id)
        assert current is not None
        logins = current.logins_count + 1
        changed = msgspec.structs.replace(
            current, logins_count=logins, last_login=current.created_at + logins
        )
        await database.run((users.update(TENANT, changed),))

    return {
        "get by id": lambda u: users.get(TENANT, u.user_id),
        "sign-in by address": lambda u: users.credentials(
            TENANT, CONNECTION, Identifier("email", normalised(u.email))
        ),
        "search by address": lambda u: search.by_email(TENANT, u.email),
        'q=email:"…", total': lambda u: search.page(TENANT, q=f'email:"{u.email}"', with_total=True),
        "list page": lambda u: search.page(TENANT, page=len(u.email) % 20),
        "list page, total": lambda u: search.page(TENANT, page=len(u.email) % 20, with_total=True),
        "newest first, total": lambda u: search.page(TENANT, sort="created_at:-1", with_total=True),
        "q=email:a*": lambda u: search.page(TENANT, q="email:a*"),
        "q=name:a*": lambda u: search.page(TENANT, q="name:a*"),
        "q=name:a*, total": lambda u: search.page(TENANT, q="name:a*", with_total=True),
        "of a connection, total": lambda u: search.page(TENANT, connection=CONNECTION, with_total=True),
        "an address anywhere": lambda u: search.page(TENANT, q=u.email),
        "update": update,
    }


async def measured(database: Database, count: int, turns: int) -> dict[str, float]:
    """The median of each call in microseconds, over users spread over all `count`."""
    found = {}
    chance = random.Random(count)
    for name, call in calls(database).items():
        asked = [person(chance.randrange(count)) for _ in range(turns + WARM_UP)]
        times = []
        for user in asked:
            started = time.perf_counter()
            await call(user)
            times.append(time.perf_counter() - started)
        found[name] = median(times[WARM_UP:]) * 1e6
    return found


async def compare(url: str, few: int, many: int, turns: int) -> None:
    """Prints a table of both sizes and their ratio."""
    await migrations.migrate(url)
    results, present = [], 0
    for count in (few, many):
        started = time.perf_counter()
        await seed(url, count - present, first=present)
        present = count
        print(f"{count:,} users after {time.perf_counter() - started:.0f} s", flush=True)
        database = open_database(url)
        await database.open()
        try:
            results.append(await measured(database, count, turns))
        finally:
            await database.close()
    print(f"{'median, µs':26}{few:>12,}{many:>12,}   ratio")
    for name, before in results[0].items():
        print(f"{name:26}{before:12.0f}{results[1][name]:12.0f}{results[1][name] / before:8.2f}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gatewright-users-") as folder:
        if asked.postgres:
            with cluster(Path(folder) / "cluster") as made:
                asyncio.run(compare(made.url, asked.few, asked.many, asked.turns))
        else:
            asyncio.run(compare(f"sqlite:///{folder}/users.db", asked.few, asked.many, asked.turns))


if __name__ == "__main__":
    main()
