"""express-openid-connect: a server-side web application in Express."""

from collections.abc import Iterator

import pytest
from tests.clients.conftest import Seats
from tests.clients.tenant import ADA, SECRET
from tests.clients.visitor import Visitor
from tests.clients.web_apps import Seat, web_app
from tests.support.gatewright_dev import GatewrightDev

pytestmark = pytest.mark.library(
    "express-openid-connect", "auth", "requiresAuth", "fetchUserInfo", "accessToken.refresh"
)


def environment(server: GatewrightDev, client_id: str, *, auth0_logout: bool) -> dict[str, str]:
    return {
        **server.trust,
        "ISSUER": server.issuer,
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": SECRET,
        "AUTH0_LOGOUT": "yes" if auth0_logout else "no",
    }


def running(seat: Seat, server: GatewrightDev, client_id: str, *, auth0_logout: bool) -> Iterator[str]:
    with web_app("express.mjs", seat, environment(server, client_id, auth0_logout=auth0_logout)) as base:
        yield base


@pytest.fixture(scope="module")
def app(server: GatewrightDev, seats: Seats) -> Iterator[str]:
    """The application, signing out at /v2/logout."""
    yield from running(seats.express, server, "express", auth0_logout=True)


@pytest.fixture(scope="module")
def oidc_logout_app(server: GatewrightDev, seats: Seats) -> Iterator[str]:
    """The same application, signing out at the end_session_endpoint of discovery."""
    yield from running(seats.express_oidc_logout, server, "express_oidc_logout", auth0_logout=False)


def test_sign_in(app: str, visitor: Visitor) -> None:
    """/login leads to the hosted page, the callback to a signed-in home page."""
    page = visitor.sign_in(f"{app}/login")
    assert page.json() == {"isAuthenticated": True}
    assert visitor.location == app


def test_a_protected_page_is_returned_to(app: str, visitor: Visitor) -> None:
    """A page that requires authentication is shown after sign-in, with the profile in req.oidc.user."""
    answer = visitor.sign_in(f"{app}/profile").json()
    assert answer["user"]["name"] == "Ada Example"
    assert answer["user"]["email"] == ADA
    assert answer["user"]["email_verified"] is True


def test_the_session_is_told(app: str, visitor: Visitor) -> None:
    """The id_token carries ``sid``, by which the library recognises sessions to end."""
    assert visitor.sign_in(f"{app}/profile").json()["claims"]["sid"]


def test_userinfo(app: str, visitor: Visitor) -> None:
    """req.oidc.fetchUserInfo() agrees with req.oidc.user."""
    user = visitor.sign_in(f"{app}/profile").json()["user"]
    answer = visitor.json(f"{app}/userinfo")
    assert (answer["sub"], answer["email"]) == (user["sub"], ADA)


def test_refresh(app: str, visitor: Visitor) -> None:
    """accessToken.refresh() works with the refresh token of offline_access, time and again."""
    visitor.sign_in(f"{app}/login")
    for _ in range(3):
        assert visitor.json(f"{app}/refresh") == {"tokenType": "Bearer", "isReplaced": True}
    assert visitor.json(f"{app}/userinfo")["email"] == ADA


def test_single_sign_on(app: str, oidc_logout_app: str, visitor: Visitor) -> None:
    """Who is signed in to one application is signed in to the other without being asked."""
    visitor.sign_in(f"{app}/login")
    assert visitor.json(f"{oidc_logout_app}/profile")["user"]["email"] == ADA


def test_logout_by_the_wires_endpoint(app: str, visitor: Visitor) -> None:
    """With auth0Logout, /logout ends both sessions and comes back: the next sign-in asks."""
    visitor.sign_in(f"{app}/login")
    page = visitor.visit(f"{app}/logout")
    assert page.json() == {"isAuthenticated": False}
    assert visitor.visit(f"{app}/login").url.path == "/u/login"


def test_logout_by_discovery(oidc_logout_app: str, visitor: Visitor) -> None:
    """Without auth0Logout, /logout goes to the end_session_endpoint, is not asked about, and comes back."""
    visitor.sign_in(f"{oidc_logout_app}/login")
    page = visitor.visit(f"{oidc_logout_app}/logout")
    assert page.json() == {"isAuthenticated": False}
    assert visitor.visit(f"{oidc_logout_app}/login").url.path == "/u/login"


def test_silent_sign_in_without_a_session(app: str, visitor: Visitor) -> None:
    """A silent sign-in nobody can answer reaches the error handler as login_required."""
    page = visitor.visit(f"{app}/silent")
    assert page.status_code == 400
    assert page.json()["error"] == "login_required"


def test_a_callback_without_its_sign_in(app: str, visitor: Visitor) -> None:
    """A callback that this browser did not ask for is refused by the library, and signs nobody in."""
    visitor.sign_in(f"{app}/login")
    callback = f"{app}/callback?code=stolen&state=foreign"
    stranger = Visitor(visitor.server)
    with stranger.client:
        assert stranger.visit(callback).status_code == 400
        assert stranger.json(app) == {"isAuthenticated": False}


def test_a_wrong_secret(server: GatewrightDev, seats: Seats, visitor: Visitor) -> None:
    """An application with a wrong secret learns of our 401 and its challenge, and signs nobody in."""
    wrong = {**environment(server, "express_third", auth0_logout=False), "CLIENT_SECRET": "not-the-secret"}
    with web_app("express.mjs", seats.express_third, wrong) as base:
        page = visitor.sign_in(f"{base}/login")
        assert visitor.json(base) == {"isAuthenticated": False}
    assert page.status_code == 400
    assert page.json()["error"] == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"
