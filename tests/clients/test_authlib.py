"""Authlib's OAuth 2 clients, over requests and over httpx."""

from collections.abc import Iterator
from typing import Any

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuth2Client
from authlib.integrations.requests_client import OAuth2Session
from tests.clients.tenant import ADA, FAR_CALLBACK, SECRET, TIMESHEETS
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = pytest.mark.library("Authlib", "OAuth2Session", "AsyncOAuth2Client")

SCOPE = "openid profile email offline_access read:timesheets"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636"
OPTIONS = {"scope": SCOPE, "redirect_uri": FAR_CALLBACK, "code_challenge_method": "S256"}

Session = OAuth2Session | OAuth2Client


@pytest.fixture(params=[OAuth2Session, OAuth2Client], ids=["requests", "httpx"])
def session(request: pytest.FixtureRequest, trusted: GatewrightDev) -> Iterator[Session]:
    """A client of either HTTP library."""
    with request.param("authlib", SECRET, **OPTIONS) as made:
        yield made


def signed_in(session: Session, server: GatewrightDev, visitor: Visitor) -> dict[str, Any]:
    """The tokens of a sign-in."""
    url, state = session.create_authorization_url(
        f"{server.issuer}authorize", code_verifier=VERIFIER, audience=TIMESHEETS
    )
    visitor.sign_in(url)
    found: dict[str, Any] = session.fetch_token(
        f"{server.issuer}oauth/token",
        authorization_response=visitor.location,
        state=state,
        code_verifier=VERIFIER,
    )
    return found


def test_sign_in_gives_tokens(session: Session, trusted: GatewrightDev, visitor: Visitor) -> None:
    """fetch_token turns the address of the callback into all three tokens."""
    tokens = signed_in(session, trusted, visitor)
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == SCOPE
    assert claims_of(tokens["id_token"])["email"] == ADA
    assert claims_of(tokens["access_token"])["aud"] == [TIMESHEETS, f"{trusted.issuer}userinfo"]
    assert tokens["refresh_token"]


def test_userinfo(session: Session, trusted: GatewrightDev, visitor: Visitor) -> None:
    """The session's own bearer token opens userinfo."""
    signed_in(session, trusted, visitor)
    answer = session.get(f"{trusted.issuer}userinfo").json()
    assert answer["email"] == ADA
    assert answer["name"] == "Ada Example"


def test_refresh(session: Session, trusted: GatewrightDev, visitor: Visitor) -> None:
    """refresh_token gives another pair of tokens, and the new access token works."""
    before = dict(signed_in(session, trusted, visitor))
    after = session.refresh_token(f"{trusted.issuer}oauth/token")
    assert after["refresh_token"] != before["refresh_token"]
    assert after["access_token"] != before["access_token"]
    assert session.get(f"{trusted.issuer}userinfo").json()["email"] == ADA


def test_an_expired_token_is_refreshed_on_the_way(
    session: Session, trusted: GatewrightDev, visitor: Visitor
) -> None:
    """A session that knows the token endpoint replaces its expired token before a request."""
    before = dict(signed_in(session, trusted, visitor))
    session.metadata["token_endpoint"] = f"{trusted.issuer}oauth/token"
    session.token = {**before, "expires_at": 1}
    assert session.get(f"{trusted.issuer}userinfo").json()["email"] == ADA
    assert session.token["refresh_token"] != before["refresh_token"]


def test_introspection(session: Session, trusted: GatewrightDev, visitor: Visitor) -> None:
    """introspect_token tells that the access token is active, and whose it is."""
    tokens = signed_in(session, trusted, visitor)
    answer = session.introspect_token(
        f"{trusted.issuer}oauth/introspect", token=tokens["access_token"], token_type_hint="access_token"
    ).json()
    assert answer["active"] is True
    assert answer["client_id"] == "authlib"
    assert answer["sub"] == claims_of(tokens["id_token"])["sub"]


def test_revocation(session: Session, trusted: GatewrightDev, visitor: Visitor) -> None:
    """After revoke_token the refresh token is refused as unknown or invalid."""
    tokens = signed_in(session, trusted, visitor)
    token = tokens["refresh_token"]
    answer = session.revoke_token(
        f"{trusted.issuer}oauth/revoke", token=token, token_type_hint="refresh_token"
    )
    assert answer.status_code == 200
    with pytest.raises(OAuthError, match="invalid refresh token") as refused:
        session.refresh_token(f"{trusted.issuer}oauth/token", refresh_token=token)
    assert refused.value.error == "invalid_grant"


def test_a_code_works_once(session: Session, trusted: GatewrightDev, visitor: Visitor) -> None:
    """The second fetch_token with one callback address raises invalid_grant."""
    signed_in(session, trusted, visitor)
    with pytest.raises(OAuthError) as refused:
        session.fetch_token(
            f"{trusted.issuer}oauth/token",
            authorization_response=visitor.location,
            code_verifier=VERIFIER,
        )
    assert refused.value.error == "invalid_grant"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_client_authentication(trusted: GatewrightDev, method: str) -> None:
    """Basic and post are both accepted: a machine gets its token."""
    with OAuth2Session("nightly", SECRET, token_endpoint_auth_method=method) as session:
        tokens = session.fetch_token(
            f"{trusted.issuer}oauth/token", grant_type="client_credentials", audience=TIMESHEETS
        )
    claims = claims_of(tokens["access_token"])
    assert claims["sub"] == "nightly@clients"
    assert claims["scope"] == "read:timesheets"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_wrong_secret(trusted: GatewrightDev, method: str) -> None:
    """A wrong secret raises invalid_client with words a person understands."""
    with (
        OAuth2Session("authlib", "not-the-secret", token_endpoint_auth_method=method) as session,
        pytest.raises(OAuthError, match="wrong client secret") as refused,
    ):
        session.fetch_token(
            f"{trusted.issuer}oauth/token", grant_type="client_credentials", audience=TIMESHEETS
        )
    assert refused.value.error == "invalid_client"


def test_a_public_client_needs_its_verifier(trusted: GatewrightDev, visitor: Visitor) -> None:
    """A native client signs in with PKCE alone, and a wrong verifier is refused."""
    with OAuth2Session("native", **OPTIONS) as session:
        assert signed_in(session, trusted, visitor)["id_token"]
        url, _ = session.create_authorization_url(f"{trusted.issuer}authorize", code_verifier=VERIFIER)
        visitor.visit(url)
        with pytest.raises(OAuthError, match="verif") as refused:
            session.fetch_token(
                f"{trusted.issuer}oauth/token",
                authorization_response=visitor.location,
                code_verifier=VERIFIER[::-1],
            )
    assert refused.value.error == "invalid_grant"


@pytest.mark.anyio
async def test_asynchronous_client(trusted: GatewrightDev, visitor: Visitor) -> None:
    """AsyncOAuth2Client signs in, reads userinfo and refreshes."""
    async with AsyncOAuth2Client("authlib", SECRET, **OPTIONS) as session:
        url, state = session.create_authorization_url(
            f"{trusted.issuer}authorize", code_verifier=VERIFIER, audience=TIMESHEETS
        )
        visitor.sign_in(url)
        tokens = await session.fetch_token(
            f"{trusted.issuer}oauth/token",
            authorization_response=visitor.location,
            state=state,
            code_verifier=VERIFIER,
        )
        assert (await session.get(f"{trusted.issuer}userinfo")).json()["email"] == ADA
        first = tokens["refresh_token"]
        after = await session.refresh_token(f"{trusted.issuer}oauth/token")
    assert after["refresh_token"] != first
