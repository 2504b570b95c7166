"""Authlib's integration for Starlette: everything from discovery, id_token verified against our keys."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.starlette_client import OAuth
from starlette.requests import Request
from tests.clients.tenant import ADA, FAR_CALLBACK, FAR_HOME, SECRET
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [pytest.mark.anyio, pytest.mark.library("Authlib", "Starlette integration")]


@pytest.fixture
def app(trusted: GatewrightDev) -> Any:
    """The registered provider, known by nothing but its discovery document."""
    registry = OAuth()
    return registry.register(
        "gatewright",
        client_id="authlib",
        client_secret=SECRET,
        server_metadata_url=f"{trusted.issuer}.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )


def request_at(url: str, session: dict[str, Any]) -> Request:
    """What a Starlette application sees when a browser opens the address."""
    parts = urlsplit(url)
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [],
            "session": session,
        }
    )


async def signed_in(app: Any, visitor: Visitor, session: dict[str, Any]) -> dict[str, Any]:
    """The tokens of a sign-in, with the verified claims as ``userinfo``."""
    going = await app.authorize_redirect(request_at(FAR_HOME, session), FAR_CALLBACK)
    visitor.sign_in(going.headers["location"])
    found: dict[str, Any] = await app.authorize_access_token(request_at(visitor.location, session))
    return found


async def test_the_id_token_is_verified(app: Any, visitor: Visitor, trusted: GatewrightDev) -> None:
    """authorize_access_token verifies signature, issuer, audience and nonce, and tells who signed in."""
    tokens = await signed_in(app, visitor, {})
    assert tokens["userinfo"]["email"] == ADA
    assert tokens["userinfo"]["iss"] == trusted.issuer
    assert tokens["userinfo"]["aud"] == "authlib"


async def test_userinfo_is_found_by_discovery(app: Any, visitor: Visitor) -> None:
    """userinfo() takes its address from discovery and agrees with the id_token."""
    tokens = await signed_in(app, visitor, {})
    answer = await app.userinfo(token=tokens)
    assert answer["sub"] == tokens["userinfo"]["sub"]


async def test_a_foreign_state_is_refused(app: Any, visitor: Visitor) -> None:
    """A callback that belongs to another browser's session raises."""
    going = await app.authorize_redirect(request_at(FAR_HOME, {}), FAR_CALLBACK)
    visitor.sign_in(going.headers["location"])
    with pytest.raises(MismatchingStateError):
        await app.authorize_access_token(request_at(visitor.location, {}))


async def test_silent_sign_in_without_a_session(app: Any, visitor: Visitor) -> None:
    """prompt=none without a session comes back as login_required."""
    session: dict[str, Any] = {}
    going = await app.authorize_redirect(request_at(FAR_HOME, session), FAR_CALLBACK, prompt="none")
    visitor.visit(going.headers["location"])
    with pytest.raises(OAuthError) as refused:
        await app.authorize_access_token(request_at(visitor.location, session))
    assert refused.value.error == "login_required"


async def test_logout_by_discovery(app: Any, visitor: Visitor) -> None:
    """logout_redirect ends the session, comes back with its state, and sign-in asks again."""
    session: dict[str, Any] = {}
    tokens = await signed_in(app, visitor, session)
    going = await app.logout_redirect(
        request_at(FAR_HOME, session),
        post_logout_redirect_uri=FAR_HOME,
        id_token_hint=tokens["id_token"],
    )
    visitor.visit(going.headers["location"])
    assert visitor.location.startswith(FAR_HOME)
    await app.validate_logout_response(request_at(visitor.location, session))
    again = await app.authorize_redirect(request_at(FAR_HOME, session), FAR_CALLBACK)
    assert visitor.visit(again.headers["location"]).url.path == "/u/login"
