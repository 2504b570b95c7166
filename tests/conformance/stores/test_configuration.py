"""Stores of configuration: tenants, keys, clients, APIs, connections, roles. Cached, and changed at once."""

import asyncio

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.apis import Api, ApiScope, ClientGrant
from gatewright.clients import Client, ClientSecret
from gatewright.connections import Connection, DatabaseOptions
from gatewright.jose import SigningKey
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.roles import Permission, Role
from gatewright.storage.database import revision_bump
from gatewright.storage.stores import Stores
from gatewright.tenants import Tenant, TenantSettings

pytestmark = pytest.mark.anyio

ACME = Tenant(
    tenant_id=TENANT,
    issuer="https://id.example.test/",
    hosts=("id.example.test", "login.example.test:8443"),
    settings=TenantSettings(friendly_name="Ünïcode & Co", session_lifetime=1.5),
)
CLIENT = Client(
    client_id="abc",
    name="An App",
    callbacks=("https://app.example.test/cb",),
    secrets=(ClientSecret(fingerprint="f" * 64, sealed="sealed"),),
    client_metadata={"team": "blue"},
)
API = Api(api_id="a1", identifier="https://api.example.test", name="API", scopes=(ApiScope(value="read:x"),))


async def test_tenant_round_trip(place: Place) -> None:
    """A tenant comes back as it was stored, settings and all."""
    await place.run(*place.stores.tenants.put(ACME))
    assert await place.stores.tenants.get(TENANT) == ACME


async def test_tenant_is_found_by_each_of_its_hosts(place: Place) -> None:
    """Every listed host leads to the tenant, and no other does."""
    await place.run(*place.stores.tenants.put(ACME))
    found = [await place.stores.tenants.id_of_host(host) for host in (*ACME.hosts, "evil.example.test")]
    assert found == [TENANT, TENANT, None]


async def test_removed_host_leads_nowhere(place: Place) -> None:
    """A host taken off a tenant stops leading to it at once, though it was looked up before."""
    await place.run(*place.stores.tenants.put(ACME))
    assert await place.stores.tenants.id_of_host("login.example.test:8443") == TENANT
    await place.run(*place.stores.tenants.put(msgspec.structs.replace(ACME, hosts=("id.example.test",))))
    assert await place.stores.tenants.id_of_host("login.example.test:8443") is None


async def test_host_of_another_tenant_is_not_taken(place: Place) -> None:
    """Who writes a host that another tenant answers on writes nothing, until that one gives it up."""
    store, run = place.stores.tenants, place.run
    ours = Tenant(tenant_id="ours", issuer="https://ours.test/", hosts=("ours.test", "login.acme.test"))
    theirs = Tenant(tenant_id="theirs", issuer="https://theirs.test/", hosts=("login.acme.test",))
    await run(*store.put(ours))
    with pytest.raises(Unmatched):
        await run(*store.put(theirs))
    assert await store.id_of_host("login.acme.test") == "ours"
    assert await store.get("theirs") is None
    await run(*store.put(msgspec.structs.replace(ours, hosts=("ours.test",))))
    await run(*store.put(theirs))
    assert await store.id_of_host("login.acme.test") == "theirs"


async def test_two_tenants_cannot_share_an_issuer(place: Place) -> None:
    """The issuer is unique among tenants."""
    await place.run(*place.stores.tenants.put(ACME))
    twin = msgspec.structs.replace(ACME, tenant_id=OTHER, hosts=("other.example.test",))
    with pytest.raises(Duplicate):
        await place.run(*place.stores.tenants.put(twin))


async def test_client_round_trip(place: Place) -> None:
    """A client comes back as it was stored."""
    await place.run(place.stores.clients.put(TENANT, CLIENT))
    assert await place.stores.clients.get(TENANT, "abc") == CLIENT


async def test_client_of_another_tenant_is_not_found(place: Place) -> None:
    """The same id in another tenant is another client."""
    await place.run(place.stores.clients.put(OTHER, CLIENT))
    assert await place.stores.clients.get(TENANT, "abc") is None


async def test_change_is_seen_by_every_process_at_once(place: Place) -> None:
    """A cached client changes for a second process as soon as the change with its revision is committed."""
    second = place.another()
    await second.open()
    try:
        theirs = Stores.over(second)
        await place.run(place.stores.clients.put(TENANT, CLIENT), revision_bump(TENANT))
        await _until_equal(theirs, CLIENT)
        renamed = msgspec.structs.replace(CLIENT, name="Renamed")
        await place.run(place.stores.clients.put(TENANT, renamed), revision_bump(TENANT))
        await _until_equal(theirs, renamed)
        assert (await place.stores.clients.get(TENANT, "abc")) == renamed
    finally:
        await second.close()


