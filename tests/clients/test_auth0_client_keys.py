"""Keys of clients by the management clients of Node and Python, and private_key_jwt by client libraries."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from auth0.authentication import GetToken
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import access, driven_by_node, driven_by_python_4
from tests.support.assertions import private_key, private_pem, public_pem
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "AuthenticationClient with clientAssertionSigningKey"),
    pytest.mark.library(
        "auth0 7 (Node)", "ManagementClient.clients.credentials", "ManagementClient with a signing key"
    ),
    pytest.mark.library("auth0-python 4", "Auth0.client_credentials", "GetToken with a signing key"),
    pytest.mark.library(
        "auth0-python 6", "ManagementClient.clients.credentials", "GetToken with a signing key"
    ),
    pytest.mark.library("openid-client", "PrivateKeyJwt"),
]


@pytest.fixture(params=["node 4", "node 7", "python 4"], scope="module")
def told(
    request: pytest.FixtureRequest, server: GatewrightDev, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What each was given."""
    if request.param != "python 4":
        return driven_by_node(server, f"management_keys_{request.param[-1]}.cjs")
    public, private = _key_files(tmp_path_factory.mktemp("keys"))
    script = "management_keys_by_auth0_python_4.py"
    return driven_by_python_4(server, script, PUBLIC_KEY=str(public), PRIVATE_KEY=str(private))


def _key_files(folder: Path) -> tuple[Path, Path]:
    public, private = folder / "public.pem", folder / "private.pem"
    public.write_text(public_pem(private_key()))
    private.write_text(private_pem(private_key()))
    return public, private


def test_key_is_kept(told: dict[str, Any]) -> None:
    """A key is kept, listed and read, and its client names it."""
    made = told["created"]
    assert (made["name"], made["alg"], made["credential_type"]) == ("First", "RS256", "public_key")
    assert told["read"] == made
    assert [each["id"] for each in told["list"]] == [made["id"]]
    methods = told["client"]["client_authentication_methods"]
    assert methods == {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    assert "token_endpoint_auth_method" not in told["client"]


def test_token_by_key(told: dict[str, Any]) -> None:
    """The library's own assertion gets the client a token; openid-client's does too."""
    assert told["scope"] == "read:clients"
    assert told.get("openid", {"active": True})["active"] is True
    assert told.get("named", "Node 7 keys") == "Node 7 keys"


def test_changes_and_refusals(told: dict[str, Any]) -> None:
    """The end of a key is changed; one that counts is not deleted, and a deleted one is gone."""
    if "updated" in told:
        assert told["updated"]["expires_at"] == "2040-01-01T00:00:00.000Z"
    assert (told["kept"]["statusCode"], told["kept"]["errorCode"]) == (409, "credential_conflict")
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_credential")


def test_by_the_newest_python(trusted: GatewrightDev, newest: ManagementClient) -> None:
    """The newest library keeps, lists, changes and deletes a key, and gets a token by it."""
    domain = access(trusted)["domain"]
    audience, keys = f"https://{domain}/api/v2/", newest.clients.credentials
    client_id = newest.clients.create(name="Python 6 keys", app_type="non_interactive").client_id
    assert client_id
    newest.client_grants.create(client_id=client_id, audience=audience, scope=["read:clients"])
    made = keys.create(client_id, credential_type="public_key", pem=public_pem(private_key()))
    assert made.id
    assert [each.id for each in keys.list(client_id)] == [made.id]
    ends = datetime(2040, 1, 1, tzinfo=UTC)
    assert keys.update(client_id, made.id, expires_at=ends).expires_at == ends
    methods: Any = {"private_key_jwt": {"credentials": [{"id": made.id}]}}
    newest.clients.update(client_id, client_authentication_methods=methods)
    own = GetToken(domain, client_id, client_assertion_signing_key=private_pem(private_key()))
    assert own.client_credentials(audience)["scope"] == "read:clients"
    newest.clients.delete(client_id)
    with pytest.raises(ApiError) as refused:
        keys.get(client_id, made.id)
    assert refused.value.status_code == 404
