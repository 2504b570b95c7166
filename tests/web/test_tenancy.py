"""Host → tenant: configuration decides, the header only chooses."""

import pytest
from tests.support.world import ISSUER, World, text_of

from gatewright.tenants import Tenant

pytestmark = pytest.mark.anyio

METADATA = "/.well-known/openid-configuration"


async def issuer_at(world: World, **headers: str) -> str:
    response = await world.browser().get(METADATA, headers=headers)
    assert response.status_code == 200, response.text
    found: str = response.json()["issuer"]
    return found


async def test_known_host(world: World) -> None:
    """A host of a tenant is answered with the tenant's configured issuer."""
    assert await issuer_at(world) == ISSUER


async def test_host_in_capitals(world: World) -> None:
    """Hosts are compared without regard to case."""
    assert await issuer_at(world, host="ID.Example.TEST") == ISSUER


async def test_another_host_of_the_tenant(world: World) -> None:
    """A tenant answers on all its hosts, always with its one issuer."""
    tenant = Tenant(tenant_id="main", issuer=ISSUER, hosts=("id.example.test", "login.example.test:8443"))
    await world.platform.bus.commit(world.platform.stores.tenants.put(tenant))
    assert await issuer_at(world, host="login.example.test:8443") == ISSUER


@pytest.mark.parametrize(
    "host", ["evil.test", "id.example.test.evil.test", "id.example.test:8443", "", "\xff", "<b>", "a" * 5_000]
)
async def test_unknown_host(world: World, host: str) -> None:
    """A host nobody owns gets a page with the host seen, those known and what to change."""
    response = await world.browser().get(METADATA, headers=[(b"host", host.encode("latin-1"))])
    assert response.status_code == 421
    told = text_of(response)
    assert "id.example.test" in told
    assert "GATEWRIGHT_ISSUER" in told
    assert host[:20] in told


async def test_unknown_host_does_not_reflect_markup(world: World) -> None:
    """The host seen is text on the page."""
    response = await world.browser().get(METADATA, headers={"host": "<script>alert(1)</script>"})
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    "name", ["x-forwarded-host", "forwarded", "x-host", "x-original-host", "x-http-host-override"]
)
async def test_other_headers_choose_nothing(world: World, name: str) -> None:
    """No header but Host chooses a tenant."""
    assert await issuer_at(world, **{name: "evil.test"}) == ISSUER


async def test_removed_host(world: World) -> None:
    """A host that was taken from its tenant is unknown at once."""
    tenant = Tenant(tenant_id="main", issuer=ISSUER, hosts=("new.example.test",))
    await world.platform.bus.commit(world.platform.stores.tenants.put(tenant))
    assert (await world.browser().get(METADATA)).status_code == 421
    assert await issuer_at(world, host="new.example.test") == ISSUER


async def test_health_needs_no_tenant(world: World) -> None:
    """Health is answered on any host, for whoever balances load asks by address."""
    response = await world.browser().get("/healthz", headers={"host": "10.0.0.5:8443"})
    assert response.text == "ok\n"
