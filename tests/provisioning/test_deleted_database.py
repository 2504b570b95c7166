"""A database that a tenant file leaves out goes with its users, and one made anew begins empty."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.provisioning.conftest import TENANT, Room, changes

from gatewright.app.provisioning import build_provisioning
from gatewright.kernel.errors import Unavailable
from gatewright.storage.database import revision_bump
from gatewright.users import email_identifier

ACME = Path(__file__).with_name("acme.yaml").read_text()
DIRECTORY = "Username-Password-Authentication"
ADA = "auth0|5f0000000000000000000001"
EMAIL = email_identifier("ada@acme.test")
TWO = "databases: [{name: One}, {name: Two}]\nusers:\n"
CY = "- {connection: One, email: cy@acme.test, user_id: cy, name: Cy, roles: []}\n"

pytestmark = pytest.mark.anyio


class CutShort:
    """Removes nobody, and from its second call on ends as a database does that went away."""

    def __init__(self) -> None:
        self.calls = 0

    async def remove_of(self, tenant_id: str) -> int:
        """See ``connections.Leftovers``."""
        self.calls += 1
        if self.calls > 1:
            raise Unavailable("the database is not available; try again", retry_after=1)
        return 0


async def delete_alone(room: Room, name: str = DIRECTORY) -> None:
    """Leaves the tenant as a process does that is killed right after it deleted the database."""
    stores = room.platform.stores
    (gone,) = [one for one in await stores.connections.all(TENANT) if one.name == name]
    delete = stores.connections.delete(TENANT, gone.connection_id)
    await room.platform.bus.commit((delete, revision_bump(TENANT)))


async def test_users_go_with_their_database(room: Room) -> None:
    """When apply returns, the database that the file leaves out is gone and so is everybody in it."""
    await room.apply(ACME)
    await room.apply("databases: []")
    assert await room.platform.users.get(TENANT, ADA) is None
    assert await room.platform.stores.users.page(TENANT, after="", limit=9) == []
    assert await room.platform.stores.users.credentials(TENANT, DIRECTORY, EMAIL) is None
    assert await room.platform.stores.roles.held_by(TENANT, ADA) == []


async def test_users_of_other_databases_stay(room: Room) -> None:
    """Only the users of the database that goes go with it."""
    await room.apply(TWO + CY + CY.replace("One", "Two").replace("cy", "di"))
    await room.apply("databases: [{name: Two}]")
    assert await room.platform.users.get(TENANT, "auth0|cy") is None
    assert (await room.user("auth0|di")).email == "di@acme.test"


async def test_both_are_on_record(room: Room) -> None:
    """The audit log tells of the deletion, and then of the users that went with it."""
    await room.apply(ACME)
    await room.apply("databases: []")
    assert (await room.log_types())[:2] == ["UsersLeftBehindRemoved", "TenantProvisioned"]
    told = (await room.platform.stores.logs.newest(TENANT, limit=1))[0]
    assert (told.connection, len(told.details["users"])) == (DIRECTORY, 2)  # type: ignore[arg-type]


async def test_the_plan_warns(room: Room) -> None:
    """Before it happens the plan says what the omission costs, and changes nothing."""
    await room.apply(ACME)
    plan = await room.plan("databases: []")
    (warning,) = plan.warnings
    assert warning.startswith(f"databases: {DIRECTORY} is deleted with all its users")
    await room.user(ADA)
    assert (await room.plan("roles: []")).warnings == ()


async def test_failed_removal_does_not_undo_the_deletion(room: Room) -> None:
    """When the removal is cut short the file is applied all the same, and the next sweep does the rest."""
    await room.apply(ACME)
    plan = await room.plan("databases: []")
    await build_provisioning(replace(room.platform, leftovers=CutShort())).apply(plan)  # type: ignore[arg-type]
    assert await room.platform.stores.connections.all(TENANT) == []
    await room.user(ADA)
    await room.platform.housekeeping.sweep()
    assert await room.platform.users.get(TENANT, ADA) is None


async def test_database_made_anew_begins_empty(room: Room) -> None:
    """Users of a deleted database do not come back with a new one of its name, even before a sweep."""
    await room.apply(ACME)
    await delete_alone(room)
    await room.apply(f"databases: [{{name: {DIRECTORY}}}]")
    assert await room.platform.stores.users.credentials(TENANT, DIRECTORY, EMAIL) is None
    assert await room.platform.users.get(TENANT, ADA) is None
    await room.platform.housekeeping.sweep()
    assert [one.name for one in await room.platform.stores.connections.all(TENANT)] == [DIRECTORY]


async def test_users_are_made_anew_too(room: Room) -> None:
    """A file with database and users makes both anew, users of the same ids and addresses included."""
    await room.apply(ACME)
    room.clock.advance(60)
    await delete_alone(room)
    plan = await room.apply(ACME)
    made = [line for line in changes(plan) if "database" in line or "user" in line]
    assert made == [f"create database {DIRECTORY}", "create user ada@acme.test", "create user bob@acme.test"]
    assert (await room.user(ADA)).created_at == room.clock.now()
    await room.platform.housekeeping.sweep()
    await room.user(ADA)
    assert (await room.apply(ACME)).steps == ()


async def test_leftovers_are_in_nobodys_way(room: Room) -> None:
    """A user of another database can have the id of one whose database was deleted."""
    await room.apply(TWO + CY)
    await delete_alone(room, "One")
    plan = await room.apply("users:\n" + CY.replace("One", "Two"))
    assert changes(plan) == ["create user cy@acme.test"]
    assert (await room.user("auth0|cy")).connection == "Two"


async def test_a_plan_that_is_not_applied_removes_nobody(room: Room) -> None:
    """Planning removes no leftovers either: it changes nothing."""
    await room.apply(ACME)
    await delete_alone(room)
    await room.plan(ACME)
    await room.user(ADA)
