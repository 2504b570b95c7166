"""What a deleted connection leaves behind goes, in batches, whoever works at it and wherever it stops."""

import asyncio
from collections.abc import Iterable

import pytest
from sqlalchemy import bindparam, func, select
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.audit import AuditRecorder
from gatewright.connections import Connection
from gatewright.consents import Consent
from gatewright.embedded.model import LoginTicket
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.errors import Unavailable
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit
from gatewright.login.tickets import Ticket
from gatewright.oauth.model import AccessToken, Code, Family, Grant
from gatewright.organizations import Organization
from gatewright.roles import Permission
from gatewright.sessions import Session
from gatewright.storage import schema
from gatewright.storage.housekeeping import EXPIRING, Housekeeping
from gatewright.storage.leftovers import BATCH, Leftovers
from gatewright.storage.statement import Statement
from gatewright.storage.stores import Stores
from gatewright.users import Identifier, Identity, User

pytestmark = pytest.mark.anyio

GONE, KEPT = "gone", "kept"
OWNERS = {
    table.name: table.c.get("user_id", table.c.get("identity_id"))
    for table in schema.metadata.sorted_tables
    if {"user_id", "identity_id"} & set(table.c.keys())
}
"""Every table with rows of users, and the column that names them."""
FORGOTTEN = {"codes", "access_tokens"}
"""Without an index by user: these rows open nothing without the user, and expire in a day."""


def leftovers(place: Place) -> Leftovers:
    bus = Bus(place.database)
    bus.record_with(AuditRecorder(place.stores.logs))
    return Leftovers(place.database, bus, FixedClock(100))


def connection(name: str) -> Connection:
    return Connection(connection_id=f"con_{name}", name=name, strategy="auth0")


def user(name: str, home: str) -> User:
    identity = Identity(connection=home, provider="auth0", user_id=name)
    return User(user_id=f"auth0|{name}", email=f"{name}@example.test", identities=(identity,))


def entered(place: Place, tenant_id: str, name: str, home: str) -> Unit:
    """A user with identity, identifier and password."""
    users = place.stores.users
    return (
        *users.insert(tenant_id, user(name, home), (Identifier("email", f"{name}@example.test"),)),
        users.set_password(tenant_id, f"auth0|{name}", "hash", 1),
    )


def traces(place: Place, tenant_id: str, name: str, home: str) -> Unit:
    """Everything that can be kept of a user besides."""
    stores, user_id = place.stores, f"auth0|{name}"
    grant = Grant(grant_id=f"g-{name}", client_id="c", user_id=user_id, scopes=("openid",), connection=home)
    session = Session(
        session_hash=f"s-{name}",
        sid=f"sid-{name}",
        user_id=user_id,
        connection=home,
        authenticated_at=1,
        created_at=1,
        seen_at=1,
        idle_expires_at=500,
        expires_at=500,
    )
    ticket = Ticket(
        ticket_hash=f"t-{name}",
        kind="reset_password",
        user_id=user_id,
        email=f"{name}@example.test",
        connection=home,
        created_at=1,
        expires_at=500,
    )
    login_ticket = LoginTicket(
        ticket_hash=f"l-{name}",
        kind="login",
        client_id="c",
        user_id=user_id,
        connection=home,
        amr=("pwd",),
        created_at=1,
        expires_at=500,
    )
    consent = Consent(user_id=user_id, client_id="c", audience="", scopes=frozenset(), granted_at=1)
    authorizations = stores.authorizations
    return (
        stores.roles.assign(tenant_id, user_id, "rol_1"),
        stores.organizations.put(tenant_id, Organization(organization_id="org_1", name="acme")),
        *stores.members.add(tenant_id, "org_1", user_id),
        *stores.members.give_role(tenant_id, "org_1", user_id, "rol_1"),
        stores.roles.permit(
            tenant_id, user_id, Permission(permission_name="read", resource_server_identifier="urn:a")
        ),
        stores.consents.put(tenant_id, consent),
        stores.sessions.put(tenant_id, session),
        stores.tickets.insert(tenant_id, ticket),
        stores.login_tickets.insert(tenant_id, login_ticket),
        authorizations.put_family(tenant_id, Family(grant=grant, created_at=1, rotated_at=1)),
        authorizations.put_code(tenant_id, f"c-{name}", Code(grant=grant, issued_at=1), forget_at=500),
        authorizations.put_access_token(
            tenant_id, f"a-{name}", AccessToken(grant=grant, issued_at=1, expires_at=500)
        ),
    )


