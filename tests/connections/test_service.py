"""Which connection a client's people come from."""

import msgspec
import pytest
from tests.support.world import CONNECTION, World

from gatewright.connections import STRATEGIES, Connection

pytestmark = pytest.mark.anyio


async def put(world: World, name: str, *clients: str, strategy: str = "auth0") -> None:
    connection = Connection(
        connection_id=f"con_{name}", name=name, strategy=strategy, enabled_clients=clients
    )
    await world.commit(world.platform.stores.connections.put(world.tenant_id, connection))


async def found(world: World, *, wanted: str = "", default: str = "", client: str = "web") -> str | None:
    connection = await world.platform.connections.database_of_client(
        world.tenant_id, client, wanted=wanted, default=default
    )
    return connection.name if connection else None


async def test_only_connection_is_taken(world: World) -> None:
    """A client with one database uses it."""
    assert await found(world) == CONNECTION


async def test_tenant_s_default_goes_first(world: World) -> None:
    """Of several, the tenant's default directory is taken; without one the first by name."""
    await put(world, "Another", "web")
    assert await found(world) == "Another"
    assert await found(world, default=CONNECTION) == CONNECTION
    assert await found(world, default="no such") == "Another"


async def test_wish_beats_the_default(world: World) -> None:
    """A connection asked for by name is taken, whatever the default."""
    await put(world, "Another", "web")
    assert await found(world, wanted="Another", default=CONNECTION) == "Another"


@pytest.mark.parametrize("wanted", ["Closed", "no such", "another"])
async def test_wish_is_granted_or_nothing(world: World, wanted: str) -> None:
    """A connection that is not there, not enabled for the client, or spelt otherwise is not replaced."""
    await put(world, "Closed", "spa")
    await put(world, "Another", "web")
    assert await found(world, wanted=wanted, default=CONNECTION) is None


async def test_client_without_connections_has_none(world: World) -> None:
    """A client that no connection lists gets none."""
    assert await found(world, client="nobody") is None


async def test_disabling_takes_effect_at_once(world: World) -> None:
    """CVE-2025-64717: a connection that is taken from a client serves it no longer."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    assert await world.platform.connections.serves(world.tenant_id, CONNECTION, "web")
    closed = msgspec.structs.replace(connection, enabled_clients=("spa",))
    await world.commit(world.platform.stores.connections.put(world.tenant_id, closed))
    assert not await world.platform.connections.serves(world.tenant_id, CONNECTION, "web")
    assert await found(world) is None


async def test_connections_of_another_tenant_are_not_there(world: World) -> None:
    """A connection is known in its own tenant alone."""
    assert await world.platform.connections.by_name("other", CONNECTION) is None


def test_every_strategy_is_described() -> None:
    """Each strategy in the list has words for it."""
    assert all(STRATEGIES.values())
