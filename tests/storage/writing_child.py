"""A process that writes units to the database whose URL it is given, and prints the number of each
that was acknowledged, until it is killed or the given count is reached.

Usage: writing_child.py URL NAME [COUNT]
"""

import asyncio
import itertools
import sys

import uvloop
from tests.storage.tables import ADD_NOTE, ADD_PERSON

from gatewright.storage.backends import open_database
from gatewright.storage.database import Database

PARALLEL = 8


async def write_for_ever(database: Database, name: str, numbers: "itertools.count[int] | range") -> None:
    pending = iter(numbers)

    async def worker() -> None:
        for number in pending:
            note = ADD_NOTE.change(tenant_id=name, note_id=str(number), text="x" * 200)
            person = ADD_PERSON.change(tenant_id=name, name=str(number), email=str(number), version=1)
            await database.run((note, person))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

    await asyncio.gather(*(worker() for _ in range(PARALLEL)))


async def main(url: str, name: str, *count: str) -> None:
    database = open_database(url)
    await database.open()
    sys.stdout.write("open\n")
    sys.stdout.flush()
    sys.stdin.readline()
    await write_for_ever(database, name, range(int(count[0])) if count else itertools.count())
    await database.close()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
