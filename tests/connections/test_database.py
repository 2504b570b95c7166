"""The connection whose passwords we keep."""

import bcrypt
import pytest
from argon2 import PasswordHasher as Argon2
from tests.support.world import PASSWORD, World

from gatewright.connections import Connection, DatabaseConnection
from gatewright.users import email_identifier
from gatewright.users.passwords import Verdict

pytestmark = pytest.mark.anyio


async def connection_of(world: World) -> tuple[DatabaseConnection, Connection]:
    platform = world.platform
    (connection,) = await platform.stores.connections.all(world.tenant_id)
    database = DatabaseConnection(platform.stores.users, platform.hasher, platform.bus)
    return database, connection


async def test_password_names_its_user(world: World) -> None:
    """Identifier and password name a user; a wrong password names nobody."""
    database, connection = await connection_of(world)
    user = await database.authenticate(world.tenant_id, connection, "ada@example.test", PASSWORD)
    assert user is not None
    assert user.user_id == "auth0|ada"
    assert await database.authenticate(world.tenant_id, connection, "ada@example.test", "x") is None
    assert await database.authenticate("other", connection, "ada@example.test", PASSWORD) is None


async def test_user_without_password_is_nobody(world: World) -> None:
    """A user who has no password here cannot be named by one, not even by an empty one."""
    database, connection = await connection_of(world)
    user = world.platform.users.database_user(connection.name, email="bob@example.test")
    stores = world.platform.stores.users
    identifiers = (email_identifier("bob@example.test"),)
    await world.platform.bus.commit(stores.insert(world.tenant_id, user, identifiers))
    for password in ("", "x", "a password nobody has"):
        assert await database.authenticate(world.tenant_id, connection, "bob@example.test", password) is None


async def test_older_hash_is_made_anew_at_sign_in(world: World) -> None:
    """A hash with other parameters is replaced after the right password, and never after a wrong one."""
    database, connection = await connection_of(world)
    older = Argon2(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    users = world.platform.stores.users
    await world.platform.bus.commit((users.set_password(world.tenant_id, "auth0|ada", older, 1),))
    await database.authenticate(world.tenant_id, connection, "ada@example.test", "wrong")
    assert await users.password_hash(world.tenant_id, "auth0|ada") == older
    assert await database.authenticate(world.tenant_id, connection, "ada@example.test", PASSWORD)
    fresh = await users.password_hash(world.tenant_id, "auth0|ada")
    assert fresh is not None
    assert not world.platform.hasher.needs_rehash(fresh)
    assert await database.authenticate(world.tenant_id, connection, "ada@example.test", PASSWORD)


async def test_password_changed_meanwhile_stays(world: World) -> None:
    """A hash that is made anew never brings back a password that was replaced while it was compared."""
    database, connection = await connection_of(world)
    users, hasher = world.platform.stores.users, world.platform.hasher
    brought = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await world.platform.bus.commit((users.set_password(world.tenant_id, "auth0|ada", brought, 1),))
    check = hasher.check

    async def overtaken(password: str, stored: str | None) -> Verdict:
        verdict = await check(password, stored)
        await world.platform.bus.commit((users.set_password(world.tenant_id, "auth0|ada", "newest", 2),))
        return verdict

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hasher, "check", overtaken)
        assert await database.authenticate(world.tenant_id, connection, "ada@example.test", PASSWORD)
    assert await users.password_hash(world.tenant_id, "auth0|ada") == "newest"
