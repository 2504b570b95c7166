"""A process of its own that sends what is due from a SQLite file: ``crashing_sender.py FILE PORT NOW``."""

import asyncio
import sys
from pathlib import Path

from gatewright.jose import MasterKey
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.messages import Sender, SmtpRelay, smtp_transport
from gatewright.storage.messages import SqlOutbox
from gatewright.storage.sqlite import SqliteDatabase


async def send(path: Path, port: int, now: int) -> None:
    database = SqliteDatabase(path)
    await database.open()
    transport = smtp_transport(SmtpRelay(host="127.0.0.1", port=port))
    key = MasterKey(bytes(range(32)))
    await Sender(SqlOutbox(database), transport, Bus(database), FixedClock(now), key).run()


if __name__ == "__main__":
    asyncio.run(send(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
