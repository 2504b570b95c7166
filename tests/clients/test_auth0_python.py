"""auth0-python's authentication client: tokens by JSON bodies, userinfo, revocation, and its errors."""

from typing import Any
from urllib.parse import urlencode

import pytest
from auth0.authentication import GetToken, RevokeToken, Users
from auth0.authentication.exceptions import Auth0Error, RateLimitError
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from tests.clients.tenant import ADA, FAR_CALLBACK, SECRET, TIMESHEETS, UNKNOWN_API
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of, pkce_pair

pytestmark = pytest.mark.library(
    "auth0-python 4",
    "GetToken.authorization_code",
    "GetToken.authorization_code_pkce",
    "GetToken.refresh_token",
    "GetToken.client_credentials",
    "Users.userinfo",
    "RevokeToken.revoke_refresh_token",
)

SCOPE = "openid profile email offline_access"
MOST_WRONG_SECRETS = 30


@pytest.fixture
def get_token(trusted: GatewrightDev) -> GetToken:
    """The client of a web application."""
    return GetToken(trusted.domain, "auth0_python", client_secret=SECRET)


def code_for(visitor: Visitor, server: GatewrightDev, client_id: str, **parameters: str) -> str:
    """A code that a person's sign-in gave."""
    asked = {
        "client_id": client_id,
        "redirect_uri": FAR_CALLBACK,
        "response_type": "code",
        "scope": SCOPE,
        **parameters,
    }
    visitor.sign_in(f"{server.issuer}authorize?{urlencode(asked)}")
    return visitor.answer()["code"]


@pytest.fixture
def tokens(get_token: GetToken, visitor: Visitor, trusted: GatewrightDev) -> dict[str, Any]:
    """What authorization_code() returns after a sign-in."""
    code = code_for(visitor, trusted, "auth0_python", nonce="n-1")
    found: dict[str, Any] = get_token.authorization_code(code, FAR_CALLBACK)
    return found


def test_authorization_code(tokens: dict[str, Any]) -> None:
    """authorization_code() returns all three tokens."""
    assert tokens["token_type"] == "Bearer"
    assert isinstance(tokens["expires_in"], int)
    assert {"access_token", "id_token", "refresh_token"} <= tokens.keys()


def test_id_token_is_verified(tokens: dict[str, Any], trusted: GatewrightDev) -> None:
    """TokenVerifier accepts the id_token by the keys we publish."""
    keys = AsymmetricSignatureVerifier(f"{trusted.issuer}.well-known/jwks.json")
    verifier = TokenVerifier(signature_verifier=keys, issuer=trusted.issuer, audience="auth0_python")
    verifier.verify(tokens["id_token"], nonce="n-1")
    assert claims_of(tokens["id_token"])["email"] == ADA


def test_authorization_code_with_pkce(visitor: Visitor, trusted: GatewrightDev) -> None:
    """authorization_code_pkce() gives a client without a secret its tokens."""
    verifier, challenge = pkce_pair()
    code = code_for(visitor, trusted, "native", code_challenge=challenge, code_challenge_method="S256")
    found = GetToken(trusted.domain, "native").authorization_code_pkce(verifier, code, FAR_CALLBACK)
    assert claims_of(found["id_token"])["aud"] == "native"


def test_refresh(tokens: dict[str, Any], get_token: GetToken) -> None:
    """refresh_token() returns a new access token and the next refresh token."""
    found = get_token.refresh_token(tokens["refresh_token"])
    assert found["access_token"] != tokens["access_token"]
    assert found["refresh_token"] != tokens["refresh_token"]


def test_refresh_with_fewer_scopes(tokens: dict[str, Any], get_token: GetToken) -> None:
    """refresh_token() with a scope gets that scope and no more."""
    found = get_token.refresh_token(tokens["refresh_token"], scope="openid email")
    assert found["scope"] == "openid email"


def test_client_credentials(trusted: GatewrightDev) -> None:
    """client_credentials() gives a machine a token for the API it has a client grant for."""
    found = GetToken(trusted.domain, "nightly", client_secret=SECRET).client_credentials(TIMESHEETS)
    claims = claims_of(found["access_token"])
    assert (claims["sub"], claims["gty"], claims["aud"]) == (
        "nightly@clients",
        "client-credentials",
        TIMESHEETS,
    )
    assert "refresh_token" not in found


def test_userinfo(tokens: dict[str, Any], trusted: GatewrightDev) -> None:
    """Users.userinfo() tells who the access token speaks for."""
    answer = Users(trusted.domain).userinfo(tokens["access_token"])
    assert answer["sub"] == claims_of(tokens["id_token"])["sub"]
    assert answer["email"] == ADA


def test_revocation(tokens: dict[str, Any], get_token: GetToken, trusted: GatewrightDev) -> None:
    """RevokeToken ends a refresh token, and refresh_token() then raises invalid_grant."""
    revoke = RevokeToken(trusted.domain, "auth0_python", client_secret=SECRET)
    revoke.revoke_refresh_token(tokens["refresh_token"])
    with pytest.raises(Auth0Error) as refused:
        get_token.refresh_token(tokens["refresh_token"])
    assert refused.value.error_code == "invalid_grant"
    assert refused.value.message == "Unknown or invalid refresh token."


def test_userinfo_with_a_foreign_token(trusted: GatewrightDev) -> None:
    """A token we never issued raises 401 invalid_token."""
    with pytest.raises(Auth0Error) as refused:
        Users(trusted.domain).userinfo("nobody-issued-this")
    assert (refused.value.status_code, refused.value.error_code) == (401, "invalid_token")


def test_a_wrong_secret(trusted: GatewrightDev) -> None:
    """A wrong secret raises 401 invalid_client."""
    with pytest.raises(Auth0Error) as refused:
        GetToken(trusted.domain, "nightly", client_secret="not-the-secret").client_credentials(TIMESHEETS)
    assert (refused.value.status_code, refused.value.error_code) == (401, "invalid_client")


def test_an_unknown_code(get_token: GetToken) -> None:
    """A code nobody issued raises invalid_grant with a message."""
    with pytest.raises(Auth0Error) as refused:
        get_token.authorization_code("nobody-issued-this", FAR_CALLBACK)
    assert refused.value.error_code == "invalid_grant"
    assert refused.value.message == "Invalid authorization code"


def test_an_unknown_audience(trusted: GatewrightDev) -> None:
    """client_credentials() for an API nobody registered raises 403 access_denied that names it."""
    with pytest.raises(Auth0Error, match=UNKNOWN_API) as refused:
        GetToken(trusted.domain, "nightly", client_secret=SECRET).client_credentials(UNKNOWN_API)
    assert (refused.value.status_code, refused.value.error_code) == (403, "access_denied")


def test_too_many_wrong_secrets(trusted: GatewrightDev) -> None:
    """Guessing secrets ends in RateLimitError, which knows when the next attempt is allowed."""
    guessing = GetToken(trusted.domain, "throttled", client_secret="a-guess")
    refusals: list[Auth0Error] = []
    while len(refusals) < MOST_WRONG_SECRETS and not any(isinstance(r, RateLimitError) for r in refusals):
        with pytest.raises(Auth0Error) as refused:
            guessing.client_credentials(TIMESHEETS)
        refusals.append(refused.value)
    limited = refusals[-1]
    assert isinstance(limited, RateLimitError)
    assert limited.error_code == "too_many_attempts"
    assert limited.reset_at > 0