async def kept_of(place: Place, tenant_id: str, name: str) -> set[str]:
    """The tables, apart from the audit log, that have a row of the user."""
    found = set()
    for owner in OWNERS.values():
        table = owner.table
        rows = select(func.count()).select_from(table)
        of_user = rows.where(table.c.tenant_id == bindparam("tenant_id"), owner == bindparam("user_id"))
        row = await place.database.fetch_one(Statement(of_user), tenant_id=tenant_id, user_id=f"auth0|{name}")
        assert row is not None
        found |= {table.name} if row[0] else set()
    return found - {"logs"}


async def crowd(place: Place, count: int, home: str = GONE) -> list[str]:
    """That many users of one connection."""
    names = [f"{home}{number:05}" for number in range(count)]
    for name in names:
        await place.run(*entered(place, TENANT, name, home))
    return names


async def left(place: Place, names: Iterable[str]) -> list[str]:
    return [name for name in names if await place.stores.users.get(TENANT, f"auth0|{name}")]


async def test_nothing_of_the_people_is_left(place: Place) -> None:
    """Of a user whose connection is gone every row goes, apart from those that expire in a day anyway."""
    await place.run(*entered(place, TENANT, "ada", GONE), *traces(place, TENANT, "ada", GONE))
    assert await kept_of(place, TENANT, "ada") == set(OWNERS) - {"logs"}
    assert await leftovers(place).remove() == 1
    assert await kept_of(place, TENANT, "ada") == FORGOTTEN
    assert {table.name for table in EXPIRING} >= FORGOTTEN
    await place.run(*entered(place, TENANT, "ada", GONE))


async def test_other_people_stay_whole(place: Place) -> None:
    """Users of a connection that is there stay, and so do those of the same name in another tenant."""
    for tenant_id, name, home in ((TENANT, "bob", KEPT), (OTHER, "ada", GONE), (OTHER, "cy", KEPT)):
        await place.run(*entered(place, tenant_id, name, home), *traces(place, tenant_id, name, home))
        await place.run(place.stores.connections.put(tenant_id, connection(home)))
    await place.run(*entered(place, TENANT, "ada", GONE))
    assert await leftovers(place).remove() == 1
    for tenant_id, name in ((TENANT, "bob"), (OTHER, "ada"), (OTHER, "cy")):
        assert await kept_of(place, tenant_id, name) == set(OWNERS) - {"logs"}
    assert await kept_of(place, TENANT, "ada") == set()


async def test_every_tenant_and_connection_is_looked_at(place: Place) -> None:
    """Among many tenants and connections those that are gone are found, wherever they stand."""
    homes = [(f"t{number}", f"c{number % 3}") for number in range(9)]
    for number, (tenant_id, home) in enumerate(homes):
        await place.run(*entered(place, tenant_id, f"u{number}", home))
        if number % 2:
            await place.run(place.stores.connections.put(tenant_id, connection(home)))
    assert await leftovers(place).remove() == 5
    gone = [not await kept_of(place, tenant_id, f"u{n}") for n, (tenant_id, _) in enumerate(homes)]
    assert gone == [True, False] * 4 + [True]


async def test_one_tenant_alone(place: Place) -> None:
    """Asked for one tenant, the leftovers of others before and after it are left alone."""
    for tenant_id in ("a", "b", "c"):
        for home in ("x", "y"):
            await place.run(*entered(place, tenant_id, f"{home}{tenant_id}", home))
    assert await leftovers(place).remove_of("b") == 2
    assert await leftovers(place).remove_of("b") == 0
    assert await leftovers(place).remove() == 4


class Watched:
    """Runs units, and sees how many people each removes; stops after ``most`` of them."""

    def __init__(self, place: Place, most: int = 1_000) -> None:
        self.place = place
        self.counts: list[int] = []
        self.most = most

    async def run(self, unit: Unit) -> tuple[int, ...]:
        """See ``UnitRunner``."""
        if len(self.counts) == self.most:
            raise Unavailable("stopped here", retry_after=1)
        counts = await self.place.database.run(unit)
        self.counts.append(counts[0])
        return counts


async def test_a_unit_is_of_bounded_size(place: Place) -> None:
    """However many people a connection had, no unit removes more than a batch of them."""
    names = await crowd(place, 2 * BATCH + 7)
    watched = Watched(place)
    assert await Leftovers(place.database, Bus(watched), FixedClock(1)).remove() == len(names)
    assert watched.counts == [BATCH, BATCH, 7]


