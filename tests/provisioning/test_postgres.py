"""Tenant files on PostgreSQL: the same units of work, run by the other driver."""

from pathlib import Path

import pytest
from tests.provisioning.conftest import TENANT, Room

from gatewright.app.provisioning import build_provisioning
from gatewright.kernel.errors import Conflict
from gatewright.users import email_identifier

ACME = (Path(__file__).with_name("acme.yaml")).read_text()


async def test_a_tenant_is_made_changed_and_exported(postgres_room: Room) -> None:
    """A file is applied once, its export changes nothing, and an emptied section is deleted."""
    plan = await postgres_room.apply(ACME, management_client=True)
    assert plan.count("create") == 16
    assert (await postgres_room.apply(ACME)).steps == ()
    assert (await postgres_room.apply(await postgres_room.export(with_secrets=True))).steps == ()
    assert (await postgres_room.apply("clients: []")).count("delete") == 5
    assert [c.client_id for c in await postgres_room.platform.stores.clients.all(TENANT)] == [
        "gatewright_dev_management"
    ]


async def test_a_new_address_is_what_the_user_is_known_by(postgres_room: Room) -> None:
    """Removing and entering a user again in one unit works here as well."""
    await postgres_room.apply(ACME)
    await postgres_room.apply(ACME.replace("ada@acme.test", "new@acme.test"))
    find = postgres_room.platform.stores.users.credentials
    directory = "Username-Password-Authentication"
    found = await find(TENANT, directory, email_identifier("new@acme.test"))
    assert found is not None
    assert await postgres_room.platform.hasher.verify("Correct-Horse-1", found.password_hash)
    assert await find(TENANT, directory, email_identifier("ada@acme.test")) is None


async def test_a_concurrent_change_undoes_all_of_it(postgres_room: Room) -> None:
    """When what the plan deletes is gone already, nothing at all is applied."""
    await postgres_room.apply(ACME)
    plan = await postgres_room.plan("roles: []\nclients: [{name: New, client_id: new}]")
    await postgres_room.apply("roles: []")
    with pytest.raises(Conflict, match="nothing was applied"):
        await build_provisioning(postgres_room.platform).apply(plan)
    assert await postgres_room.platform.clients.get(TENANT, "new") is None


async def test_users_go_with_their_database(postgres_room: Room) -> None:
    """A deleted database takes its users along, and made anew in one file with them it has new ones."""
    await postgres_room.apply(ACME)
    before = await postgres_room.user("auth0|5f0000000000000000000001")
    await postgres_room.apply("databases: []")
    assert await postgres_room.platform.users.get(TENANT, before.user_id) is None
    postgres_room.clock.advance(60)
    await postgres_room.apply(ACME)
    assert (await postgres_room.user(before.user_id)).created_at == before.created_at + 60