async def test_own_change_since_a_revision_is_seen_at_once(place: Place) -> None:
    """Whoever changes what they read a moment ago sees the change in their very next look."""
    tenants, clients = place.stores.tenants, place.stores.clients
    await place.run(clients.put(TENANT, CLIENT), revision_bump(TENANT))
    async with asyncio.timeout(5):
        while place.database.revision(TENANT) is None:  # until then nothing is cached
            await asyncio.sleep(0.005)
    for number in range(20):
        assert await clients.get(TENANT, "abc") is not None
        renamed = msgspec.structs.replace(CLIENT, name=f"Name {number}")
        revision = await tenants.revision(TENANT)
        await place.run(clients.put(TENANT, renamed), tenants.touched_since(TENANT, revision))
        assert await clients.get(TENANT, "abc") == renamed


async def _until_equal(stores: Stores, wanted: Client) -> None:
    """PostgreSQL tells other processes by notification, which takes a moment."""
    async with asyncio.timeout(5):
        while await stores.clients.get(TENANT, "abc") != wanted:
            await asyncio.sleep(0.005)


async def test_clients_are_listed_by_name(place: Place) -> None:
    """The list of clients is in the order of their names."""
    for client_id, name in (("1", "Zebra"), ("2", "Ant"), ("3", "Mole")):
        await place.run(place.stores.clients.put(TENANT, Client(client_id=client_id, name=name)))
    assert [client.name for client in await place.stores.clients.all(TENANT)] == ["Ant", "Mole", "Zebra"]


async def test_deleting_what_is_not_there_aborts(place: Place) -> None:
    """Deleting an unknown client aborts its unit."""
    with pytest.raises(Unmatched):
        await place.run(place.stores.clients.delete(TENANT, "nobody"))


async def test_api_round_trip_by_identifier(place: Place) -> None:
    """An API is found by the identifier that an audience names."""
    await place.run(place.stores.apis.put(TENANT, API))
    assert await place.stores.apis.by_identifier(TENANT, API.identifier) == API


async def test_two_apis_cannot_share_an_identifier(place: Place) -> None:
    """The identifier is unique in a tenant."""
    await place.run(place.stores.apis.put(TENANT, API))
    with pytest.raises(Duplicate):
        await place.run(place.stores.apis.put(TENANT, msgspec.structs.replace(API, api_id="a2")))


async def test_client_grant_is_unique_per_client_and_api(place: Place) -> None:
    """A client has one grant for an API."""
    grant = ClientGrant(grant_id="g1", client_id="abc", audience=API.identifier, scope=("read:x",))
    await place.run(place.stores.apis.put_grant(TENANT, grant))
    assert await place.stores.apis.grant(TENANT, "abc", API.identifier) == grant
    with pytest.raises(Duplicate):
        await place.run(place.stores.apis.put_grant(TENANT, msgspec.structs.replace(grant, grant_id="g2")))


async def test_connections_come_back_with_their_options(place: Place) -> None:
    """A connection comes back with its options."""
    connection = Connection(
        connection_id="con_1",
        name="db",
        strategy="auth0",
        options=DatabaseOptions(password_policy="excellent"),
        enabled_clients=("abc",),
    )
    await place.run(place.stores.connections.put(TENANT, connection))
    assert await place.stores.connections.all(TENANT) == [connection]


async def test_role_assignment_and_withdrawal(place: Place) -> None:
    """A role given twice is held once, and gone once withdrawn."""
    permission = Permission(permission_name="read:x", resource_server_identifier=API.identifier)
    role = Role(role_id="rol_1", name="reader", permissions=(permission,))
    stores = place.stores.roles
    await place.run(stores.put(TENANT, role))
    await place.run(stores.assign(TENANT, "u", "rol_1"))
    await place.run(stores.assign(TENANT, "u", "rol_1"))
    assert await stores.held_by(TENANT, "u") == ["rol_1"]
    assert await stores.all(TENANT) == [role]
    await place.run(stores.withdraw(TENANT, "u", "rol_1"))
    assert await stores.held_by(TENANT, "u") == []


