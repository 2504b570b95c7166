"""A place to apply tenant files: the real services over a fresh SQLite file, under a clock that stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.support.postgres import PostgresCluster
from tests.support.world import create_tables, settings_for

from gatewright.app import Platform, build_platform
from gatewright.app.provisioning import build_provisioning
from gatewright.cli.workshop import exporter_of, key_handling_of
from gatewright.clients import Client
from gatewright.connections import Connection
from gatewright.jose.keys import generate_private
from gatewright.kernel.clock import FixedClock
from gatewright.provisioning import InvalidFile, KeyHandling, Order, Plan, read_document
from gatewright.storage.database import Database
from gatewright.storage.migrations import migrate
from gatewright.storage.postgres import PostgresDatabase
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.users import PasswordHasher, User

_GENERATE = cache(generate_private)
ISSUER = "https://id.example.test/"
TENANT = "main"


@dataclass
class Room:
    """A platform without a server, and what tests do with tenant files."""

    platform: Platform
    clock: FixedClock

    async def plan(self, text: str, **order: object) -> Plan:
        """What the file would do."""
        asked: dict[str, object] = {"tenant_id": TENANT, "issuer": ISSUER, **order}
        wanted = Order(document=read_document(text.encode()), **asked)  # type: ignore[arg-type]
        return await build_provisioning(self.platform).plan(wanted)

    async def apply(self, text: str, **order: object) -> Plan:
        """Plans and applies the file."""
        plan = await self.plan(text, **order)
        await build_provisioning(self.platform).apply(plan)
        return plan

    async def problems(self, text: str, **order: object) -> list[str]:
        """What is wrong with the file, as lines."""
        with pytest.raises(InvalidFile) as refused:
            await self.plan(text, **order)
        return [str(problem) for problem in refused.value.problems]

    async def export(self, *, with_secrets: bool = False, with_users: bool = True) -> str:
        """The tenant as a file."""
        exporter = exporter_of(self.platform, with_secrets=with_secrets)
        return "".join([piece async for piece in exporter.pieces(TENANT, with_users=with_users)])

    def keys(self) -> KeyHandling:
        """The tenant's keys, by hand."""
        return key_handling_of(self.platform)

    async def client(self, client_id: str) -> Client:
        """A stored client."""
        client = await self.platform.clients.get(TENANT, client_id)
        assert client is not None
        return client

    async def user(self, user_id: str) -> User:
        """A stored user."""
        user = await self.platform.users.get(TENANT, user_id)
        assert user is not None
        return user

    async def connections(self) -> list[Connection]:
        """The stored connections."""
        return await self.platform.stores.connections.all(TENANT)

    async def users(self) -> list[User]:
        """The stored users."""
        return await self.platform.stores.users.page(TENANT, after="", limit=100)

    async def log_types(self) -> list[str]:
        """Events in the audit log, newest first."""
        entries = await self.platform.stores.logs.newest(TENANT, limit=50)
        return [entry.event for entry in entries]


@pytest.fixture(autouse=True)
def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys take long to find, and which one it is matters to no test here."""
    monkeypatch.setattr("gatewright.jose.rotation.generate_private", _GENERATE)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """An empty database of the newest schema."""
    create_tables(tmp_path / "test.db")
    async with _opened(SqliteDatabase(tmp_path / "test.db", synchronous="OFF"), tmp_path) as made:
        yield made


@pytest.fixture
async def postgres_room(postgres_cluster: PostgresCluster, tmp_path: Path) -> AsyncIterator[Room]:
    """The same on PostgreSQL."""
    name = postgres_cluster.create_database()
    await migrate(postgres_cluster.url(name))
    async with _opened(PostgresDatabase(postgres_cluster.url(name)), tmp_path) as made:
        yield made
    postgres_cluster.drop_database(name)


@asynccontextmanager
async def _opened(database: Database, folder: Path) -> AsyncIterator[Room]:
    clock = FixedClock()
    hasher = PasswordHasher(time_cost=1, queue=1000)
    platform = build_platform(settings_for(folder), database, clock=clock, hasher=hasher)
    await database.open()
    try:
        yield Room(platform, clock)
    finally:
        hasher.close()
        await database.close()


def changes(plan: Plan) -> list[str]:
    """What a plan does, in words, without what every first application makes."""
    lines = [f"{step.action} {step.kind} {step.label}" for step in plan.steps]
    made_by_system = ("create tenant main", "create signing keys RS256", "create API Management API")
    return [line for line in lines if line not in made_by_system]