async def test_what_was_cut_short_is_gone_on_with(place: Place) -> None:
    """Stopped between two batches, people are whole or gone, and the next one to look removes the rest."""
    names = await crowd(place, BATCH + 5)
    first = Leftovers(place.database, Bus(Watched(place, most=1)), FixedClock(1))
    with pytest.raises(Unavailable):
        await first.remove()
    remaining = await left(place, names)
    assert len(remaining) == 5
    for name in remaining:
        assert await kept_of(place, TENANT, name) == {"users", "identities", "identifiers", "passwords"}
    assert await leftovers(place).remove() == 5
    assert await left(place, names) == []


async def test_a_failed_unit_removes_nobody(place: Place) -> None:
    """When a batch fails in the middle nobody of it is half removed."""
    await place.run(*entered(place, TENANT, "ada", GONE), *traces(place, TENANT, "ada", GONE))
    before = await kept_of(place, TENANT, "ada")

    class Failing(Watched):
        async def run(self, unit: Unit) -> tuple[int, ...]:
            impossible = place.stores.users.update(TENANT, user("nobody", GONE))
            return await place.database.run((*unit, impossible))

    assert await Leftovers(place.database, Bus(Failing(place)), FixedClock(1)).remove() == 0
    assert await kept_of(place, TENANT, "ada") == before


async def test_several_at_once(place: Place) -> None:
    """Of several processes that remove at once each person is removed, and recorded, by one."""
    names = await crowd(place, 2 * BATCH + 3)
    databases = [place.another() for _ in range(3)]
    for database in databases:
        await database.open()
    try:
        workers = [leftovers(Place(database, Stores.over(database), place.another)) for database in databases]
        removed = await asyncio.gather(*(worker.remove() for worker in workers))
    finally:
        for database in databases:
            await database.close()
    assert await left(place, names) == []
    assert sum(removed) == len(names)
    entries = await place.stores.logs.newest(TENANT, limit=50)
    told = [user_id for entry in entries for user_id in entry.details["users"]]  # type: ignore[attr-defined]
    assert sorted(told) == [f"auth0|{name}" for name in names]


async def test_connection_made_anew_in_between(place: Place) -> None:
    """When the connection is there again by the time people would be removed, nobody is."""
    await place.run(*entered(place, TENANT, "ada", GONE))

    class Overtaken(Watched):
        async def run(self, unit: Unit) -> tuple[int, ...]:
            await place.run(place.stores.connections.put(TENANT, connection(GONE)))
            return await super().run(unit)

    assert await Leftovers(place.database, Bus(Overtaken(place)), FixedClock(1)).remove() == 0
    assert await left(place, ["ada"]) == ["ada"]


async def test_removal_is_on_record(place: Place) -> None:
    """The audit log tells, batch by batch, whose connection was deleted and who they were."""
    await place.run(*entered(place, TENANT, "ada", GONE), *entered(place, TENANT, "bob", GONE))
    await leftovers(place).remove()
    (entry,) = await place.stores.logs.newest(TENANT, limit=10)
    assert (entry.type, entry.connection) == ("sdu", GONE)
    assert entry.details == {"users": ["auth0|ada", "auth0|bob"]}


async def test_housekeeping_removes_them(place: Place) -> None:
    """A sweep takes what deleted connections left, and tells of it in its count."""
    await place.run(*entered(place, TENANT, "ada", GONE))
    keeping = Housekeeping(place.database, FixedClock(100), leftovers(place), log_retention_days=30)
    assert await keeping.sweep() == 1
    assert await keeping.sweep() == 0
    assert await kept_of(place, TENANT, "ada") == set()


async def test_odd_names(place: Place) -> None:
    """Names with quotes, backslashes and letters beyond ASCII are names like others."""
    names = ['a"b', "a\\b", "a'b", "ünï✓", "a,b]", "%_"]
    for name in names:
        await place.run(*entered(place, TENANT, name, 'gone "\\✓'))
    assert await leftovers(place).remove() == len(names)
    assert await left(place, names) == []


async def test_nothing_to_do_writes_nothing(place: Place) -> None:
    """Where no connection is gone nothing is written, not even a record."""
    await place.run(*entered(place, TENANT, "ada", KEPT))
    await place.run(place.stores.connections.put(TENANT, connection(KEPT)))
    watched = Watched(place)
    assert await Leftovers(place.database, Bus(watched), FixedClock(1)).remove() == 0
    assert watched.counts == []
