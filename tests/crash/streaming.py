"""A process that delivers the log streams in the SQLite file whose path it is given."""

import asyncio
import sys
from pathlib import Path

from gatewright.jose import MasterKey
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.log_streams import LogStreams
from gatewright.outbound import OutboundPolicy
from gatewright.outbound.on_demand import OnDemandDoor
from gatewright.outbound.policy import LOOPBACK
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.stores import Stores
from gatewright.streaming import Failures, StreamDelivery


async def main(path: str, at: str) -> None:
    """Delivers all there is at the second ``at``."""
    database = SqliteDatabase(Path(path))
    await database.open()
    stores, clock = Stores.over(database), FixedClock(int(at))
    delivery = StreamDelivery(
        streams=LogStreams(stores.log_streams, MasterKey(b"k" * 32)),
        progress=stores.log_progress,
        logs=stores.logs,
        outbound=OnDemandDoor(OutboundPolicy(networks=LOOPBACK, plain_loopback=True)),
        failures=Failures(stores.log_streams, stores.tenants, clock),
        bus=Bus(database),
        clock=clock,
    )
    for tenant_id, stream_id in await stores.log_progress.everything():
        assert await delivery.deliver(tenant_id, stream_id) is None
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
