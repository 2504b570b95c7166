"""Identities move between users, whole or not at all, on both databases."""

import asyncio

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.users import Identifier, Identity, User
from gatewright.users.linking import joined, parted

pytestmark = pytest.mark.anyio

DATABASE = "db"


def user(name: str) -> User:
    identity = Identity(connection=DATABASE, provider="auth0", user_id=name)
    return User(user_id=f"auth0|{name}", email=f"{name}@example.test", identities=(identity,))


def address(name: str) -> Identifier:
    return Identifier("email", f"{name}@example.test")


ADA, BOB = user("ada"), user("bob")
LINKED = joined(ADA, BOB)


async def enter(place: Place, *names: str, tenant_id: str = TENANT) -> None:
    """Users with an address and a password each."""
    users = place.stores.users
    for name in names:
        made = users.insert(tenant_id, user(name), (address(name),))
        await place.run(*made, users.set_password(tenant_id, f"auth0|{name}", f"hash-{name}", 1))


async def opened(place: Place, name: str) -> tuple[str, str | None, str] | None:
    """Whom an address leads to, the password hash that opens it, and the identity."""
    found = await place.stores.users.credentials(TENANT, DATABASE, address(name))
    return (found.user.user_id, found.password_hash, found.identity_id) if found else None


async def test_linked_identity_keeps_its_password(place: Place) -> None:
    """Both addresses lead to the primary, each with its own password; the other tenant's users stay apart."""
    await enter(place, "ada", "bob")
    await enter(place, "bob", tenant_id=OTHER)
    await place.run(*place.stores.users.link(TENANT, LINKED, BOB))
    assert await opened(place, "ada") == ("auth0|ada", "hash-ada", "auth0|ada")
    assert await opened(place, "bob") == ("auth0|ada", "hash-bob", "auth0|bob")
    assert await place.stores.users.get(TENANT, "auth0|bob") is None
    assert await place.stores.users.get(OTHER, "auth0|bob") == BOB


async def test_unlinked_identity_has_it_back(place: Place) -> None:
    """After unlinking each address leads to a user of its own again."""
    await enter(place, "ada", "bob")
    await place.run(*place.stores.users.link(TENANT, LINKED, BOB))
    current = await place.stores.users.get(TENANT, "auth0|ada")
    assert current is not None
    await place.run(*place.stores.users.unlink(TENANT, *parted(current, "auth0", "bob", 9)))
    assert await opened(place, "ada") == ("auth0|ada", "hash-ada", "auth0|ada")
    assert await opened(place, "bob") == ("auth0|bob", "hash-bob", "auth0|bob")


@pytest.mark.parametrize("changed", ["ada", "bob"])
async def test_who_changed_meanwhile_is_not_linked(place: Place, changed: str) -> None:
    """Linking needs the versions that were read of both; otherwise nothing moves."""
    await enter(place, "ada", "bob")
    await place.run(place.stores.users.update(TENANT, user(changed)))
    with pytest.raises(Unmatched):
        await place.run(*place.stores.users.link(TENANT, LINKED, BOB))
    assert await opened(place, "bob") == ("auth0|bob", "hash-bob", "auth0|bob")


async def test_each_linked_to_the_other_is_linked_once(place: Place) -> None:
    """Two links in opposite directions at once: one happens, and both addresses lead to one person."""
    await enter(place, "ada", "bob")
    users = place.stores.users
    ends = await asyncio.gather(
        place.run(*users.link(TENANT, LINKED, BOB)),
        place.run(*users.link(TENANT, joined(BOB, ADA), ADA)),
        return_exceptions=True,
    )
    assert sum(isinstance(end, Unmatched) for end in ends) == 1
    found = [await opened(place, name) for name in ("ada", "bob")]
    assert len({each[0] for each in found if each}) == 1
    assert None not in found


async def test_id_of_a_linked_identity_is_taken(place: Place) -> None:
    """Nobody new gets the id of an identity that was linked, in whatever connection."""
    await enter(place, "ada", "bob")
    await place.run(*place.stores.users.link(TENANT, LINKED, BOB))
    elsewhere = msgspec.structs.replace(BOB.identities[0], connection="another")
    twin = msgspec.structs.replace(BOB, identities=(elsewhere,))
    with pytest.raises(Duplicate) as refused:
        await place.run(*place.stores.users.insert(TENANT, twin, (Identifier("email", "twin@example.test"),)))
    assert refused.value.table == "identities"


async def test_new_identifiers_are_those_of_the_first_identity(place: Place) -> None:
    """Replacing identifiers frees the old ones and leaves those of linked identities."""
    await enter(place, "ada", "bob")
    users = place.stores.users
    await place.run(*users.link(TENANT, LINKED, BOB))
    current = await users.get(TENANT, "auth0|ada")
    assert current is not None
    await place.run(users.update(TENANT, current), *users.set_identifiers(TENANT, current, (address("new"),)))
    assert await opened(place, "ada") is None
    assert await opened(place, "new") == ("auth0|ada", "hash-ada", "auth0|ada")
    assert await opened(place, "bob") == ("auth0|ada", "hash-bob", "auth0|bob")
    with pytest.raises(Duplicate):
        await place.run(*users.set_identifiers(TENANT, current, (address("bob"),)))


async def test_removed_person_leaves_no_password_behind(place: Place) -> None:
    """With a person go the passwords of all identities, and of nobody else."""
    await enter(place, "ada", "bob", "cy")
    users = place.stores.users
    await place.run(*users.link(TENANT, LINKED, BOB))
    await place.run(*users.delete(TENANT, "auth0|ada"))
    for name in ("ada", "bob"):
        assert await users.password_hash(TENANT, f"auth0|{name}") is None
    assert await users.password_hash(TENANT, "auth0|cy") == "hash-cy"
    await enter(place, "ada", "bob")
