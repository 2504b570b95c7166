"""Custom domains by the management clients of Node and Python, older and newest."""

from typing import Any

import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import driven_by_node, driven_by_python_4
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.customDomains"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.customDomains"),
    pytest.mark.library("auth0-python 4", "Auth0.custom_domains"),
    pytest.mark.library("auth0-python 6", "ManagementClient.custom_domains"),
]


@pytest.fixture(params=["node 4", "node 7", "python 4"], scope="module")
def told(request: pytest.FixtureRequest, server: GatewrightDev) -> dict[str, Any]:
    """What each was given."""
    if request.param == "python 4":
        return driven_by_python_4(server, "management_domains_by_auth0_python_4.py")
    return driven_by_node(server, f"management_domains_{request.param[-1]}.cjs")


def test_domain_is_named(told: dict[str, Any]) -> None:
    """A named domain waits for its record, is read and is listed."""
    made = told["created"]
    assert (made["status"], made["type"]) == ("pending_verification", "self_managed_certs")
    assert made["verification"]["methods"][0]["name"] == "txt"
    assert told["read"] == made
    assert made["custom_domain_id"] in {each["custom_domain_id"] for each in told["list"]}
    assert told.get("updated", {"domain_metadata": {"team": "a"}})["domain_metadata"] == {"team": "a"}


def test_nobody_vouches(told: dict[str, Any]) -> None:
    """Without its record a domain is not verified, and the answer says what was expected."""
    verification = told["verified"]["verification"]
    assert verification["status"] == "failed"
    assert told["created"]["verification"]["methods"][0]["record"] in verification["error_msg"]
    assert told.get("tested", {"success": False})["success"] is False
    assert told.get("standing", {"domain": "localhost"})["domain"] == "localhost"


def test_refusals(told: dict[str, Any]) -> None:
    """Certificates are the operator's, and a deleted domain is gone."""
    assert (told["managed"]["statusCode"], told["managed"]["errorCode"]) == (403, "operation_not_supported")
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_custom_domain")


def test_by_the_newest_python(newest: ManagementClient) -> None:
    """The newest library drives a domain from creation to deletion."""
    api = newest.custom_domains
    made = api.create(domain="login.python6.invalid", type="self_managed_certs")
    id_ = made.custom_domain_id
    assert api.get(id_).status == "pending_verification"
    assert id_ in {each.custom_domain_id for each in api.list()}
    assert api.update(id_, domain_metadata={"team": "a"}).domain_metadata == {"team": "a"}
    assert api.verify(id_).status == "pending_verification"
    assert api.test(id_).success is False
    assert api.get_default().domain == "localhost"
    api.delete(id_)
    with pytest.raises(ApiError) as refused:
        api.get(id_)
    assert refused.value.status_code == 404
