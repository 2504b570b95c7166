"""express-jwt and jwks-rsa: APIs in Express that accept our access tokens, and why they refuse others.

What express-jwt says is short; ``gatewright explain`` names the cause of the same refusal.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from auth0.authentication import Delegated, GetToken
from tests.clients.conftest import Seats
from tests.clients.tenant import (
    EXPENSES,
    FAR_CALLBACK,
    INVOICES,
    INVOICES_SECRET,
    LEGACY_API_SECRET,
    OLD_API,
    SECRET,
    TIMESHEETS,
)
from tests.clients.visitor import Visitor
from tests.clients.web_apps import web_app
from tests.support.gatewright_dev import GatewrightDev

pytestmark = pytest.mark.library("express-jwt", "expressjwt", "jwks-rsa")

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
BY_KEYS = ["timesheets", "by-hand"]


@pytest.fixture(scope="module")
def api(server: GatewrightDev, seats: Seats) -> Iterator[str]:
    """The API."""
    environment = {
        **server.trust,
        "ISSUER": server.issuer,
        "TIMESHEETS": TIMESHEETS,
        "INVOICES": INVOICES,
        "INVOICES_SECRET": INVOICES_SECRET,
        "LEGACY_API": "legacy_api",
        "LEGACY_API_SECRET": LEGACY_API_SECRET,
    }
    with web_app("express_jwt_api.mjs", seats.express_jwt_api, environment) as base:
        yield base


def call(url: str, token: str = "") -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx2.get(url, headers=headers, trust_env=False)


def refused(url: str, token: str) -> str:
    """What the library says as it refuses a token."""
    answer = call(url, token)
    assert answer.status_code == 401, answer.text
    return str(answer.json()["message"])


@pytest.fixture
def tokens(visitor: Visitor) -> dict[str, Any]:
    """Tokens of a person for the Timesheets API."""
    return visitor.tokens(audience=TIMESHEETS, scope="openid read:timesheets")


@pytest.fixture
def legacy_id_token(visitor: Visitor, trusted: GatewrightDev) -> str:
    """An id_token of an application of the legacy pipeline, signed with the application's secret."""
    asked = {"client_id": "legacy", "redirect_uri": FAR_CALLBACK, "response_type": "code", "scope": "openid"}
    visitor.sign_in(f"{trusted.issuer}authorize?{urlencode(asked)}", email=OLD_API)
    exchange = GetToken(trusted.domain, "legacy", client_secret=SECRET)
    return str(exchange.authorization_code(visitor.answer()["code"], FAR_CALLBACK)["id_token"])


@pytest.fixture
def invoices(visitor: Visitor) -> dict[str, Any]:
    """Tokens of a person for the Invoices API, which shares a secret."""
    return visitor.tokens(audience=INVOICES, scope="openid read:invoices")


