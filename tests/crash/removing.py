"""A process that removes what deleted connections left in the SQLite file whose path it is given."""

import asyncio
import sys
from pathlib import Path

from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.storage.leftovers import Leftovers
from gatewright.storage.sqlite import SqliteDatabase


async def main(path: str) -> None:
    """Removes all of them, and says so."""
    database = SqliteDatabase(Path(path))
    await database.open()
    removed = await Leftovers(database, Bus(database), FixedClock()).remove()
    sys.stdout.write(f"{removed}\n")
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
