"""Users: made, changed, removed."""

import asyncio

import pytest
from tests.support.world import CONNECTION, World

from gatewright.kernel.errors import Conflict
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unmatched
from gatewright.users import Users, email_identifier

pytestmark = pytest.mark.anyio


async def test_new_user_has_the_wire_s_defaults(world: World) -> None:
    """A new user's name is the address, the nickname its local part, the id that of the provider."""
    user = await world.put_user("Cy.Long@Example.test")
    assert user.user_id.startswith("auth0|")
    assert (user.name, user.nickname, user.email) == (
        "Cy.Long@Example.test",
        "Cy.Long",
        "Cy.Long@Example.test",
    )
    assert (user.connection, user.created_at) == (CONNECTION, world.clock.now())


@pytest.mark.parametrize("email", ["ada@example.test", "ADA@EXAMPLE.TEST"])
async def test_taken_identifier_is_a_conflict(world: World, email: str) -> None:
    """An identifier belongs to one user of a connection, and a refused user leaves no trace."""
    before = world.rows("SELECT count(*) FROM identities")
    with pytest.raises(Conflict):
        await world.put_user(email)
    assert world.rows("SELECT count(*) FROM identities") == before


async def test_same_address_in_another_connection_is_another_person(world: World) -> None:
    """CVE-2025-65431: identities are keyed by connection and subject; an address joins nobody."""
    user = world.platform.users.database_user("Others", email="ada@example.test")
    await world.platform.users.add(world.tenant_id, user, (email_identifier(user.email),), None)
    assert user.user_id != "auth0|ada"
    found = await world.platform.stores.users.page(world.tenant_id, after="", limit=10)
    assert [each.email for each in found] == ["ada@example.test"] * 2


async def test_parallel_changes_all_happen(world: World) -> None:
    """Ten changes of different fields in the same moment all hold."""
    names = ("given_name", "family_name", "nickname", "website", "gender", "zoneinfo", "locale", "picture")
    await asyncio.gather(*(world.change_user("auth0|ada", **{name: name}) for name in names))
    user = await world.platform.users.get(world.tenant_id, "auth0|ada")
    assert user is not None
    assert [getattr(user, name) for name in names] == list(names)
    assert user.version == 1 + len(names)


async def test_changing_nobody_is_a_conflict(world: World) -> None:
    """A user who is not there cannot be changed."""
    with pytest.raises(Conflict):
        await world.change_user("auth0|nobody", name="x")


async def test_what_comes_along_decides_too(world: World) -> None:
    """A change that comes along and does not match undoes the whole, and is not retried."""
    user = await world.platform.users.get(world.tenant_id, "auth0|ada")
    assert user is not None
    also = world.platform.stores.tickets.spend(world.tenant_id, "no-such-ticket", 1)
    with pytest.raises(Unmatched):
        await world.platform.users.change(world.tenant_id, user.user_id, also=(also,), name="Other")
    assert await world.platform.users.get(world.tenant_id, user.user_id) == user


async def test_removed_user_leaves_no_trace(world: World) -> None:
    """Removing takes identities, identifiers and password along, is on record, and happens once."""
    users = world.platform.users
    assert await users.delete(world.tenant_id, "auth0|ada")
    assert not await users.delete(world.tenant_id, "auth0|ada")
    for table in ("users", "identities", "identifiers", "passwords"):
        assert world.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert [entry.type for entry in await world.logs()].count("sdu") == 1


async def test_identifier_of_a_removed_user_is_free_again(world: World) -> None:
    """Who signs up with the address of a removed user is a new person with a new id."""
    await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert (await world.put_user("ada@example.test")).user_id != "auth0|ada"


async def test_users_of_another_tenant_are_not_there(world: World) -> None:
    """A user is known in its own tenant alone."""
    assert await world.platform.users.get("other", "auth0|ada") is None
    assert await world.platform.stores.users.page("other", after="", limit=10) == []


async def test_endless_contention_is_a_conflict(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that somebody else always gets in before gives up with a conflict."""
    bus = Bus(world.platform.database)

    async def overtaken(*changes: object) -> None:
        raise Unmatched(0)

    monkeypatch.setattr(bus, "commit", overtaken)
    with pytest.raises(Conflict):
        await Users(
            world.platform.stores.users, bus, world.clock, welcome=world.platform.roles.for_newcomer
        ).change(world.tenant_id, "auth0|ada", name="x")
