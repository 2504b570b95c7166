"""Users that an import brought, among searches, links and whatever else is kept of users."""

import pytest
from tests.support.management import caller, enable_management
from tests.support.world import PASSWORD, World, answer
from tests.transfer.filled import counts, imported, wrong
from tests.transfer.test_import import BCRYPT, sha

from gatewright.administration import Author
from gatewright.app.administration import build_link_administration
from gatewright.kernel.events import Origin

pytestmark = pytest.mark.anyio

ADA, BOB = "auth0|ada", "auth0|bob"
BOBS = {"user_id": "bob", "email": "bob@example.test", "password_hash": BCRYPT}


async def link(world: World, primary: str, secondary: str) -> None:
    links = build_link_administration(world.platform)
    author = Author(client_id="admin-tool", user_id="auth0|boss", origin=Origin(ip="203.0.113.1"))
    tenant = await world.platform.tenants.get(world.tenant_id)
    await links.link(tenant, primary, secondary, by=author)


@pytest.mark.parametrize(
    "query",
    [
        "email:new@example.test",
        "name:n*",
        'family_name:"Straße"',
        "username:newcomer",
        "identities.connection:{connection} AND email:new*",
        "app_metadata.plan:gold",
    ],
)
async def test_imported_user_is_found(world: World, query: str) -> None:
    """Whoever was imported is found by the search for users, whatever case the file has."""
    await imported(
        world,
        {
            "email": "New@Example.test",
            "username": "Newcomer",
            "name": "NEW Person",
            "family_name": "STRASSE",
            "app_metadata": {"plan": "gold"},
        },
    )
    await enable_management(world)
    robot = await caller(world)
    ada = await robot.read("/users/auth0%7Cada")
    asked = query.format(connection=f'"{ada["identities"][0]["connection"]}"')
    found = await robot.read(f"/users?search_engine=v3&q={asked}")
    assert [user["email"] for user in found] == ["New@Example.test"]


async def test_updated_user_is_found_by_what_is_new(world: World) -> None:
    """An import that updates somebody moves them in the search, too."""
    await imported(world, {"email": "ada@example.test", "family_name": "Byron"}, upsert=True)
    await enable_management(world)
    robot = await caller(world)
    assert [user["user_id"] for user in await robot.read("/users?q=family_name:byron")] == [ADA]


async def test_imported_password_goes_with_a_linked_identity(world: World) -> None:
    """Who was imported and then linked signs in with the old password, as the user they are linked to."""
    await imported(world, BOBS)
    await link(world, ADA, BOB)
    assert "code" in answer(await world.browser().sign_in("bob@example.test", PASSWORD))
    assert world.rows("SELECT user_id FROM users") == [(ADA,)]
    assert world.rows("SELECT user_id, identity_id FROM identifiers WHERE value = 'bob@example.test'") == [
        (ADA, BOB)
    ]


async def test_import_leaves_linked_identities_alone(world: World) -> None:
    """A line about an identity that was linked is refused and changes neither user nor password."""
    await imported(world, BOBS)
    await link(world, ADA, BOB)
    before = [world.rows(f"SELECT * FROM {table}") for table in ("users", "identities", "passwords")]
    job = await imported(
        world,
        {"email": "bob@example.test", "custom_password_hash": sha("Stolen-1")},
        {"user_id": "bob", "email": "bob@example.test", "custom_password_hash": sha("Stolen-1")},
        {"user_id": "bob", "email": "else@example.test", "custom_password_hash": sha("Stolen-1")},
        upsert=True,
    )
    assert counts(job) == (0, 0, 3)
    assert await wrong(world, job) == [
        (1, "INVALID_FORMAT", "email"),
        (2, "INVALID_FORMAT", "user_id"),
        (3, "DUPLICATED_USER", "user_id"),
    ]
    after = [world.rows(f"SELECT * FROM {table}") for table in ("users", "identities", "passwords")]
    assert after == before
