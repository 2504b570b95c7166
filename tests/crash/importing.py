"""A process that does the jobs in the SQLite file whose path it is given, at the second it is given."""

import asyncio
import sys
from pathlib import Path

from gatewright.connections import Connections
from gatewright.jose import MasterKey
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.stores import Stores
from gatewright.transfer import Worker


async def main(path: str, at: str) -> None:
    """Does all jobs whose turn it is."""
    database = SqliteDatabase(Path(path))
    await database.open()
    stores, clock = Stores.over(database), FixedClock(int(at))
    connections = Connections(stores.connections, MasterKey(b"k" * 32))
    await Worker(stores.jobs, stores.users, connections, Bus(database), clock).work()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
