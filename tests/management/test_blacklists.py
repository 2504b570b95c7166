"""``/api/v2/blacklists/tokens``: access tokens that are denied before they expire."""

import base64
import json

import pytest
from tests.support.management import Caller, caller, put_other_tenant, refused, token_of
from tests.support.world import World

from gatewright.management.blacklists import LONGEST_LIFE

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/blacklists/tokens"


def jti_of(token: str) -> str:
    """The id that a JWT carries."""
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["jti"])


async def deny(robot: Caller, jti: str, **fields: str) -> None:
    """Denies a token."""
    response = await robot.post(PATH, {"jti": jti, **fields})
    assert (response.status_code, response.content) == (204, b"")


async def test_denied_token_opens_nothing(world: World, robot: Caller) -> None:
    """A denied token is refused by the next call, and others of its client are not."""
    stolen = await caller(world)
    assert (await stolen.get("/clients")).status_code == 200
    await deny(robot, jti_of(stolen.token))
    assert refused(await stolen.get("/clients")) == (401, "")
    assert (await robot.get("/clients")).status_code == 200


async def test_list(robot: Caller) -> None:
    """Denied tokens are listed with what their denier said of them, all or those of one audience."""
    assert await robot.read(PATH) == []
    await deny(robot, "one", aud="abc")
    await deny(robot, "two")
    assert await robot.read(PATH) == [{"jti": "one", "aud": "abc"}, {"jti": "two"}]
    assert await robot.read(f"{PATH}?aud=abc") == [{"jti": "one", "aud": "abc"}]


async def test_denied_twice(robot: Caller) -> None:
    """A token that is denied again stands in the list once."""
    await deny(robot, "one")
    await deny(robot, "one", aud="abc")
    assert await robot.read(PATH) == [{"jti": "one", "aud": "abc"}]


async def test_expired_ones_are_forgotten(world: World, robot: Caller) -> None:
    """When no token of that time can be in force any more, the next denial forgets it."""
    await deny(robot, "old")
    world.clock.advance(LONGEST_LIFE + 1)
    later = await caller(world)
    await deny(later, "new")
    assert await later.read(PATH) == [{"jti": "new"}]


async def test_of_another_tenant(world: World, robot: Caller) -> None:
    """What one tenant denies is good at another."""
    tenant = await put_other_tenant(world)
    other = Caller(world.browser(base=tenant.issuer), await token_of(world, base=tenant.issuer))
    await deny(robot, jti_of(other.token))
    assert (await other.get("/clients")).status_code == 200
    assert await other.read(PATH) == []


async def test_denial_is_on_record(world: World, robot: Caller) -> None:
    """The audit log tells who denied which token."""
    await deny(robot, "one")
    entry = (await world.logs())[0]
    assert (entry.type, entry.description, entry.details["jti"]) == ("sapi", "Deny an access token", "one")


@pytest.mark.parametrize("body", [{}, {"jti": ""}, {"jti": "x" * 256}, {"jti": "a", "aud": "x" * 256}])
async def test_what_is_no_token(robot: Caller, body: dict[str, str]) -> None:
    """Without a jti, or with texts too long, nothing is denied."""
    assert refused(await robot.post(PATH, body)) == (400, "invalid_body")
    assert await robot.read(PATH) == []
