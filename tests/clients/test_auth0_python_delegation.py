"""auth0-python's Delegated, Social and Users, as applications of the legacy pipeline use them."""

from typing import Any
from urllib.parse import urlencode

import pytest
from auth0.authentication import Delegated, GetToken, Social, Users
from auth0.authentication.exceptions import Auth0Error
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.clients.tenant import ADA, CONNECTION, FAR_CALLBACK, LEGACY_API_SECRET, SECRET
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


def test_refresh_token_for_the_api(delegated: Delegated, tokens: dict[str, Any]) -> None:
    """get_token() by refresh token returns one for the API too, with the attributes asked for."""
    found = delegated.get_token(
        "legacy_api", "app", JWT_BEARER, refresh_token=tokens["refresh_token"], scope="openid name"
    )
    claims = claims_of(found["id_token"])
    assert (claims["aud"], claims["name"]) == ("legacy_api", "Ada Example")


def test_conformant_client(trusted: GatewrightDev, tokens: dict[str, Any]) -> None:
    """get_token() of a conformant client raises unauthorized_client, and why."""
    with pytest.raises(Auth0Error, match="OIDC-conformant") as refused:
        Delegated(trusted.domain, "auth0_python").get_token(
            "legacy_api", "app", JWT_BEARER, id_token=tokens["id_token"]
        )
    assert refused.value.error_code == "unauthorized_client"


def test_target_that_is_none(delegated: Delegated, tokens: dict[str, Any]) -> None:
    """get_token() for a target that is no client names it."""
    with pytest.raises(Auth0Error, match="nobody") as refused:
        delegated.get_token("nobody", "app", JWT_BEARER, id_token=tokens["id_token"])
    assert refused.value.error_code == "invalid_request"


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        ("facebook", "the connection was not found"),
        (CONNECTION, "specified strategy does not support requested operation"),
    ],
)
def test_social(trusted: GatewrightDev, connection: str, words: str) -> None:
    """Social.login() raises invalid_request in the wire's words, since no connection takes such a token."""
    with pytest.raises(Auth0Error) as refused:
        Social(trusted.domain, "legacy").login("a-token-of-the-provider", connection)
    assert (refused.value.status_code, refused.value.error_code) == (400, "invalid_request")
    assert refused.value.message == words


def test_userinfo(tokens: dict[str, Any], trusted: GatewrightDev) -> None:
    """userinfo() with a legacy access token returns the whole profile."""
    found = Users(trusted.domain).userinfo(tokens["access_token"])
    assert {"user_id", "clientID", "identities", "nickname"} <= found.keys()
