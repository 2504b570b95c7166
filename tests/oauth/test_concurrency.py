"""Single use under real concurrency, within one process and between two over one file (D6)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support import world as worlds
from tests.support.protocol import basic, introspect, refresh, userinfo
from tests.support.world import API, SECRET, Browser, World, answer

from gatewright.app import Application, build_platform
from gatewright.clients import RefreshTokenSettings
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.users import PasswordHasher

pytestmark = pytest.mark.anyio

MANY = 100
OFFLINE = "openid offline_access"


@pytest.fixture
async def two(tmp_path: Path, world: World) -> AsyncIterator[tuple[Browser, Browser]]:
    """Browsers of two applications over the same file, as two worker processes are."""
    other = build_platform(
        worlds.settings_for(tmp_path),
        SqliteDatabase(tmp_path / "test.db", synchronous="OFF"),
        clock=world.clock,
        hasher=PasswordHasher(time_cost=1),
    )
    application = Application(other)
    await application.start()
    yield world.browser(), Browser(application)
    await application.stop()


def statuses(responses: list[httpx2.Response]) -> dict[str, int]:
    """How often each outcome came."""
    found: dict[str, int] = {}
    for response in responses:
        outcome = "success" if response.status_code == 200 else str(response.json()["error"])
        found[outcome] = found.get(outcome, 0) + 1
    return found


async def many(browsers: tuple[Browser, ...], **fields: str) -> list[httpx2.Response]:
    """The same token request, a hundred times at once, shared among the browsers."""
    return await asyncio.gather(*(browsers[n % len(browsers)].token(**fields) for n in range(MANY)))


def redemption(code: str) -> dict[str, str]:
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": worlds.CALLBACK}


async def test_one_code_in_one_process(world: World) -> None:
    """A hundred parallel redemptions of one code give one success and 99 invalid_grant."""
    browser = world.browser()
    code = await browser.code(scope=OFFLINE)
    assert statuses(await many((browser,), **redemption(code))) == {"success": 1, "invalid_grant": 99}


async def test_one_code_in_two_processes(two: tuple[Browser, Browser]) -> None:
    """A hundred parallel redemptions at two processes give one success and 99 invalid_grant."""
    code = await two[0].code(scope=OFFLINE)
    assert statuses(await many(two, **redemption(code))) == {"success": 1, "invalid_grant": 99}


async def test_reuse_kills_what_the_winner_got(two: tuple[Browser, Browser]) -> None:
    """After a race for a code nothing that it gave is alive: it was used more than once."""
    code = await two[0].code(scope=OFFLINE)
    responses = await many(two, **redemption(code))
    (tokens,) = [response.json() for response in responses if response.status_code == 200]
    assert (await userinfo(two[0], tokens["access_token"])).status_code == 401
    assert (await refresh(two[1], tokens["refresh_token"])).status_code == 400


async def check_one_family(browsers: tuple[Browser, ...], responses: list[httpx2.Response]) -> None:
    """Every answer is a success with the same successor, and all access tokens work."""
    assert statuses(responses) == {"success": MANY}
    tokens: list[dict[str, Any]] = [response.json() for response in responses]
    (successor,) = {found["refresh_token"] for found in tokens}
    for found in tokens[:10]:
        assert (await userinfo(browsers[-1], found["access_token"])).status_code == 200
    for browser in browsers:
        assert (await introspect(browser, successor))["active"] is True


async def test_one_refresh_token_in_one_process(world: World) -> None:
    """A hundred parallel uses of one refresh token end in one family, and no session is lost."""
    browser = world.browser()
    token = (await browser.tokens(scope=OFFLINE))["refresh_token"]
    responses = await many((browser,), grant_type="refresh_token", refresh_token=token)
    await check_one_family((browser,), responses)


async def test_one_refresh_token_in_two_processes(two: tuple[Browser, Browser]) -> None:
    """A hundred parallel uses at two processes end in one family, and no session is lost."""
    token = (await two[0].tokens(scope=OFFLINE))["refresh_token"]
    responses = await many(two, grant_type="refresh_token", refresh_token=token)
    await check_one_family(two, responses)


async def test_racing_tabs_go_on(two: tuple[Browser, Browser], world: World) -> None:
    """Whichever tab's answer is kept, the next refresh works."""
    token = (await two[0].tokens(scope=OFFLINE))["refresh_token"]
    for _ in range(3):
        responses = await many(two, grant_type="refresh_token", refresh_token=token)
        token = responses[-1].json()["refresh_token"]
        world.clock.advance(60)
    assert (await refresh(two[1], token)).status_code == 200


async def test_one_non_rotating_token(world: World) -> None:
    """A non-rotating token serves a hundred parallel refreshes."""
    await world.change_client("web", refresh_token=RefreshTokenSettings(rotation_type="non-rotating"))
    browser = world.browser()
    token = (await browser.tokens(scope=OFFLINE))["refresh_token"]
    responses = await many((browser,), grant_type="refresh_token", refresh_token=token)
    assert statuses(responses) == {"success": MANY}


@pytest.mark.parametrize("head_start", range(6))
async def test_revocation_racing_refreshes(two: tuple[Browser, Browser], head_start: int) -> None:
    """However a revocation races refreshes, no token of the grant is alive afterwards."""
    tokens = await two[0].tokens(scope=OFFLINE)
    refreshes = [
        asyncio.ensure_future(refresh(two[n % 2], tokens["refresh_token"])) for n in range(head_start * 4)
    ]
    revoked = two[1].post(
        "/oauth/revoke", data={"token": tokens["refresh_token"]}, headers=basic("web", SECRET)
    )
    late = [refresh(two[n % 2], tokens["refresh_token"]) for n in range(20)]
    answers = await asyncio.gather(*refreshes, revoked, *late)
    given = [r.json() for r in answers if r.status_code == 200 and r.content]
    for found in (tokens, *given):
        assert (await userinfo(two[0], found["access_token"])).status_code == 401
        assert (await refresh(two[1], found["refresh_token"])).status_code == 400


@pytest.mark.parametrize("audience", ["", API])
async def test_block_racing_refreshes(two: tuple[Browser, Browser], world: World, audience: str) -> None:
    """However blocking a user races refreshes, no token of theirs is alive afterwards."""
    tokens = await two[0].tokens(scope=OFFLINE, audience=audience)
    blocked = world.change_user("auth0|ada", blocked=True)
    answers = await asyncio.gather(
        *(refresh(two[n % 2], tokens["refresh_token"]) for n in range(10)), blocked
    )
    given = [r.json() for r in answers[:-1] if r.status_code == 200]
    for found in (tokens, *given):
        assert (await userinfo(two[0], found["access_token"])).status_code == 401
        assert (await refresh(two[1], found["refresh_token"])).status_code == 400


async def test_silent_requests_at_once(two: tuple[Browser, Browser]) -> None:
    """Many silent requests of one session each get a code of their own."""
    await two[0].sign_in()
    two[1].client.cookies.update(two[0].client.cookies)
    answers = await asyncio.gather(*(two[n % 2].authorize(prompt="none") for n in range(40)))
    assert len({answer(response)["code"] for response in answers}) == 40
