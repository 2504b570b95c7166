"""One change of a tenant at a time: nobody's work is lost, and what leads nowhere goes along."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.provisioning.conftest import TENANT, Room

from gatewright.app.provisioning import provisioning_stores
from gatewright.clients import Client
from gatewright.kernel.errors import Conflict, NotFound
from gatewright.kernel.events import Event
from gatewright.provisioning import Plan, TenantProvisioned
from gatewright.provisioning.editing import MOST_TRIES, Editing
from gatewright.provisioning.state import TenantState
from gatewright.storage.database import revision_bump

pytestmark = pytest.mark.anyio

FILE = "clients: [{name: A, client_id: a}, {name: B, client_id: b}]"


def editing_of(room: Room) -> Editing:
    """An editor as a process has one."""
    platform = room.platform
    return Editing(
        stores=provisioning_stores(platform),
        bus=platform.bus,
        keys=platform.keys,
        leftovers=platform.leftovers,
        clock=room.clock,
    )


def tell(plan: Plan) -> Event:
    return TenantProvisioned(tenant_id=TENANT, at=2_000_000_000, description=f"{len(plan.steps)} steps")


def described(client_id: str, **fields: Any) -> Any:
    """An edit that changes fields of one client."""

    def edit(state: TenantState) -> TenantState:
        clients = (
            msgspec.structs.replace(client, **fields) if client.client_id == client_id else client
            for client in state.clients
        )
        return replace(state, clients=tuple(clients))

    return edit


def added_word(word: str) -> Any:
    """An edit that adds a word to what client ``a`` is described by."""

    def edit(state: TenantState) -> TenantState:
        (held,) = (client.description for client in state.clients if client.client_id == "a")
        made: TenantState = described("a", description=f"{held} {word}".strip())(state)
        return made

    return edit


async def read(room: Room, client_id: str = "a") -> Client:
    client = await room.platform.clients.get(TENANT, client_id)
    assert client is not None
    return client


async def test_change_is_made_and_told(room: Room) -> None:
    """The change, its event and the new revision come together."""
    await room.apply(FILE)
    before = await room.platform.stores.tenants.revision(TENANT)
    after = await editing_of(room).change(TENANT, described("a", description="x"), tell)
    assert (await read(room)).description == "x"
    assert await read(room) in after.clients
    assert await room.platform.stores.tenants.revision(TENANT) > before
    (newest,) = await room.platform.stores.logs.newest(TENANT, limit=1)
    assert newest.description == "1 steps"


async def test_nothing_to_change_is_nothing(room: Room) -> None:
    """An edit that leaves everything as it is writes nothing and tells nothing."""
    await room.apply(FILE)
    before = await room.platform.stores.tenants.revision(TENANT)
    await editing_of(room).change(TENANT, lambda state: state, tell)
    assert await room.platform.stores.tenants.revision(TENANT) == before


async def test_two_processes_lose_nothing(room: Room) -> None:
    """Changes of one thing by several editors at once are all made, one upon the other."""
    await room.apply(FILE)
    editors = [editing_of(room) for _ in range(3)]
    words = [f"w{number}" for number in range(9)]
    await asyncio.gather(
        *(editors[place % 3].change(TENANT, added_word(word), tell) for place, word in enumerate(words))
    )
    assert sorted((await read(room)).description.split()) == words


async def test_a_file_meanwhile_is_not_undone(room: Room) -> None:
    """A tenant file that is applied between reading and writing counts: the edit is thought out anew."""
    await room.apply(FILE)
    file = "clients: [{name: A, client_id: a, description: filed}, {name: B, client_id: b}]"
    tries: list[str] = []

    async def once_outrun(tenant_id: str) -> int:
        number = await revision(tenant_id)
        tries.append("")
        if len(tries) == 1:
            await room.apply(file)
        return number

    revision = room.platform.stores.tenants.revision
    editing = outrun_editing(room, once_outrun)
    await editing.change(TENANT, described("b", description="edited"), tell)
    assert len(tries) == 2
    assert (await read(room, "a")).description == "filed"
    assert (await read(room, "b")).description == "edited"


def outrun_editing(room: Room, revision: Any) -> Editing:
    """An editor that asks ``revision`` for the number of the tenant's configuration."""
    stores = provisioning_stores(room.platform)
    editing = editing_of(room)
    editing._stores = replace(stores, tenants=_Outrun(stores.tenants, revision))  # type: ignore[arg-type]
    return editing


async def test_endless_contention_is_a_conflict(room: Room) -> None:
    """When others change the tenant at every try, the edit gives up and changes nothing."""
    await room.apply(FILE)
    tries: list[int] = []

    async def outrun(tenant_id: str) -> int:
        number = await revision(tenant_id)
        tries.append(number)
        await room.platform.bus.commit((revision_bump(tenant_id),))
        return number

    revision = room.platform.stores.tenants.revision
    editing = outrun_editing(room, outrun)
    with pytest.raises(Conflict):
        await editing.change(TENANT, described("a", description="x"), tell)
    assert len(tries) == MOST_TRIES
    assert (await read(room)).description == ""


class _Outrun:
    """The tenants' store, where somebody is always faster."""

    def __init__(self, store: Any, revision: Any) -> None:
        self._store = store
        self.revision = revision

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def test_refusal_changes_nothing(room: Room) -> None:
    """What an edit raises is raised, and nothing is written."""
    await room.apply(FILE)
    before = await room.platform.stores.tenants.revision(TENANT)

    def edit(state: TenantState) -> TenantState:
        raise NotFound("no such thing")

    with pytest.raises(NotFound):
        await editing_of(room).change(TENANT, edit, tell)
    assert await room.platform.stores.tenants.revision(TENANT) == before


async def test_unknown_tenant(room: Room) -> None:
    """A tenant that is not there cannot be changed."""
    with pytest.raises(NotFound):
        await editing_of(room).change("nobody", lambda state: state, tell)


async def test_second_of_a_kind_is_a_conflict(room: Room) -> None:
    """What the database allows only once is a conflict, and nothing changes."""
    await room.apply("resourceServers: [{name: A, identifier: 'https://a.test'}]")

    def edit(state: TenantState) -> TenantState:
        twins = tuple(msgspec.structs.replace(api, api_id="twin") for api in state.apis if not api.is_system)
        return replace(state, apis=(*state.apis, *twins))

    with pytest.raises(Conflict):
        await editing_of(room).change(TENANT, edit, tell)
    assert len(await room.platform.apis.all(TENANT)) == 2
