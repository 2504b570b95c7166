"""One server for all client libraries, the site of the browser applications, and Chromium."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import httpx
import pytest
from auth0.management import ManagementClient
from playwright.sync_api import Browser, Page, sync_playwright
from tests.clients.bundles import bundles
from tests.clients.driving import access
from tests.clients.site import Site, certificate
from tests.clients.spa import Spa
from tests.clients.tenant import Addresses, tenant_for
from tests.clients.visitor import Visitor
from tests.clients.web_apps import Seat, new_seat
from tests.support.gatewright_dev import GatewrightDev, gatewright_dev

_CHROMIUM = "/usr/bin/chromium"
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Sites:
    """Where the single-page applications are served."""

    own: Site
    plain: Site


@dataclass(frozen=True)
class Seats:
    """Where the Node applications listen."""

    express: Seat
    express_oidc_logout: Seat
    express_third: Seat
    openid_client: Seat
    passport: Seat
    api: Seat
    express_jwt_api: Seat


@pytest.fixture(scope="session")
def sites() -> Iterator[Sites]:
    """Addresses of the browser applications, reserved before the server starts: it has to know them."""
    # Made before a page asks: a site that cannot make them only hangs up.
    bundles()
    with Site("https") as own, Site("http") as plain:
        yield Sites(own, plain)


@pytest.fixture(scope="session")
def seats() -> Iterator[Seats]:
    """Addresses of the Node applications, reserved before the server starts: it has to know them."""
    made = [new_seat() for _ in fields(Seats)]
    yield Seats(*made)
    for seat in made:
        seat.listening.close()


@pytest.fixture(scope="session")
def addresses(sites: Sites, seats: Seats) -> Addresses:
    """What the tenant file has to know."""
    return Addresses(
        site=sites.own.origin,
        plain_site=sites.plain.origin,
        express=seats.express.base,
        express_oidc_logout=seats.express_oidc_logout.base,
        express_third=seats.express_third.base,
        openid_client=seats.openid_client.base,
        passport=seats.passport.base,
    )


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, addresses: Addresses) -> Iterator[GatewrightDev]:
    """The server that every library talks to."""
    with gatewright_dev(tmp_path_factory.mktemp("server"), tenant_for(addresses)) as running:
        yield running


@pytest.fixture(scope="session")
def site(sites: Sites, server: GatewrightDev) -> Iterator[str]:
    """The origin of the single-page applications: over TLS, so the server and they are one site."""
    with sites.own.serving(certificate(server.folder / "data")) as origin:
        yield origin


@pytest.fixture(scope="session")
def plain_site(sites: Sites) -> Iterator[str]:
    """The same over plain HTTP: another site than the server, whose cookies are a third party's there."""
    with sites.plain.serving() as origin:
        yield origin


@pytest.fixture
def visitor(server: GatewrightDev) -> Iterator[Visitor]:
    """A person with a fresh plain browser."""
    made = Visitor(server)
    with made.client:
        yield made


@pytest.fixture
def trusted(server: GatewrightDev, monkeypatch: pytest.MonkeyPatch) -> GatewrightDev:
    """The server, trusted by the HTTP libraries of this process."""
    for name, value in server.trust.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium. Of a module, because its driver keeps the event loop from other modules' tests."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a fresh profile."""
    context = chromium.new_context(ignore_https_errors=True, locale="en-GB")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def lenient_page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a profile that lets cookies of third parties through, which Debian's Chromium does not."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": 0}}))
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=_CHROMIUM, args=_FLAGS, ignore_https_errors=True
    )
    context.set_default_timeout(15_000)
    yield context.pages[0]
    context.close()


@pytest.fixture
def spa(page: Page, site: str, server: GatewrightDev) -> Spa:
    """The single-page application, opened."""
    return Spa(page, f"{site}/spa/", server.domain)


@pytest.fixture
def newest(trusted: GatewrightDev) -> Iterator[ManagementClient]:
    """The newest management client for Python."""
    found = access(trusted)
    with httpx.Client(verify=ssl.create_default_context(cafile=str(trusted.authority))) as connections:
        yield ManagementClient(
            domain=found["domain"],
            client_id=found["client_id"],
            client_secret=found["client_secret"],
            httpx_client=connections,
        )
