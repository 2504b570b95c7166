"""Our own server as a target."""

import base64
from pathlib import Path

import yaml

from bench import ours


def tenant() -> dict[str, list[dict[str, object]]]:
    document = yaml.safe_load(ours.TENANT_FILE.read_text())
    assert isinstance(document, dict)
    return document


def test_the_tenant_file_has_the_client_we_use() -> None:
    """Id, secret, callback and grants of the client are those of the target."""
    (client,) = tenant()["clients"]
    assert client["client_id"] == ours.CLIENT.id
    assert client["client_secret"] == ours.CLIENT.secret
    assert client["callbacks"] == [ours.CLIENT.redirect_uri]
    assert client["grant_types"] == ["authorization_code", "refresh_token", "client_credentials"]


def test_the_tenant_file_has_the_api_and_the_person() -> None:
    """Audience, scope and user are those of the target."""
    (api,) = tenant()["resourceServers"]
    (user,) = tenant()["users"]
    assert api["identifier"] == ours.AUDIENCE
    assert isinstance(api["scopes"], list)
    assert [scope["value"] for scope in api["scopes"]] == [ours.API_SCOPE]
    assert (user["email"], user["password"]) == (ours.USER, ours.PASSWORD)


def test_each_server_has_its_own_port_and_key(tmp_path: Path) -> None:
    """Two targets differ in port and master key, and the issuer names the port."""
    first, second = (our_server(tmp_path) for _ in range(2))
    assert first.env["GATEWRIGHT_MASTER_KEY"] != second.env["GATEWRIGHT_MASTER_KEY"]
    assert first.env["GATEWRIGHT_ISSUER"] == first.base_url + "/"


def test_the_master_key_is_32_bytes(tmp_path: Path) -> None:
    """The key has the length the server wants, base64url without padding."""
    key = our_server(tmp_path).env["GATEWRIGHT_MASTER_KEY"]
    assert len(base64.urlsafe_b64decode(key + "=")) == 32


def our_server(folder: Path) -> ours.Target:
    return ours.our_target("gatewright", "", folder=folder, database="sqlite:///x.db")
