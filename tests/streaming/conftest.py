"""A tenant with a log and a stream, and a receiver that does as it is told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from tests.support.postgres import PostgresCluster
from tests.support.world import create_tables

from gatewright.audit import AuditRecorder, LogEntry
from gatewright.jose import MasterKey
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.kernel.ids import log_ids_from
from gatewright.log_streams import HttpHeader, HttpSink, LogStream, LogStreams, SinkSecrets
from gatewright.outbound import OutboundAnswer, OutboundRequest
from gatewright.storage.database import Database, revision_bump
from gatewright.storage.postgres import PostgresDatabase
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.storage.stores import Stores
from gatewright.streaming import Failures, StreamDelivery

TENANT, STREAM = "main", "lst_1"
SINK = HttpSink(http_endpoint="https://hooks.example.test/logs")
BEGIN = 1_800_000_000


@dataclass
class Sink:
    """Takes requests: answers with ``status``, or raises ``trouble``."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    trouble: Exception | None = None
    requests: list[OutboundRequest] = field(default_factory=list)
    refused: int = 0

    async def send(self, request: OutboundRequest) -> OutboundAnswer:
        """See ``Sending.send``."""
        if self.trouble is not None:
            raise self.trouble
        if 200 <= self.status < 300:
            self.requests.append(request)
        else:
            self.refused += 1
        return OutboundAnswer(self.status, self.headers, b"")

    def told(self) -> list[str]:
        """Ids of the entries that were taken, in the order in which they came."""
        return [each["log_id"] for request in self.requests for each in lines(request)]


def lines(request: OutboundRequest) -> list[dict[str, Any]]:
    """The entries in a request of JSON lines."""
    return [orjson.loads(line) for line in request.content.splitlines()]


@dataclass
class Mail:
    """The log, the stream and whoever delivers it."""

    database: Database
    stores: Stores
    streams: LogStreams
    clock: FixedClock
    sink: Sink

    def delivery(self) -> StreamDelivery:
        """Another process's deliverer."""
        bus = Bus(self.database)
        bus.record_with(AuditRecorder(self.stores.logs))
        return StreamDelivery(
            streams=self.streams,
            progress=self.stores.log_progress,
            logs=self.stores.logs,
            outbound=self.sink,
            failures=Failures(self.stores.log_streams, self.stores.tenants, self.clock, spread=lambda: 1.0),
            bus=bus,
            clock=self.clock,
        )

    async def deliver(self) -> int | None:
        """One turn."""
        return await self.delivery().deliver(TENANT, STREAM)

    async def write(self, *tails: str, at: int, code: str = "s", tenant: str = TENANT) -> list[str]:
        """Adds entries of one second to the log, by the ends of their ids."""
        ids = [log_ids_from(at) + tail for tail in tails]
        entries = [LogEntry(log_id=each, at=at, type=code, event="E") for each in ids]
        await self.database.run(tuple(self.stores.logs.append(tenant, each) for each in entries))
        return ids

    async def put(self, **fields: Any) -> LogStream:
        """Makes the stream."""
        secrets = SinkSecrets(authorization="Bearer s", headers=(HttpHeader(header="X-Key", value="k"),))
        stream = LogStream(
            stream_id=STREAM,
            name="Ours",
            begins_at=BEGIN,
            sealed=self.streams.sealed(TENANT, STREAM, secrets),
            **{"sink": SINK, **fields},
        )
        await self.database.run((*self.stores.log_streams.insert(TENANT, stream), revision_bump(TENANT)))
        return stream

    async def change(self, **fields: Any) -> None:
        """Changes the stream as an administrator does."""
        stream = msgspec.structs.replace(await self.stream(), **fields)
        await self.database.run((*self.stores.log_streams.update(TENANT, stream), revision_bump(TENANT)))

    async def stream(self) -> LogStream:
        """The stream as it is."""
        (found,) = await self.stores.log_streams.all(TENANT)
        return found


@pytest.fixture(scope="session")
def postgres_name(postgres_cluster: PostgresCluster) -> str:
    """A database with our tables, shared by all tests and emptied before each."""
    name = postgres_cluster.create_database()
    postgres_cluster.create_tables(name)
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of the newest schema."""
    if request.param == "sqlite":
        create_tables(tmp_path / "test.db")
        return SqliteDatabase(tmp_path / "test.db", synchronous="OFF")
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name: str = request.getfixturevalue("postgres_name")
    cluster.empty_database(name)
    return PostgresDatabase(cluster.url(name))


@pytest.fixture
async def mail(database: Database) -> AsyncIterator[Mail]:
    """An empty log, no stream yet, and a receiver that takes everything."""
    await database.open()
    stores = Stores.over(database)
    streams = LogStreams(stores.log_streams, MasterKey(b"k" * 32))
    yield Mail(database, stores, streams, FixedClock(BEGIN), Sink())
    await database.close()
