"""Attack protection by the management clients of Node and Python, older and newest."""

from typing import Any

import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import driven_by_node, driven_by_python_4
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.attackProtection"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.attackProtection"),
    pytest.mark.library("auth0-python 4", "Auth0.attack_protection"),
    pytest.mark.library("auth0-python 6", "ManagementClient.attack_protection"),
]


@pytest.fixture(params=["node 4", "node 7", "python 4"], scope="module")
def told(request: pytest.FixtureRequest, server: GatewrightDev) -> dict[str, Any]:
    """What each was given."""
    if request.param == "python 4":
        return driven_by_python_4(server, "management_protection_by_auth0_python_4.py")
    return driven_by_node(server, f"management_protection_{request.param[-1]}.cjs")


def test_settings_are_read_and_changed(told: dict[str, Any]) -> None:
    """Settings are read whole, and a change answers with all of them."""
    assert told["brute"]["max_attempts"] == 10
    assert told["bruteChanged"] == {**told["brute"], "max_attempts": 7}
    stage = told["networkChanged"]["stage"]
    assert stage["pre-login"] == {"max_attempts": 77, "rate": 36_000}
    assert stage["pre-user-registration"] == told["network"]["stage"]["pre-user-registration"]


def test_what_does_not_exist(told: dict[str, Any]) -> None:
    """Breached passwords are not looked for: that may be said again, and not be changed."""
    assert told["breached"]["enabled"] is False
    assert told["same"] == told["breached"]
    assert (told["refused"]["statusCode"], told["refused"]["errorCode"]) == (403, "operation_not_supported")


def test_refusal(told: dict[str, Any]) -> None:
    """A number out of its range is refused by its name."""
    assert (told["wrong"]["statusCode"], told["wrong"]["errorCode"]) == (400, "invalid_body")
    assert "max_attempts" in told["wrong"]["message"]


def test_by_the_newest_python(newest: ManagementClient) -> None:
    """The newest library reads and changes every protection that it knows."""
    api = newest.attack_protection
    assert api.brute_force_protection.update(max_attempts=7).max_attempts == 7
    assert api.brute_force_protection.update(max_attempts=10).max_attempts == 10
    assert api.suspicious_ip_throttling.get().enabled is True
    assert api.breached_password_detection.get().enabled is False
    assert api.bot_detection.get().challenge_password_policy == "never"
    assert not api.captcha.get().active_provider_id
    with pytest.raises(ApiError) as refused:
        api.bot_detection.update(challenge_password_policy="always")
    assert refused.value.status_code == 403
