"""``/organizations/{id}/enabled_connections`` and ``/connections``: one thing at two addresses."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import CONNECTION

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

DATABASE = {"connection_id": "con_db"}
SHOWN: dict[str, Any] = {
    "connection_id": "con_db",
    "assign_membership_on_login": False,
    "show_as_button": True,
    "is_signup_enabled": False,
    "connection": {"name": CONNECTION, "strategy": "auth0"},
}
spellings = pytest.mark.parametrize("piece", ["enabled_connections", "connections"])


@pytest.fixture
async def acme(robot: Caller) -> str:
    """The path of an organization."""
    return f"/organizations/{(await robot.made('/organizations', name='acme'))['id']}"


@spellings
async def test_connection_through_its_life(robot: Caller, acme: str, piece: str) -> None:
    """A connection is enabled, read, listed, changed and taken away."""
    path = f"{acme}/{piece}"
    assert await robot.made(path, **DATABASE) == SHOWN
    assert await robot.read(f"{path}/con_db") == SHOWN
    page = await robot.read(f"{path}?include_totals=true")
    assert page == {"start": 0, "limit": 50, "total": 1, piece: [SHOWN]}
    changes = {"assign_membership_on_login": True, "show_as_button": False}
    assert (await robot.patch(f"{path}/con_db", changes)).json() == {**SHOWN, **changes}
    assert (await robot.delete(f"{path}/con_db")).status_code == 204
    assert await robot.read(path) == []


@spellings
async def test_enabled_once(robot: Caller, acme: str, piece: str) -> None:
    """A connection is enabled once, whichever address is used."""
    await robot.made(f"{acme}/enabled_connections", **DATABASE)
    assert refused(await robot.post(f"{acme}/{piece}", DATABASE)) == (409, "organization_connection_conflict")


async def test_both_addresses_show_the_same(robot: Caller, acme: str) -> None:
    """What is enabled at one address is there at the other; none is switched off."""
    await robot.made(f"{acme}/connections", **DATABASE)
    assert await robot.read(f"{acme}/enabled_connections") == await robot.read(f"{acme}/connections")
    assert await robot.read(f"{acme}/connections?is_enabled=false") == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "connection_id: missing"),
        ({"connection_id": "con_x"}, "connection_id: no connection 'con_x'"),
        ({**DATABASE, "is_signup_enabled": True}, "is_signup_enabled: "),
        ({**DATABASE, "show_as_button": "yes"}, "show_as_button: read 'yes'"),
        ({**DATABASE, "colour": "red"}, "colour: no such field"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, acme: str, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing is enabled."""
    response = await robot.post(f"{acme}/enabled_connections", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(f"{acme}/enabled_connections") == []


async def test_unknown_connection_is_not_there(robot: Caller, acme: str) -> None:
    """A connection that is not enabled can be neither read, changed nor taken away."""
    path = f"{acme}/enabled_connections/con_db"
    for response in (await robot.get(path), await robot.patch(path, {}), await robot.delete(path)):
        assert refused(response) == (404, "inexistent_organization_connection")


async def test_signup_needs_membership_in_an_update_too(robot: Caller, acme: str) -> None:
    """Sign-up without membership is refused, be it sent alone."""
    await robot.made(f"{acme}/enabled_connections", **DATABASE)
    response = await robot.patch(f"{acme}/enabled_connections/con_db", {"is_signup_enabled": True})
    assert refused(response) == (400, "invalid_body")
