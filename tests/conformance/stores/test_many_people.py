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
    found = await users.many(TENANT, "db", ["auth0|ada", "auth0|bob", "auth0|nobody"])
    assert {user_id: (one.user, one.password_hash) for user_id, one in found.items()} == {
        "auth0|ada": (ada, "h"),
        "auth0|bob": (bob, None),
    }
    assert await users.many(OTHER, "db", ["auth0|ada"]) == {}
    assert await users.many(TENANT, "db", []) == {}


async def test_hash_of_many_is_that_of_the_connection(place: Place) -> None:
    """Of a user with several identities comes the password that opens the connection asked for."""
    users = place.stores.users
    first = Identity(connection="google-oauth2", provider="google-oauth2", user_id="1")
    inside = Identity(connection="db", provider="auth0", user_id="ada")
    ada = User(user_id="google-oauth2|1", email="ada@example.test", identities=(first, inside))
    await place.run(*users.insert(TENANT, ada, ()), users.set_password(TENANT, "auth0|ada", "h", 1))
    found = (await users.many(TENANT, "db", ["google-oauth2|1"]))["google-oauth2|1"]
    assert (found.user, found.password_hash, found.identity_id) == (ada, "h", "auth0|ada")
    found = (await users.many(TENANT, "google-oauth2", ["google-oauth2|1"]))["google-oauth2|1"]
    assert (found.password_hash, found.identity_id) == (None, "google-oauth2|1")


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
