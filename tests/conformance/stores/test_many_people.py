"""Many users at once, and hashes that are made anew, on every backend."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Unmatched
from gatewright.users import Identifier, Identity, User

pytestmark = pytest.mark.anyio


async def put(place: Place, name: str, *, connection: str = "db", hashed: str | None = None) -> User:
    identity = Identity(connection=connection, provider="auth0", user_id=name)
    user = User(user_id=f"auth0|{name}", email=f"{name}@example.test", username=name, identities=(identity,))
    both = (Identifier("email", user.email), Identifier("username", name))
    users = place.stores.users
    await place.run(
        *users.insert(TENANT, user, both),
        *((users.set_password(TENANT, user.user_id, hashed, 1),) if hashed else ()),
    )
    return user


async def test_owners_of_many_identifiers(place: Place) -> None:
    """Of many identifiers those that are taken in the connection are told, each by its kind."""
    for name in ("ada", "bob", "ü'\"[]"):
        await put(place, name)
    await put(place, "eve", connection="elsewhere")
    asked = {
        Identifier("email", "ada@example.test"),
        Identifier("username", "bob"),
        Identifier("username", "ü'\"[]"),
        Identifier("email", "bob"),
        Identifier("email", "eve@example.test"),
        Identifier("email", "nobody@example.test"),
    }
    users = place.stores.users
    assert await users.owners(TENANT, "db", asked) == {
        Identifier("email", "ada@example.test"): "auth0|ada",
        Identifier("username", "bob"): "auth0|bob",
        Identifier("username", "ü'\"[]"): "auth0|ü'\"[]",
    }
    assert await users.owners(OTHER, "db", asked) == {}
    assert await users.owners(TENANT, "db", ()) == {}


async def test_many_users_with_their_hashes(place: Place) -> None:
    """Of many ids those that are there come with their hash, or without one."""
    ada, bob = await put(place, "ada", hashed="h"), await put(place, "bob")
    users = place.stores.users
    found = await users.many(TENANT, ["auth0|ada", "auth0|bob", "auth0|nobody"])
    assert {user_id: (one.user, one.password_hash) for user_id, one in found.items()} == {
        "auth0|ada": (ada, "h"),
        "auth0|bob": (bob, None),
    }
    assert await users.many(OTHER, ["auth0|ada"]) == {}
    assert await users.many(TENANT, []) == {}


async def test_hash_is_renewed_while_it_is_the_one_that_was_seen(place: Place) -> None:
    """A hash gives way to another of the same password, and not once it was replaced."""
    users = place.stores.users
    await put(place, "ada", hashed="old")
    await place.run(users.renew_hash(TENANT, "auth0|ada", seen="old", fresh="new"))
    assert await users.password_hash(TENANT, "auth0|ada") == "new"
    for tenant, seen in ((TENANT, "old"), (OTHER, "new")):
        with pytest.raises(Unmatched):
            await place.run(users.renew_hash(tenant, "auth0|ada", seen=seen, fresh="other"))
    assert await users.password_hash(TENANT, "auth0|ada") == "new"
