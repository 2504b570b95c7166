"""Rules, hooks, actions and token exchange profiles by the management clients of Node and Python."""

from typing import Any

import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import driven_by_node, driven_by_python_4
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.rules", ".rulesConfigs", ".hooks", ".actions"),
    pytest.mark.library(
        "auth0 7 (Node)",
        "ManagementClient.rules",
        ".rulesConfigs",
        ".hooks",
        ".actions",
        ".tokenExchangeProfiles",
    ),
    pytest.mark.library(
        "auth0-python 4", "Auth0.rules", "Auth0.rules_configs", "Auth0.hooks", "Auth0.actions"
    ),
    pytest.mark.library(
        "auth0-python 6",
        "ManagementClient.rules",
        "ManagementClient.rules_configs",
        "ManagementClient.hooks",
        "ManagementClient.actions",
        "ManagementClient.token_exchange_profiles",
    ),
]

_LISTS = ("rules", "configs", "hooks", "actions", "triggers", "bindings")


@pytest.fixture(params=["node 4", "node 7", "python 4"], scope="module")
def told(request: pytest.FixtureRequest, server: GatewrightDev) -> dict[str, Any]:
    """What each was given."""
    if request.param == "python 4":
        return driven_by_python_4(server, "management_code_by_auth0_python_4.py")
    return driven_by_node(server, f"management_code_{request.param[-1]}.cjs")


def test_lists_are_empty(told: dict[str, Any]) -> None:
    """Every list is read, and there is nothing in it."""
    assert {name: told[name] for name in _LISTS} == {name: [] for name in _LISTS}
    assert told.get("profiles", []) == []


@pytest.mark.parametrize("kind", ["rule", "hook", "action"])
def test_code_is_refused(told: dict[str, Any], kind: str) -> None:
    """Code that is brought is refused, and the library tells why."""
    refusal = told[kind]
    assert (refusal["statusCode"], refusal["errorCode"]) == (403, "operation_not_supported")
    assert "does not run the tenant's own code" in refusal["message"]


def test_nothing_has_an_id(told: dict[str, Any]) -> None:
    """What is asked for by an id is not found."""
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_rule")
    if "profile" in told:
        assert "action_id" in told["profile"]["message"]


def test_by_the_newest_python(newest: ManagementClient) -> None:
    """The newest library reads every list, and raises its error for what is made."""
    assert list(newest.rules.list()) == []
    assert list(newest.hooks.list()) == []
    assert list(newest.actions.list()) == []
    assert list(newest.actions.triggers.bindings.list("post-login")) == []
    assert list(newest.token_exchange_profiles.list()) == []
    assert newest.rules_configs.list() == []
    assert newest.actions.triggers.list().triggers == []
    with pytest.raises(ApiError) as refused:
        newest.rules.create(name="a", script="function () {}")
    assert refused.value.status_code == 403
