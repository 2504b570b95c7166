"""auth0-python, 4 and the newest: the management API from creation to deletion."""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0-python 4", "Auth0.clients", "Auth0.resource_servers", "Auth0.client_grants"),
    pytest.mark.library(
        "auth0-python 6",
        "ManagementClient.clients",
        "ManagementClient.resource_servers",
        "ManagementClient.client_grants",
    ),
]

FOUR = Path(sys.prefix) / "auth0-python-4"
DRIVER = Path(__file__).with_name("management_by_auth0_python_4.py")
SECONDS = 60
THINGS = "https://python6.example.test/"


def access(server: GatewrightDev) -> dict[str, str]:
    """What the server wrote down for scripts."""
    found: dict[str, str] = json.loads((server.folder / "data" / "management.json").read_text())
    return found


@pytest.fixture(scope="module")
def four(server: GatewrightDev) -> dict[str, Any]:
    """What auth0-python 4 was given by each of its calls."""
    found = access(server)
    environment = {
        **os.environ,
        **server.trust,
        "PYTHONPATH": str(FOUR),
        "DOMAIN": found["domain"],
        "CLIENT_ID": found["client_id"],
        "CLIENT_SECRET": found["client_secret"],
    }
    command = [sys.executable, DRIVER]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture
def six(trusted: GatewrightDev) -> Iterator[ManagementClient]:
    """The newest management client."""
    found = access(trusted)
    with httpx.Client(verify=ssl.create_default_context(cafile=str(trusted.authority))) as connections:
        yield ManagementClient(
            domain=found["domain"],
            client_id=found["client_id"],
            client_secret=found["client_secret"],
            httpx_client=connections,
        )


@pytest.fixture
def client_id(six: ManagementClient) -> Iterator[str]:
    """A client that the newest library made."""
    made = six.clients.create(name="Python 6", app_type="regular_web")
    assert made.client_id
    assert made.client_secret
    yield made.client_id
    six.clients.delete(made.client_id)


@pytest.fixture
def api_id(six: ManagementClient) -> Iterator[str]:
    """An API that the newest library made."""
    made = six.resource_servers.create(identifier=THINGS, name="Python 6", scopes=[{"value": "read:things"}])  # type: ignore[list-item]
    assert made.id
    yield made.id
    six.resource_servers.delete(made.id)


def test_clients_of_4(four: dict[str, Any]) -> None:
    """Version 4 creates, reads, updates, rotates and lists clients."""
    made = four["created"]
    assert four["read"] == made
    assert four["updated"]["description"] == "changed"
    assert four["rotated"]["client_secret"] not in ("", made["client_secret"])
    assert made["client_id"] in {each["client_id"] for each in four["list"]}
    assert four["page"]["total"] == len(four["list"])
    assert four["page"]["clients"][0]["client_id"] == four["list"][2]["client_id"]
    assert all(each.keys() == {"client_id"} for each in four["chosen"])


def test_apis_and_grants_of_4(four: dict[str, Any]) -> None:
    """Version 4 creates, reads, updates and lists APIs and client grants."""
    assert four["api_read"] == four["api"]
    assert four["api_updated"]["token_lifetime"] == 600
    assert (four["api_page"]["limit"], len(four["api_page"]["resource_servers"])) == (1, 1)
    assert four["grant_updated"] == {**four["grant"], "scope": ["write:things"]}
    assert four["grant_list"] == [four["grant_updated"]]


def test_errors_of_4(four: dict[str, Any]) -> None:
    """Version 4 raises its error with status, code and words."""
    assert (four["wrong"]["status"], four["wrong"]["code"]) == (400, "invalid_body")
    assert (four["gone"]["status"], four["gone"]["code"]) == (404, "inexistent_client")


def test_client_by_the_newest(six: ManagementClient, client_id: str) -> None:
    """The newest reads, updates and rotates a client."""
    assert six.clients.get(client_id).name == "Python 6"
    assert six.clients.update(client_id, description="changed").description == "changed"
    before = six.clients.get(client_id).client_secret
    assert six.clients.rotate_secret(client_id).client_secret not in (None, before)


def test_lists_by_the_newest(six: ManagementClient, client_id: str, api_id: str) -> None:
    """The newest walks through every page, by number and from checkpoints."""
    clients = [each.client_id for each in six.clients.list(per_page=3)]
    apis = [each.id for each in six.resource_servers.list(per_page=1)]
    grants = [each.id for each in six.client_grants.list(take=1)]
    assert client_id in clients
    assert api_id in apis
    assert len(grants) >= 3
    for found in (clients, apis, grants):
        assert len(found) == len(set(found))


def test_api_by_the_newest(six: ManagementClient, api_id: str) -> None:
    """The newest reads an API by id and by identifier, and updates it."""
    assert six.resource_servers.get(api_id).identifier == THINGS
    assert six.resource_servers.get(THINGS).id == api_id
    assert six.resource_servers.update(api_id, token_lifetime=600).token_lifetime == 600


def test_grant_by_the_newest(six: ManagementClient, client_id: str, api_id: str) -> None:
    """The newest creates, reads, updates, finds and deletes a client grant."""
    made = six.client_grants.create(client_id=client_id, audience=THINGS, scope=["read:things"])
    assert made.id
    assert six.client_grants.get(made.id).scope == ["read:things"]
    assert six.client_grants.update(made.id, scope=[]).scope == []
    assert [each.id for each in six.client_grants.list(client_id=client_id)] == [made.id]
    six.client_grants.delete(made.id)
    with pytest.raises(ApiError) as refused:
        six.client_grants.get(made.id)
    assert refused.value.status_code == 404


def test_error_of_the_newest(six: ManagementClient) -> None:
    """The newest raises its error with status and body."""
    with pytest.raises(ApiError) as refused:
        six.clients.create(name="")
    assert refused.value.status_code == 400
    assert "invalid_body" in str(refused.value.body)
