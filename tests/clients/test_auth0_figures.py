"""The audit log and the figures of the tenant, read by the management clients of Node and Python."""

from typing import Any

import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import driven_by_node, driven_by_python_4
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.logs", ".users.getLogs", ".stats"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.logs", ".users.logs", ".stats"),
    pytest.mark.library("auth0-python 4", "Auth0.logs", ".users.get_log_events", ".stats"),
    pytest.mark.library("auth0-python 6", "ManagementClient.logs", ".users.logs", ".stats"),
]

USER_ID = "auth0|5f0000000000000000000001"


@pytest.fixture(scope="module")
def visited(server: GatewrightDev) -> GatewrightDev:
    """The server, where Ada has signed in twice."""
    for _ in range(2):
        visitor = Visitor(server)
        with visitor.client:
            visitor.tokens(scope="openid")
    return server


@pytest.fixture(scope="module")
def node_4(visited: GatewrightDev) -> dict[str, Any]:
    """What auth0 4 was given."""
    return driven_by_node(visited, "management_figures_4.cjs", USER_ID=USER_ID)


@pytest.fixture(scope="module")
def node_7(visited: GatewrightDev) -> dict[str, Any]:
    """What auth0 7 was given."""
    return driven_by_node(visited, "management_figures_7.cjs", USER_ID=USER_ID)


@pytest.fixture(scope="module")
def python_4(visited: GatewrightDev) -> dict[str, Any]:
    """What auth0-python 4 was given."""
    return driven_by_python_4(visited, "management_figures_by_auth0_python_4.py", USER_ID=USER_ID)


@pytest.fixture(params=["node_4", "node_7", "python_4"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What each was given."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_log(told: dict[str, Any]) -> None:
    """Entries are found by a query, paged with totals, and read by their ids."""
    assert len(told["found"]) >= 2
    assert {(each["type"], each["user_id"]) for each in told["found"]} == {("s", USER_ID)}
    assert told["one"] == told["found"][0]
    assert (told["page"]["length"], len(told["page"]["logs"])) == (1, 1)
    assert told["page"]["total"] >= 2
    assert told["page"]["logs"][0]["date"] < told["found"][0]["date"]


def test_log_of_a_user(told: dict[str, Any]) -> None:
    """A user's entries come the newest first."""
    assert {each["user_id"] for each in told["ofUser"]} == {USER_ID}
    dates = [each["date"] for each in told["ofUser"]]
    assert dates == sorted(dates, reverse=True)


def test_figures(told: dict[str, Any]) -> None:
    """Active users are a number, and days have their sign-ins."""
    assert int(told["active"]) >= 1
    assert told["daily"][-1]["logins"] >= 2
    assert told["never"] == []


@pytest.mark.parametrize("what", ["wrong", "wrongDay"])
def test_refusals(told: dict[str, Any], what: str) -> None:
    """What cannot be read is refused with the library's error."""
    assert (told[what]["statusCode"], told[what]["errorCode"]) == (400, "invalid_query_string")


def test_log_by_the_newest_python(newest: ManagementClient, visited: GatewrightDev) -> None:
    """The newest Python library searches, pages and reads the log."""
    found = list(newest.logs.list(search=f'type:s AND user_id:"{USER_ID}"', per_page=1))
    assert len(found) >= 2
    assert {each.user_id for each in found} == {USER_ID}
    assert found[0].log_id
    assert newest.logs.get(found[0].log_id).type == "s"
    assert {each.user_id for each in newest.users.logs.list(USER_ID, per_page=50)} == {USER_ID}
    with pytest.raises(ApiError) as refused:
        newest.logs.list(search="typ:s")
    assert refused.value.status_code == 400


def test_figures_by_the_newest_python(newest: ManagementClient, visited: GatewrightDev) -> None:
    """The newest Python library reads the figures."""
    assert newest.stats.get_active_users_count() >= 1
    days = newest.stats.get_daily()
    assert days[-1].logins is not None
    assert days[-1].logins >= 2
