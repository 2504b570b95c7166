"""Node's auth0, 4 and 7: the management API from creation to deletion."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support.gatewright_dev import GatewrightDev

APPS = Path(__file__).with_name("apps")
SECONDS = 60

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.clients", ".resourceServers", ".clientGrants"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.clients", ".resourceServers", ".clientGrants"),
]


def driven(server: GatewrightDev, script: str) -> dict[str, Any]:
    """What the calls of a script gave, by their names."""
    management = json.loads((server.folder / "data" / "management.json").read_text())
    environment = {
        **os.environ,
        **server.trust,
        "DOMAIN": management["domain"],
        "CLIENT_ID": management["client_id"],
        "CLIENT_SECRET": management["client_secret"],
    }
    command = ["node", APPS / script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def four(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 4 was given."""
    return driven(server, "management_4.cjs")


@pytest.fixture(scope="module")
def seven(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 7 was given."""
    return driven(server, "management_7.cjs")


@pytest.fixture(params=["four", "seven"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What either was given."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_client_is_created_and_read(told: dict[str, Any]) -> None:
    """A created client comes whole, with its secret, and is read as it was created."""
    made = told["created"]
    assert made["client_id"]
    assert made["client_secret"]
    assert made["grant_types"] == ["authorization_code", "refresh_token"]
    assert told["read"] == made


def test_client_is_updated(told: dict[str, Any]) -> None:
    """An update answers with the changed client."""
    assert told["updated"]["description"] == "changed"
    assert told["updated"]["name"] == told["created"]["name"]


def test_secret_is_rotated(told: dict[str, Any]) -> None:
    """A rotation answers with another secret."""
    assert told["rotated"]["client_secret"] not in ("", told["created"]["client_secret"])


def test_clients_are_listed(told: dict[str, Any]) -> None:
    """The list has every client once, and the page asked for is its part."""
    ids = [each["client_id"] for each in told["list"]]
    page = told["page"]["clients"] if isinstance(told["page"], dict) else told["page"]
    assert told["created"]["client_id"] in ids
    assert len(ids) == len(set(ids)) > 20
    assert [each["client_id"] for each in page] == ids[2:4]
    assert all(each.keys() == {"client_id"} for each in told["chosen"])


def test_totals_of_version_4(four: dict[str, Any]) -> None:
    """Version 4, when it asks for totals, is given them."""
    assert (four["page"]["start"], four["page"]["limit"]) == (2, 2)
    assert four["page"]["total"] == len(four["list"])
    assert four["apiPage"]["limit"] == four["grantPage"]["limit"] == 1


def test_api(told: dict[str, Any]) -> None:
    """An API is created, read by id and by identifier, and updated."""
    made = told["api"]
    assert told["apiRead"] == told["apiByIdentifier"] == made
    assert [scope["value"] for scope in made["scopes"]] == ["read:things", "write:things"]
    assert told["apiUpdated"]["token_lifetime"] == 600


def test_grant(told: dict[str, Any]) -> None:
    """A client grant is created, updated and found by its client."""
    made = told["grant"]
    assert made["scope"] == ["read:things"]
    assert told["grantUpdated"] == {**made, "scope": ["write:things"]}
    of_client = told.get("grantOfClient") or told["grantList"]
    assert [each["id"] for each in of_client] == [made["id"]]


def test_lists_of_version_7_have_every_page(seven: dict[str, Any]) -> None:
    """Version 7 walks through all pages, those by number and those from a checkpoint."""
    apis = [each["identifier"] for each in seven["apiList"]]
    grants = [each["id"] for each in seven["grantList"]]
    assert len(apis) == len(set(apis)) >= 4
    assert len(grants) == len(set(grants)) >= 4
    assert seven["grant"]["id"] in grants
    assert seven["grantRead"] == seven["grant"]


def test_errors(told: dict[str, Any]) -> None:
    """A refusal becomes the library's error with status, code and words."""
    assert (told["wrong"]["statusCode"], told["wrong"]["errorCode"]) == (400, "invalid_body")
    assert "name" in told["wrong"]["message"]
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_client")


def test_error_classes_of_version_7(seven: dict[str, Any]) -> None:
    """Version 7 raises its own class for each status."""
    assert (seven["wrong"]["name"], seven["gone"]["name"]) == ("BadRequestError", "NotFoundError")


def test_deleted(four: dict[str, Any]) -> None:
    """Deletions answer 204."""
    assert {four[name] for name in ("grantDeleted", "apiDeleted", "clientDeleted")} == {204}
