"""``/api/v2/attack-protection``: what is set here counts at the next attempt."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import PASSWORD, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

BRUTE = "/attack-protection/brute-force-protection"
NETWORK = "/attack-protection/suspicious-ip-throttling"
HERE = "203.0.113.7"


async def statuses(world: World, times: int, *, email: str = "ada@example.test", **browser: str) -> list[int]:
    """The answers to so many wrong passwords."""
    visitor = world.browser(**browser)
    found = [await visitor.bring_password(email=email, password="wrong") for _ in range(times)]
    return [response.status_code for response in found]


async def test_settings_of_the_beginning(robot: Caller) -> None:
    """A tenant begins with everything that blocks."""
    assert await robot.read(BRUTE) == {
        "enabled": True,
        "shields": ["block"],
        "allowlist": [],
        "mode": "count_per_identifier_and_ip",
        "max_attempts": 10,
    }
    assert await robot.read(NETWORK) == {
        "enabled": True,
        "shields": ["block"],
        "allowlist": [],
        "stage": {
            "pre-login": {"max_attempts": 100, "rate": 36_000},
            "pre-user-registration": {"max_attempts": 50, "rate": 1_200},
        },
    }


async def test_fourth_attempt_of_three_is_blocked(world: World, robot: Caller) -> None:
    """With three attempts the fourth is refused, be the password right."""
    assert (await robot.patch(BRUTE, {"max_attempts": 3})).json()["max_attempts"] == 3
    assert await statuses(world, 4) == [400, 400, 400, 429]
    assert (await world.browser().bring_password(password=PASSWORD)).status_code == 429


@pytest.mark.parametrize(
    "change", [{"enabled": False}, {"shields": ["user_notification"]}, {"allowlist": ["203.0.113.0/24"]}]
)
async def test_nobody_is_blocked(world: World, robot: Caller, change: dict[str, Any]) -> None:
    """Switched off, without the shield, and from a listed network nobody is blocked."""
    assert (await robot.patch(BRUTE, {"max_attempts": 1, **change})).status_code == 200
    assert await statuses(world, 3) == [400, 400, 400]


async def test_listed_network_is_no_other(world: World, robot: Caller) -> None:
    """Who comes from beside a listed network is blocked."""
    await robot.patch(BRUTE, {"max_attempts": 1, "allowlist": [HERE]})
    assert await statuses(world, 2, address="203.0.113.8") == [400, 429]


@pytest.mark.parametrize(
    ("mode", "elsewhere"), [("count_per_identifier", 429), ("count_per_identifier_and_ip", 400)]
)
async def test_mode(world: World, robot: Caller, mode: str, elsewhere: int) -> None:
    """Tries of one identifier count from everywhere, or from each network by itself."""
    await robot.patch(BRUTE, {"max_attempts": 2, "mode": mode})
    await statuses(world, 2)
    assert await statuses(world, 1, address="198.51.100.9") == [elsewhere]


async def test_right_password_clears_in_each_mode(world: World, robot: Caller) -> None:
    """A right password takes wrong ones back, also where they count from everywhere."""
    await robot.patch(BRUTE, {"max_attempts": 2, "mode": "count_per_identifier"})
    for _ in range(3):
        await statuses(world, 1)
        assert (await world.browser().bring_password(password=PASSWORD)).status_code == 200


async def test_stage_before_login(world: World, robot: Caller) -> None:
    """One network may guess so often, whoever it guesses for, until the attempts come back."""
    stage = {"stage": {"pre-login": {"max_attempts": 2, "rate": 30_000}}}
    changed = (await robot.patch(NETWORK, stage)).json()
    assert changed["stage"]["pre-user-registration"] == {"max_attempts": 50, "rate": 1_200}
    for number, status in enumerate((400, 400, 429)):
        assert await statuses(world, 1, email=f"n{number}@example.test") == [status]
    world.clock.advance(61)
    assert await statuses(world, 1, email="n9@example.test") == [400]


async def test_stage_before_registration(world: World, robot: Caller) -> None:
    """One network may make so many accounts."""
    await robot.patch(NETWORK, {"stage": {"pre-user-registration": {"max_attempts": 1}}})
    body = {"client_id": "web", "connection": "Username-Password-Authentication", "password": PASSWORD}
    found = [
        await world.browser().post("/dbconnections/signup", json={**body, "email": f"n{n}@example.test"})
        for n in range(2)
    ]
    assert [response.status_code for response in found] == [200, 429]


async def test_network_that_is_let_alone(world: World, robot: Caller) -> None:
    """Who is listed for the network is not counted by it."""
    await robot.patch(NETWORK, {"stage": {"pre-login": {"max_attempts": 1}}, "allowlist": [HERE]})
    for number in range(3):
        assert await statuses(world, 1, email=f"n{number}@example.test") == [400]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        (BRUTE, {"max_attempts": 0}, "max_attempts: read 0"),
        (BRUTE, {"max_attempts": 101}, "max_attempts: read 101"),
        (BRUTE, {"max_attempts": "3"}, "max_attempts: read '3'"),
        (BRUTE, {"mode": "count"}, "mode: read 'count'"),
        (BRUTE, {"shields": ["wall"]}, "shields[0]: read 'wall'"),
        (BRUTE, {"allowlist": ["here"]}, "allowlist[0]: read 'here'"),
        (BRUTE, {"allowlist": ["10.0.0.1"] * 101}, "allowlist: 101 addresses"),
        (BRUTE, {"strength": 1}, "strength: no such field"),
        (NETWORK, {"stage": {"pre-login": {"rate": 0}}}, "stage.pre-login.rate: read 0"),
        (NETWORK, {"stage": {"pre-flight": {}}}, "stage.pre-flight: no such field"),
        (NETWORK, {"stage": 1}, "stage: read 1"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, path: str, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing changes."""
    before = await robot.read(path)
    response = await robot.patch(path, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(path) == before


OFF = {
    "/attack-protection/breached-password-detection": {"enabled": True},
    "/attack-protection/bot-detection": {"challenge_password_policy": "when_risky"},
    "/attack-protection/captcha": {"active_provider_id": "auth_challenge"},
}


@pytest.mark.parametrize("path", OFF)
async def test_what_does_not_exist_is_off(robot: Caller, path: str) -> None:
    """A protection that does not exist reads as off; that may be said again, and nothing else."""
    off = await robot.read(path)
    assert (await robot.patch(path, off)).json() == off
    assert (await robot.patch(path, {})).json() == off
    response = await robot.patch(path, OFF[path])
    assert refused(response) == (403, "operation_not_supported")
    assert next(iter(OFF[path])) in response.json()["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/attack-protection/breached-password-detection",
            {"stage": {"pre-user-registration": {"shields": ["block"]}}},
        ),
        ("/attack-protection/captcha", {"recaptcha_v2": {"site_key": "a", "secret": "captcha-key-1"}}),
    ],
    ids=["stage", "secret"],
)
async def test_deep_wishes_are_refused_too(world: World, robot: Caller, path: str, body: Any) -> None:
    """A wish inside a mapping is refused as well, and a secret in it is not kept."""
    assert refused(await robot.patch(path, body)) == (403, "operation_not_supported")
    assert not [line for line in world.dump() if "captcha-key-1" in line]


async def test_wrong_type_of_what_is_off(robot: Caller) -> None:
    """A wrong type is a wrong body, not a wish."""
    response = await robot.patch("/attack-protection/bot-detection", {"allowlist": "all"})
    assert refused(response) == (400, "invalid_body")


async def test_change_is_told(world: World, robot: Caller) -> None:
    """The audit log says who weakened what."""
    await robot.patch(BRUTE, {"enabled": False})
    (told,) = await world.logs(limit=1)
    assert (told.type, told.client_id, told.description) == ("sapi", "robot", "Update attack protection")
    (step,) = told.details["changes"]
    assert step["fields"] == {"attackProtection": {"after": {"bruteForceProtection": {"enabled": False}}}}
