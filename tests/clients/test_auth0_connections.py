"""Connections by the management clients of Node and Python, older and newest."""

from typing import Any

import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import driven_by_node, driven_by_python_4
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.connections"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.connections", ".clients.connections"),
    pytest.mark.library("auth0-python 4", "Auth0.connections"),
    pytest.mark.library("auth0-python 6", "ManagementClient.connections", ".clients.connections"),
]


@pytest.fixture(scope="module")
def node_4(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 4 was given."""
    return driven_by_node(server, "management_connections_4.cjs")


@pytest.fixture(scope="module")
def node_7(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 7 was given."""
    return driven_by_node(server, "management_connections_7.cjs")


@pytest.fixture(scope="module")
def python_4(server: GatewrightDev) -> dict[str, Any]:
    """What auth0-python 4 was given."""
    return driven_by_python_4(server, "management_connections_by_auth0_python_4.py")


@pytest.fixture(params=["node_4", "node_7", "python_4"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What each was given."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_created_read_updated(told: dict[str, Any]) -> None:
    """A connection is created, read as it was, and updated; its options are replaced."""
    made, updated = told["created"], told["updated"]
    assert told["read"] == made
    assert made["options"]["disable_signup"] is True
    assert (updated["options"]["disable_signup"], updated["options"]["passwordPolicy"]) == (False, "low")
    assert updated["display_name"] in ("Node", "Python")


def test_listed(told: dict[str, Any]) -> None:
    """The list has every connection once, and filters and fields choose."""
    ids = [each["id"] for each in told["bare"]]
    assert told["created"]["id"] in ids
    assert len(ids) == len(set(ids)) > 1
    assert told["filtered"] == [{"name": told["created"]["name"]}]


def test_pages_of_the_older(node_4: dict[str, Any], python_4: dict[str, Any]) -> None:
    """The older libraries are given totals, and checkpoints, when they ask."""
    for told in (node_4, python_4):
        page = told["page"]
        assert (page["start"], page["limit"], page["total"]) == (1, 1, len(told["bare"]))
    assert node_4["checkpoint"]["next"]
    assert len(node_4["checkpoint"]["connections"]) == 1


def test_clients_by_node(node_4: dict[str, Any], node_7: dict[str, Any]) -> None:
    """Clients are enabled and listed, and the newest lists the connections of a client."""
    for told in (node_4, node_7):
        assert len(told["clients"]["clients"]) == 1
    assert node_4["enabled"] == node_4["nobody"] == node_4["deleted"] == 204
    assert node_4["status"] == 200
    assert [each["name"] for each in node_7["ofClient"]] == ["node-7"]


def test_refusals(told: dict[str, Any]) -> None:
    """A strategy that does not exist here is refused with those that do; what is gone is not found."""
    assert (told["wrong"]["statusCode"], told["wrong"]["errorCode"]) == (400, "invalid_body")
    assert "auth0, email" in told["wrong"]["message"]
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_connection")


def test_by_the_newest_python(newest: ManagementClient) -> None:
    """The newest library drives a connection from creation to deletion."""
    client_id = newest.clients.create(name="Python 6 connections").client_id
    assert client_id
    made = newest.connections.create(name="python-6", strategy="auth0")
    assert made.id
    assert newest.connections.get(made.id).name == "python-6"
    assert newest.connections.update(made.id, display_name="Python").display_name == "Python"
    assert made.id in {each.id for each in newest.connections.list(take=1)}
    newest.connections.clients.update(made.id, request=[{"client_id": client_id, "status": True}])
    assert [each.client_id for each in newest.connections.clients.get(made.id)] == [client_id]
    assert [each.id for each in newest.clients.connections.get(client_id)] == [made.id]
    newest.connections.check_status(made.id)
    newest.connections.users.delete_by_email(made.id, email="nobody@example.test")
    newest.connections.delete(made.id)
    newest.clients.delete(client_id)
    with pytest.raises(ApiError) as refused:
        newest.connections.get(made.id)
    assert refused.value.status_code == 404