@pytest.mark.parametrize("door", BY_KEYS)
def test_our_access_token_is_accepted(api: str, tokens: dict[str, Any], door: str) -> None:
    """An access token for the API opens it by our published keys, and tells who calls."""
    answer = call(f"{api}/{door}", tokens["access_token"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["sub"] == "auth0|5f0000000000000000000001"


def test_a_machines_token_is_accepted(api: str, visitor: Visitor) -> None:
    """An access token of client_credentials opens it too."""
    token = visitor.machine_token("nightly", TIMESHEETS)
    assert call(f"{api}/timesheets", token).json()["gty"] == "client-credentials"


@pytest.mark.parametrize("door", BY_KEYS)
def test_our_id_token_is_refused(api: str, tokens: dict[str, Any], server: GatewrightDev, door: str) -> None:
    """An id_token is for the application: the library misses its audience, and we name the confusion."""
    assert refused(f"{api}/{door}", tokens["id_token"]) == f"jwt audience invalid. expected: {TIMESHEETS}"
    told = server.explain(tokens["id_token"], TIMESHEETS)
    assert "This is an id_token." in told
    assert "change:   send the access_token" in told


@pytest.mark.parametrize("door", BY_KEYS)
def test_a_token_for_another_api_is_refused(
    api: str, visitor: Visitor, server: GatewrightDev, door: str
) -> None:
    """A token for another API is refused at the door of this one, and we name both."""
    token = visitor.tokens(audience=EXPENSES, scope="openid")["access_token"]
    assert refused(f"{api}/{door}", token) == f"jwt audience invalid. expected: {TIMESHEETS}"
    told = server.explain(token, TIMESHEETS)
    assert f"seen:     aud {EXPENSES}" in told
    assert f"expected: aud {TIMESHEETS}" in told


def test_a_token_of_a_shared_secret_is_refused(
    api: str, invoices: dict[str, Any], server: GatewrightDev
) -> None:
    """Where our published keys are wanted, a token of an API with a shared secret has none of them."""
    assert refused(f"{api}/timesheets", invoices["access_token"]) == "secret or public key must be provided"
    told = server.explain(invoices["access_token"], TIMESHEETS)
    assert "signed with HS256 (a shared secret)" in told
    assert "expected: a signature by RS256" in told


def test_an_opaque_token_is_refused(api: str, visitor: Visitor, server: GatewrightDev) -> None:
    """A token of a sign-in without audience is no JWT, and we say what was forgotten."""
    token = visitor.tokens(scope="openid")["access_token"]
    assert refused(f"{api}/timesheets", token) == "jwt malformed"
    told = server.explain(token, TIMESHEETS)
    assert "an opaque access token: no audience was requested" in told
    assert f"add audience={TIMESHEETS}" in told


def test_no_token(api: str) -> None:
    """Without a token the library says that there is none."""
    assert refused(f"{api}/timesheets", "") == "No authorization token was found"


def test_a_shared_secret(api: str, invoices: dict[str, Any]) -> None:
    """An API that shares its secret with us opens to our token by that secret."""
    answer = call(f"{api}/invoices", invoices["access_token"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == "openid read:invoices"


def test_a_wrong_secret(api: str, invoices: dict[str, Any], server: GatewrightDev) -> None:
    """An API that has another secret than we refuses a token that is good, as we say of it."""
    assert refused(f"{api}/wrong-secret", invoices["access_token"]) == "invalid signature"
    told = server.explain(invoices["access_token"], INVOICES)
    assert "signed by    the secret of the API Invoices API (HS256)" in told
    assert "Nothing is wrong with it." in told


def test_our_key_does_not_open_the_shared_secrets_door(api: str, tokens: dict[str, Any]) -> None:
    """A token signed with our key is refused where a shared secret is wanted."""
    assert refused(f"{api}/invoices", tokens["access_token"]) == "invalid algorithm"


def test_id_token_at_the_shared_secrets_door(
    api: str, invoices: dict[str, Any], server: GatewrightDev
) -> None:
    """The id_token beside it is signed with our key, and we say to send the other token."""
    assert refused(f"{api}/invoices", invoices["id_token"]) == "invalid algorithm"
    assert "change:   send the access_token" in server.explain(invoices["id_token"], INVOICES)


def test_the_secret_of_the_application(api: str, legacy_id_token: str, server: GatewrightDev) -> None:
    """The oldest confusion: a token signed with the application's secret at an API that has its own."""
    assert refused(f"{api}/legacy", legacy_id_token) == "invalid signature"
    told = server.explain(legacy_id_token, "legacy_api")
    assert "signed by    the secret of the application legacy (HS256)" in told
    assert "exchange the application's id_token at /delegation with target=legacy_api" in told


def test_the_secret_of_the_application_at_a_named_api(
    api: str, legacy_id_token: str, server: GatewrightDev
) -> None:
    """The same at an API that is registered as one: it is told to ask for its audience, or to delegate."""
    assert refused(f"{api}/invoices", legacy_id_token) == "invalid signature"
    told = server.explain(legacy_id_token, INVOICES)
    assert "not signed with this API's secret" in told
    assert "/delegation" in told


def test_a_delegated_token(api: str, legacy_id_token: str, server: GatewrightDev) -> None:
    """The way out: the token got at /delegation is signed with the API's own secret, and opens it."""
    delegated = Delegated(server.domain, "legacy")
    token = delegated.get_token("legacy_api", "app", JWT_BEARER, id_token=legacy_id_token)["id_token"]
    answer = call(f"{api}/legacy", token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["azp"] == "legacy"
    assert "Nothing is wrong with it." in server.explain(token, "legacy_api")
