"""openid-client 6: discovery, code flow, refresh, userinfo, introspection, revocation, logout."""

from collections.abc import Iterator

import pytest
from tests.clients.conftest import Seats
from tests.clients.tenant import ADA, SECRET, TIMESHEETS, UNKNOWN_API
from tests.clients.visitor import Visitor
from tests.clients.web_apps import web_app
from tests.support.gatewright_dev import GatewrightDev

pytestmark = pytest.mark.library(
    "openid-client",
    "discovery",
    "authorizationCodeGrant",
    "refreshTokenGrant",
    "clientCredentialsGrant",
    "fetchUserInfo",
    "tokenIntrospection",
    "tokenRevocation",
    "buildEndSessionUrl",
)


@pytest.fixture(scope="module")
def app(server: GatewrightDev, seats: Seats) -> Iterator[str]:
    """The application, which knows nothing of the server but its issuer."""
    environment = {
        **server.trust,
        "ISSUER": server.issuer,
        "CLIENT_ID": "openid_client",
        "CLIENT_SECRET": SECRET,
        "AUDIENCE": TIMESHEETS,
    }
    with web_app("openid_client.mjs", seats.openid_client, environment) as base:
        yield base


def test_code_flow(app: str, visitor: Visitor, server: GatewrightDev) -> None:
    """authorizationCodeGrant() accepts code, PKCE, state, nonce, iss and the id_token."""
    answer = visitor.sign_in(f"{app}/login").json()
    assert answer["claims"]["iss"] == server.issuer
    assert answer["claims"]["aud"] == "openid_client"
    assert answer["claims"]["email"] == ADA
    assert answer["scope"] == "openid profile email offline_access read:timesheets"


def test_max_age_is_answered_with_auth_time(app: str, visitor: Visitor) -> None:
    """max_age brings auth_time into the id_token."""
    answer = visitor.sign_in(f"{app}/login?max_age=3600").json()
    assert isinstance(answer["claims"]["auth_time"], int)


def test_userinfo(app: str, visitor: Visitor) -> None:
    """fetchUserInfo() accepts the answer: its sub is that of the id_token."""
    claims = visitor.sign_in(f"{app}/login").json()["claims"]
    answer = visitor.json(f"{app}/userinfo")
    assert (answer["sub"], answer["email"]) == (claims["sub"], ADA)


def test_refresh(app: str, visitor: Visitor) -> None:
    """refreshTokenGrant() gets a valid id_token of the same person and the next refresh token."""
    claims = visitor.sign_in(f"{app}/login").json()["claims"]
    answer = visitor.json(f"{app}/refresh")
    assert answer["isReplaced"] is True
    assert answer["claims"]["sub"] == claims["sub"]


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
def test_introspection(app: str, visitor: Visitor, token: str) -> None:
    """tokenIntrospection() tells that a token is active, and whose it is."""
    claims = visitor.sign_in(f"{app}/login").json()["claims"]
    answer = visitor.json(f"{app}/introspect?token={token}")
    assert answer["active"] is True
    assert (answer["sub"], answer["client_id"]) == (claims["sub"], "openid_client")


def test_revocation(app: str, visitor: Visitor) -> None:
    """After tokenRevocation() of the refresh token, refreshing raises invalid_grant."""
    visitor.sign_in(f"{app}/login")
    assert visitor.json(f"{app}/revoke?token=refresh_token") == {"isRevoked": True}
    assert visitor.json(f"{app}/introspect?token=refresh_token") == {"active": False}
    refused = visitor.visit(f"{app}/refresh").json()
    assert refused["code"] == "OAUTH_RESPONSE_BODY_ERROR"
    assert (refused["error"], refused["status"]) == ("invalid_grant", 400)


def test_revocation_reaches_the_access_token(app: str, visitor: Visitor) -> None:
    """Revoking the refresh token ends the access token that came with it."""
    visitor.sign_in(f"{app}/login")
    visitor.json(f"{app}/revoke?token=refresh_token")
    assert visitor.json(f"{app}/introspect?token=access_token") == {"active": False}


def test_client_credentials(app: str, visitor: Visitor) -> None:
    """clientCredentialsGrant() gets what the client grant allows."""
    answer = visitor.json(f"{app}/machine")
    assert answer["scope"] == "read:timesheets"
    assert isinstance(answer["expires_in"], int)


def test_logout(app: str, visitor: Visitor) -> None:
    """buildEndSessionUrl() ends the session, comes back with its state, and the next sign-in asks."""
    visitor.sign_in(f"{app}/login")
    assert visitor.visit(f"{app}/logout").json() == {"query": {"state": "goodbye"}}
    assert visitor.visit(f"{app}/login").url.path == "/u/login"


def test_silent_sign_in_without_a_session(app: str, visitor: Visitor) -> None:
    """prompt=none without a session raises an authorization response error: login_required."""
    refused = visitor.visit(f"{app}/login?prompt=none").json()
    assert refused["code"] == "OAUTH_AUTHORIZATION_RESPONSE_ERROR"
    assert refused["error"] == "login_required"


def test_an_unknown_audience(app: str, visitor: Visitor) -> None:
    """An audience nobody registered raises access_denied, and the description names it."""
    refused = visitor.visit(f"{app}/login?audience={UNKNOWN_API}").json()
    assert refused["error"] == "access_denied"
    assert UNKNOWN_API in refused["error_description"]


def test_a_wrong_secret(app: str, visitor: Visitor) -> None:
    """A wrong secret raises invalid_client with the challenge of the 401."""
    refused = visitor.visit(f"{app}/wrong-secret").json()
    assert refused["code"] in ("OAUTH_RESPONSE_BODY_ERROR", "OAUTH_WWW_AUTHENTICATE_CHALLENGE")
    assert refused["status"] == 401
