"""Everything between a message and its delivery, wired for tests as the program wires it."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable

from gatewright.audit import AuditRecorder, LogEntry
from gatewright.jose import MasterKey
from gatewright.kernel.clock import Clock, FixedClock
from gatewright.kernel.events import Bus
from gatewright.messages import Composer, Message, Outbox, Sender, SmtpRelay, Transport, smtp_transport
from gatewright.storage.database import Database
from gatewright.storage.logs import SqlLogs
from gatewright.storage.messages import SqlOutbox
from gatewright.storage.schema import logs, outbox
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.tenants import Tenant, TenantSettings

KEY = bytes(range(32))
TENANT = Tenant(
    tenant_id="main",
    issuer="https://localhost:8443/",
    hosts=("localhost:8443",),
    settings=TenantSettings(friendly_name="Acme"),
)
LINK = "https://localhost:8443/u/reset?ticket=a-ticket-nobody-may-find"


class Post:
    """The outbox and the sender of one process over ``database``."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        *,
        clock: Clock | None = None,
        key: bytes = KEY,
        store: SqlOutbox | None = None,
    ) -> None:
        self.clock = clock or FixedClock()
        self.store = store or SqlOutbox(database)
        self.bus = Bus(database)
        self.bus.record_with(AuditRecorder(SqlLogs(database)))
        self.sender = Sender(self.store, transport, self.bus, self.clock, MasterKey(key))
        self.outbox = Outbox(self.store, MasterKey(key), self.clock, nudge=self.sender.nudge)
        self._logs = SqlLogs(database)

    async def put(self, message: Message, *more: Message, tenant_id: str = "main") -> None:
        """Queues messages and commits."""
        for each in (message, *more):
            await self.bus.commit((self.outbox.put(tenant_id, each),))

    async def failures(self) -> list[LogEntry]:
        """The audit entries of messages that were given up, newest first."""
        entries = await self._logs.newest("main", limit=100)
        return [entry for entry in entries if entry.type == "fn"]


def message(to: str = "ada@example.test", **facts: object) -> Message:
    """A message with a secret link in it."""
    facts = {"link": LINK, "locale": "en", "expires_in": 86_400, **facts}
    return Composer("login@example.test").compose("reset_password", tenant=TENANT, to=to, **facts)  # type: ignore[arg-type]


def relay(port: int, **facts: object) -> Transport:
    """The transport to a mail server on loopback."""
    return smtp_transport(SmtpRelay(**{"host": "127.0.0.1", "port": port, **facts}))  # type: ignore[arg-type]


def sqlite(path: Path) -> SqliteDatabase:
    """A driver for the file, quick and careless about power failures."""
    return SqliteDatabase(path, synchronous="OFF")


def definitions(dialect: str, tables: Sequence[Table] = (outbox, logs)) -> str:
    """The SQL that makes tables with their indexes: the outbox and the audit log."""
    made = registry.load(dialect)()
    parts = [CreateTable(table) for table in tables]
    indexes = [CreateIndex(index) for table in tables for index in table.indexes]
    return "".join(f"{part.compile(dialect=made)};" for part in (*parts, *indexes))