async def test_deleted_role_is_held_by_nobody(place: Place) -> None:
    """A role goes together with its assignments; other roles, and other tenants' holders, keep theirs."""
    stores = place.stores.roles
    for tenant_id, role_id in ((TENANT, "rol_1"), (TENANT, "rol_2"), (OTHER, "rol_1")):
        await place.run(stores.put(tenant_id, Role(role_id=role_id, name=role_id)))
        for user_id in ("u", "v", "w"):
            await place.run(stores.assign(tenant_id, user_id, role_id))
    assert await place.run(*stores.delete(TENANT, "rol_1")) == (1, 3, 0)
    for user_id in ("u", "v", "w"):
        assert await stores.held_by(TENANT, user_id) == ["rol_2"]
        assert await stores.held_by(OTHER, user_id) == ["rol_1"]


async def test_role_deleted_twice_leaves_the_unit_undone(place: Place) -> None:
    """Of two deletions of one role the later one changes nothing, its assignments included."""
    stores = place.stores.roles
    await place.run(stores.assign(TENANT, "u", "rol_1"))
    with pytest.raises(Unmatched):
        await place.run(*stores.delete(TENANT, "rol_1"))
    assert await stores.held_by(TENANT, "u") == ["rol_1"]


async def test_key_ring_keeps_the_order_of_birth(place: Place) -> None:
    """Keys come back oldest first, each as it was stored."""
    keys = [
        SigningKey(
            kid=kid,
            alg="RS256",
            status=status,
            sealed_private="sealed",
            public_jwk={"kty": "RSA", "kid": kid, "x5c": ["cert"]},
            certificate="pem",
            created_at=born,
        )
        for kid, status, born in (("new", "next", 20), ("old", "current", 10))
    ]
    for key in keys:
        await place.run(place.stores.signing_keys.put(TENANT, key))
    ring = await place.stores.signing_keys.ring(TENANT)
    assert [key.kid for key in ring.keys] == ["old", "new"]
    assert ring.current("RS256") == keys[1]


async def test_revision_moves_with_every_change(place: Place) -> None:
    """The revision is 0 before any configuration, and another after each change of it."""
    seen = [await place.stores.tenants.revision(TENANT)]
    await place.run(*place.stores.tenants.put(ACME))
    seen.append(await place.stores.tenants.revision(TENANT))
    await place.run(place.stores.tenants.touched(TENANT))
    seen.append(await place.stores.tenants.revision(TENANT))
    assert seen[0] == 0
    assert len(set(seen)) == 3
    assert await place.stores.tenants.revision(OTHER) == 0


async def test_change_thought_out_in_time_is_made(place: Place) -> None:
    """A unit that holds for the revision it was thought out at is made, and caches learn of it."""
    await place.run(place.stores.clients.put(TENANT, CLIENT), *place.stores.tenants.put(ACME))
    assert await place.stores.clients.get(TENANT, "abc") == CLIENT
    revision = await place.stores.tenants.revision(TENANT)
    renamed = msgspec.structs.replace(CLIENT, name="Renamed")
    turn = place.stores.tenants.touched_since(TENANT, revision)
    await place.run(turn, place.stores.clients.put(TENANT, renamed))
    assert await place.stores.tenants.revision(TENANT) != revision
    assert await place.stores.clients.get(TENANT, "abc") == renamed


async def test_change_thought_out_too_early_is_not_made(place: Place) -> None:
    """A unit for a revision that is over changes nothing at all; neither does one of another tenant."""
    await place.run(*place.stores.tenants.put(ACME))
    revision = await place.stores.tenants.revision(TENANT)
    await place.run(place.stores.tenants.touched(TENANT))
    for tenant_id in (TENANT, OTHER):
        turn = place.stores.tenants.touched_since(tenant_id, revision)
        with pytest.raises(Unmatched) as refused:
            await place.run(turn, place.stores.clients.put(TENANT, CLIENT))
        assert refused.value.position == 0
    assert await place.stores.clients.get(TENANT, "abc") is None


async def test_of_many_at_once_one_is_in_time(place: Place) -> None:
    """Of many units thought out at the same revision exactly one is made."""
    await place.run(*place.stores.tenants.put(ACME))
    revision = await place.stores.tenants.revision(TENANT)

    async def change(number: int) -> bool:
        client = msgspec.structs.replace(CLIENT, client_id=f"c{number}")
        turn = place.stores.tenants.touched_since(TENANT, revision)
        try:
            await place.run(turn, place.stores.clients.put(TENANT, client))
        except Unmatched:
            return False
        return True

    assert sum(await asyncio.gather(*map(change, range(10)))) == 1
    assert len(await place.stores.clients.all(TENANT)) == 1
