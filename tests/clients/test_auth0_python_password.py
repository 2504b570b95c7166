"""auth0-python's ``GetToken.login``: a password becomes tokens, by realm and by default directory."""

from typing import Any

import pytest
from auth0.authentication import GetToken, Users
from auth0.authentication.exceptions import Auth0Error, RateLimitError
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from tests.clients.tenant import ADA, CONNECTION, PASSWORD, SECRET, TIMESHEETS
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = pytest.mark.library("auth0-python 4", "GetToken.login", "GetToken.refresh_token")

CLIENT = "auth0_python_password"
SCOPE = "openid profile email offline_access"
MOST_WRONG_PASSWORDS = 30

# How each of the two grants is asked for.
WAYS = [{"realm": CONNECTION}, {"grant_type": "password"}]
NAMES = ["realm", "directory"]


@pytest.fixture
def get_token(trusted: GatewrightDev) -> GetToken:
    """The client of an application that asks for passwords itself."""
    return GetToken(trusted.domain, CLIENT, client_secret=SECRET)


@pytest.fixture(params=WAYS, ids=NAMES)
def way(request: pytest.FixtureRequest) -> dict[str, str]:
    """Either grant."""
    found: dict[str, str] = request.param
    return found


def test_login(get_token: GetToken, way: dict[str, str], trusted: GatewrightDev) -> None:
    """login() returns all three tokens, and TokenVerifier accepts the id_token."""
    found: dict[str, Any] = get_token.login(ADA, PASSWORD, scope=SCOPE, **way)
    keys = AsymmetricSignatureVerifier(f"{trusted.issuer}.well-known/jwks.json")
    TokenVerifier(signature_verifier=keys, issuer=trusted.issuer, audience=CLIENT).verify(found["id_token"])
    assert claims_of(found["id_token"])["email"] == ADA
    assert Users(trusted.domain).userinfo(found["access_token"])["email"] == ADA
    assert found["refresh_token"]


def test_login_for_an_api(get_token: GetToken, way: dict[str, str]) -> None:
    """login() with an audience gets a token for that API with the scopes asked for."""
    found = get_token.login(ADA, PASSWORD, scope="read:timesheets", audience=TIMESHEETS, **way)
    claims = claims_of(found["access_token"])
    assert (claims["aud"], claims["scope"], claims["gty"]) == (TIMESHEETS, "read:timesheets", "password")


def test_refresh(get_token: GetToken, way: dict[str, str]) -> None:
    """refresh_token() goes on from what login() gave."""
    first = get_token.login(ADA, PASSWORD, scope=SCOPE, **way)
    found = get_token.refresh_token(first["refresh_token"])
    assert found["refresh_token"] != first["refresh_token"]
    assert claims_of(found["id_token"])["email"] == ADA


def test_login_without_realm(get_token: GetToken) -> None:
    """login() as it is called in the shortest way asks the client's one database."""
    assert "access_token" in get_token.login(ADA, PASSWORD)


def test_wrong_password(get_token: GetToken, way: dict[str, str]) -> None:
    """A wrong password raises invalid_grant with the wire's words."""
    with pytest.raises(Auth0Error) as refused:
        get_token.login("nobody@example.test", "wrong", **way)
    assert refused.value.error_code == "invalid_grant"
    assert refused.value.message == "Wrong email or password."


def test_grant_that_is_not_listed(trusted: GatewrightDev, way: dict[str, str]) -> None:
    """A client that does not list the grant raises unauthorized_client."""
    with pytest.raises(Auth0Error) as refused:
        GetToken(trusted.domain, "auth0_python", client_secret=SECRET).login(ADA, PASSWORD, **way)
    assert refused.value.error_code == "unauthorized_client"


def test_too_many_wrong_passwords(get_token: GetToken, way: dict[str, str]) -> None:
    """Guessing passwords ends in RateLimitError, which knows when the next attempt is allowed."""
    refusals: list[Auth0Error] = []
    while len(refusals) < MOST_WRONG_PASSWORDS and not any(isinstance(r, RateLimitError) for r in refusals):
        with pytest.raises(Auth0Error) as refused:
            get_token.login("guessed@example.test", "a-guess", **way)
        refusals.append(refused.value)
    limited = refusals[-1]
    assert isinstance(limited, RateLimitError)
    assert limited.error_code == "too_many_attempts"
    assert limited.reset_at > 0
