"""passport-auth0: a server-side web application on Passport in Express."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.clients.conftest import Seats
from tests.clients.tenant import ADA, SECRET
from tests.clients.visitor import Visitor
from tests.clients.web_apps import web_app
from tests.support.gatewright_dev import GatewrightDev

pytestmark = pytest.mark.library("passport-auth0", "Strategy")


@pytest.fixture(scope="module")
def app(server: GatewrightDev, seats: Seats) -> Iterator[str]:
    """The application."""
    client = {"CLIENT_ID": "passport", "CLIENT_SECRET": SECRET}
    environment = {**server.trust, "DOMAIN": server.domain, **client}
    with web_app("passport.mjs", seats.passport, environment) as base:
        yield base


def test_sign_in(app: str, visitor: Visitor) -> None:
    """/login leads to the hosted page, and the callback to a signed-in page with all three tokens."""
    answer = visitor.sign_in(f"{app}/login").json()
    assert answer["tokenType"] == "Bearer"
    assert (answer["hasAccessToken"], answer["hasIdToken"], answer["hasRefreshToken"]) == (True, True, True)
    assert visitor.json(app) == {"isAuthenticated": True}


def test_profile(app: str, visitor: Visitor) -> None:
    """The profile has Passport's own spelling, with the kind of connection as its provider."""
    profile = visitor.sign_in(f"{app}/login").json()["profile"]
    assert profile["id"] == "auth0|5f0000000000000000000001"
    assert profile["provider"] == "auth0"
    assert profile["displayName"] == "Ada Example"
    assert profile["emails"] == [{"value": ADA}]
    assert profile["nickname"] == "ada"


def test_profile_needs_a_sign_in(app: str, visitor: Visitor) -> None:
    """Nobody is signed in before they signed in."""
    assert visitor.visit(f"{app}/profile").status_code == 401


def test_logout(app: str, visitor: Visitor) -> None:
    """Logging out ends the session here and at the server, and comes back: the next sign-in asks."""
    visitor.sign_in(f"{app}/login")
    assert visitor.visit(f"{app}/logout").json() == {"isAuthenticated": False}
    assert visitor.visit(f"{app}/login").url.path == "/u/login"


def test_single_sign_on(app: str, visitor: Visitor) -> None:
    """Whoever has a session at the server is signed in without being asked."""
    visitor.sign_in(f"{app}/login")
    visitor.client.cookies.delete("connect.sid")
    assert visitor.visit(f"{app}/login").json()["profile"]["emails"] == [{"value": ADA}]


def test_refusal(app: str, visitor: Visitor) -> None:
    """A sign-in that is refused, as a silent one nobody can answer, fails in Passport's own way."""
    page = visitor.visit(f"{app}/login?prompt=none")
    assert urlsplit(visitor.location).path == "/refused"
    assert page.json() == {"isAuthenticated": False}


def test_foreign_state(app: str, visitor: Visitor) -> None:
    """A callback that this browser did not ask for signs nobody in."""
    visitor.visit(f"{app}/login")
    page = visitor.visit(f"{app}/callback?code=stolen&state=foreign")
    assert page.json() == {"isAuthenticated": False}
