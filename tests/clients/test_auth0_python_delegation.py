"""auth0-python's Delegated: tokens of the legacy pipeline become id_tokens for an API."""

from typing import Any
from urllib.parse import urlencode

import pytest
from auth0.authentication import Delegated, GetToken, Users
from auth0.authentication.exceptions import Auth0Error
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.clients.tenant import ADA, FAR_CALLBACK, LEGACY_API_SECRET, SECRET
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of, header_of

pytestmark = pytest.mark.library("auth0-python 4", "Delegated.get_token", "Users.userinfo")

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def delegated(trusted: GatewrightDev) -> Delegated:
    """The library, as the legacy application uses it."""
    return Delegated(trusted.domain, "legacy")


@pytest.fixture
def tokens(visitor: Visitor, trusted: GatewrightDev) -> dict[str, Any]:
    """What the legacy application gets for a person's sign-in."""
    asked = {
        "client_id": "legacy",
        "redirect_uri": FAR_CALLBACK,
        "response_type": "code",
        "scope": "openid email offline_access",
        "device": "a phone",
    }
    visitor.sign_in(f"{trusted.issuer}authorize?{urlencode(asked)}")
    exchange = GetToken(trusted.domain, "legacy", client_secret=SECRET)
    found: dict[str, Any] = exchange.authorization_code(visitor.answer()["code"], FAR_CALLBACK)
    return found


def test_by_id_token(delegated: Delegated, tokens: dict[str, Any]) -> None:
    """get_token() by id_token returns one that the API verifies with its own secret."""
    assert header_of(tokens["id_token"])["alg"] == "HS256"
    found = delegated.get_token("legacy_api", "app", JWT_BEARER, id_token=tokens["id_token"])
    claims = jwt.decode(found["id_token"], OctKey.import_key(LEGACY_API_SECRET), algorithms=["HS256"]).claims
    assert (claims["aud"], claims["azp"]) == ("legacy_api", "legacy")


def test_by_refresh_token(delegated: Delegated, tokens: dict[str, Any]) -> None:
    """get_token() by refresh token returns the application's own id_token anew, of the same scope."""
    found = delegated.get_token(
        "legacy", "auth0", JWT_BEARER, refresh_token=tokens["refresh_token"], scope="passthrough"
    )
    assert claims_of(found["id_token"])["email"] == ADA


def test_refusal(delegated: Delegated) -> None:
    """get_token() raises the error that we answer, with its words."""
    with pytest.raises(Auth0Error) as refused:
        delegated.get_token("legacy_api", "app", JWT_BEARER, id_token="x")
    assert (refused.value.status_code, refused.value.error_code) == (400, "invalid_grant")
    assert "id_token is refused" in refused.value.message


def test_userinfo(tokens: dict[str, Any], trusted: GatewrightDev) -> None:
    """userinfo() with a legacy access token returns the whole profile."""
    found = Users(trusted.domain).userinfo(tokens["access_token"])
    assert {"user_id", "clientID", "identities", "nickname"} <= found.keys()
