"""Tenants: their addresses, names and looks."""

import pytest
from tests.support.world import ISSUER, World

from gatewright.kernel.errors import Invalid, NotFound
from gatewright.tenants import Tenant
from gatewright.tenants.branding import Branding, BrandingColors

pytestmark = pytest.mark.anyio


def tenant(issuer: str = "https://id.example.test:8443/") -> Tenant:
    return Tenant(tenant_id="t", issuer=issuer, hosts=("id.example.test:8443",))


@pytest.mark.parametrize("path", ["u/login", "/u/login"])
def test_addresses_begin_with_the_issuer(path: str) -> None:
    """An address of a tenant is its issuer and the path, with one slash between."""
    assert tenant().url(path) == "https://id.example.test:8443/u/login"


def test_audiences_of_its_own() -> None:
    """The tenant's own audiences hang on its issuer."""
    assert tenant().userinfo_audience == "https://id.example.test:8443/userinfo"
    assert tenant().management_audience == "https://id.example.test:8443/api/v2/"


@pytest.mark.parametrize(("issuer", "secure"), [("https://a.test/", True), ("http://localhost:1/", False)])
def test_scheme_decides_about_cookies(issuer: str, secure: bool) -> None:
    """Cookies are Secure if and only if the issuer is https."""
    assert tenant(issuer).is_https is secure


def test_tenant_without_a_name_is_called_by_its_id() -> None:
    """The friendly name is shown, or the id where there is none."""
    assert tenant().name == "t"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"colors": BrandingColors(primary="red")}, "branding.colors.primary"),
        ({"colors": BrandingColors(page_background="#12345")}, "branding.colors.page_background"),
        ({"logo_url": "http://cdn.example.test/x.png"}, "branding.logo_url"),
        ({"favicon_url": "javascript:alert(1)"}, "branding.favicon_url"),
    ],
)
def test_looks_are_checked(fields: dict[str, object], path: str) -> None:
    """A colour that is not hexadecimal or a picture that is not https is refused with its path."""
    with pytest.raises(Invalid) as refusal:
        Branding(**fields).check("branding")  # type: ignore[arg-type]
    assert refusal.value.path == path


def test_good_looks_pass() -> None:
    """Hexadecimal colours, https pictures and nothing at all are fine."""
    colours = BrandingColors(primary="#Abc", page_background="#a1b2c3")
    Branding(logo_url="https://a.test/l.svg", favicon_url="data:image/png;base64,x", colors=colours).check(
        "b"
    )
    Branding().check("b")


async def test_host_chooses_the_tenant(world: World) -> None:
    """A tenant is found by any of its hosts; every host is known."""
    other = Tenant(tenant_id="two", issuer="https://two.test/", hosts=("two.test", "two.example.test"))
    await world.platform.bus.commit(world.platform.stores.tenants.put(other))
    for host in other.hosts:
        found = await world.platform.tenants.by_host(host)
        assert found is not None
        assert found.tenant_id == "two"
    assert await world.platform.tenants.by_host("elsewhere.test") is None
    assert set(await world.platform.tenants.known_hosts()) == {
        "two.test",
        "two.example.test",
        "id.example.test",
    }


async def test_unknown_tenant_is_not_found(world: World) -> None:
    """A tenant that is not there is NotFound."""
    with pytest.raises(NotFound):
        await world.platform.tenants.get("nobody")
    assert (await world.platform.tenants.get("main")).issuer == ISSUER
