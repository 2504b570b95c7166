"""express-oauth2-jwt-bearer: an API in Express that accepts our access tokens and nothing else of ours."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from tests.clients.conftest import Seats
from tests.clients.tenant import INVOICES, INVOICES_SECRET, TIMESHEETS
from tests.clients.visitor import Visitor
from tests.clients.web_apps import web_app
from tests.support.gatewright_dev import GatewrightDev

pytestmark = pytest.mark.library("express-oauth2-jwt-bearer", "auth", "requiredScopes")


@pytest.fixture(scope="module")
def api(server: GatewrightDev, seats: Seats) -> Iterator[str]:
    """The API."""
    environment = {
        **server.trust,
        "ISSUER": server.issuer,
        "TIMESHEETS": TIMESHEETS,
        "INVOICES": INVOICES,
        "INVOICES_SECRET": INVOICES_SECRET,
    }
    with web_app("api.mjs", seats.api, environment) as base:
        yield base


def call(url: str, token: str | None = None) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx2.get(url, headers=headers, trust_env=False)


@pytest.fixture
def tokens(visitor: Visitor) -> dict[str, Any]:
    """Tokens of a person for the Timesheets API."""
    return visitor.tokens(audience=TIMESHEETS, scope="openid read:timesheets")


def test_our_access_token_is_accepted(api: str, tokens: dict[str, Any]) -> None:
    """An access token for the API's audience opens it and tells who calls."""
    answer = call(f"{api}/timesheets", tokens["access_token"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["sub"] == "auth0|5f0000000000000000000001"


def test_a_machines_token_is_accepted(api: str, visitor: Visitor) -> None:
    """An access token of client_credentials opens it too."""
    token = visitor.machine_token("nightly", TIMESHEETS)
    assert call(f"{api}/timesheets", token).json()["sub"] == "nightly@clients"


def test_our_id_token_is_refused(api: str, tokens: dict[str, Any]) -> None:
    """An id_token is not an access token: 401 invalid_token."""
    answer = call(f"{api}/timesheets", tokens["id_token"])
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_token_for_another_api_is_refused(api: str, visitor: Visitor) -> None:
    """A token for the other API is refused at the door of this one: 401 invalid_token."""
    found = visitor.tokens(audience=INVOICES, scope="openid read:invoices")
    answer = call(f"{api}/timesheets", found["access_token"])
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_an_opaque_token_is_refused(api: str, visitor: Visitor) -> None:
    """A token of a sign-in without audience opens nothing but userinfo: 401 invalid_token."""
    found = visitor.tokens(scope="openid")
    assert call(f"{api}/timesheets", found["access_token"]).status_code == 401


def test_a_missing_scope_is_refused(api: str, tokens: dict[str, Any]) -> None:
    """A door that asks for a scope the token lacks answers 403 insufficient_scope and names it."""
    answer = call(f"{api}/timesheets/new", tokens["access_token"])
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert "create:timesheets" in answer.headers["www-authenticate"]


def test_no_token(api: str) -> None:
    """Without a token the challenge carries no error, as RFC 6750 wants."""
    answer = call(f"{api}/timesheets")
    assert answer.status_code == 401
    assert "error=" not in answer.headers["www-authenticate"]


def test_a_shared_secret(api: str, visitor: Visitor) -> None:
    """An API that signs with HS256 verifies our token with the secret it shares with us."""
    found = visitor.tokens(audience=INVOICES, scope="read:invoices")
    answer = call(f"{api}/invoices", found["access_token"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == "read:invoices"


def test_our_own_key_does_not_open_the_shared_secrets_door(api: str, tokens: dict[str, Any]) -> None:
    """A token signed with our key is refused where a shared secret is wanted."""
    assert call(f"{api}/invoices", tokens["access_token"]).status_code == 401
