"""One server and one application for all journeys; Chromium per module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.journeys.application import Application
from tests.journeys.person import Person
from tests.journeys.tenant import tenant_for
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
_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def application() -> Iterator[Application]:
    """The application that people come from and go back to."""
    with Application().serving() as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, application: Application) -> Iterator[GatewrightDev]:
    """The server that everybody meets."""
    with gatewright_dev(tmp_path_factory.mktemp("server"), tenant_for(application.origin)) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium. Of a module, because its driver keeps the event loop from other modules' tests."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def person(chromium: Browser, server: GatewrightDev, application: Application) -> Iterator[Person]:
    """Somebody with a fresh browser."""
    with Person(chromium, server, application) as made:
        yield made


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def anybody(
    request: pytest.FixtureRequest, chromium: Browser, server: GatewrightDev, application: Application
) -> Iterator[Person]:
    """Somebody with a fresh browser that runs scripts, and then somebody whose browser runs none."""
    with Person(chromium, server, application, java_script_enabled=request.param) as made:
        yield made


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of the accessibility checker."""
    return _AXE.read_text(encoding="utf-8")
