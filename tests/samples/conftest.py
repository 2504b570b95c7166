"""One server and the samples for all tests in this folder, and Chromium."""

import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from tests.samples.program import SAMPLES, Ports, sample
from tests.samples.tenant import demo_tenant
from tests.support.gatewright_dev import GatewrightDev, gatewright_dev
from tests.support.ports import free_port

sys.path.append(str(SAMPLES))  # for the tests that talk to a sample in this process

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
_PATIENCE = 15_000  # milliseconds

expect.set_options(timeout=_PATIENCE)


@pytest.fixture(scope="session")
def ports() -> Ports:
    return Ports(*(free_port() for _ in fields(Ports)))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, ports: Ports) -> Iterator[GatewrightDev]:
    """A server with the demo tenant."""
    with gatewright_dev(tmp_path_factory.mktemp("samples"), demo_tenant(ports)) as running:
        yield running


@pytest.fixture(scope="session")
def web_app_settings(server: GatewrightDev, ports: Ports) -> dict[str, str]:
    """The environment of the web application."""
    return {**server.trust, "ISSUER_BASE_URL": server.issuer, "PORT": str(ports.web_app)}


@pytest.fixture(scope="session")
def web_app(web_app_settings: dict[str, str]) -> Iterator[str]:
    """The address of the web application."""
    with sample("web_app", web_app_settings) as address:
        yield address


@pytest.fixture(scope="session")
def timesheets(server: GatewrightDev, ports: Ports) -> Iterator[str]:
    """The address of the single-page application; its API runs, too."""
    where = {"PORT": str(ports.spa), "API_PORT": str(ports.api)}
    with sample("timesheets", {**server.trust, **where, "ISSUER_BASE_URL": server.issuer}) as address:
        yield address


@pytest.fixture(scope="session")
def timesheets_api(timesheets: str, ports: Ports) -> str:
    """The address of the Timesheets API, without a slash at its end."""
    return f"http://localhost:{ports.api}"


@pytest.fixture(scope="session")
def timesheets_implicit(server: GatewrightDev, ports: Ports) -> Iterator[str]:
    """The address of the same page on the implicit grant; an API of its own runs, too."""
    where = {"PORT": str(ports.implicit), "API_PORT": str(ports.implicit_api)}
    with sample(
        "timesheets_implicit", {**server.trust, **where, "ISSUER_BASE_URL": server.issuer}
    ) as address:
        yield address


@pytest.fixture(scope="session")
def angular(server: GatewrightDev, ports: Ports) -> Iterator[str]:
    """The address of the AngularJS application; its API runs, too."""
    where = {"PORT": str(ports.angular), "API_PORT": str(ports.angular_api)}
    with sample("angular", {**where, "ISSUER_BASE_URL": server.issuer}) as address:
        yield address


@pytest.fixture(scope="session")
def angular_api(angular: str, ports: Ports) -> str:
    """The address of the API of the AngularJS application, without a slash at its end."""
    return f"http://localhost:{ports.angular_api}"


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """Of a module, because it keeps the event loop from other modules' tests."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile, which keeps cookies from frames in pages of other sites."""
    context = chromium.new_context(ignore_https_errors=True, locale="en-GB")
    context.set_default_timeout(_PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(profile: BrowserContext) -> Page:
    return profile.new_page()


@pytest.fixture
def lenient_page(driver: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A page in a profile that lets frames have their cookies."""
    preferences = tmp_path / "profile" / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": 0}}))
    context = driver.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=_CHROMIUM, args=_FLAGS, ignore_https_errors=True, locale="en-GB"
    )
    context.set_default_timeout(_PATIENCE)
    yield context.new_page()
    context.close()
