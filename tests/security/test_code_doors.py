"""Whoever guesses mailed codes gains nothing by going to another door (invariant 5, CVE-2025-64102)."""

from collections.abc import Awaitable, Callable
from itertools import cycle, product

import httpx2
import pytest
from tests.embedded.pages import OTP_TYPE, authenticate, enable
from tests.support.legacy import make_legacy, own
from tests.support.passwordless import CY, WRONG, mailed_code, mailed_link, put_passwordless, redeem, verify
from tests.support.protocol import query_of
from tests.support.world import Browser, World, forms

from gatewright.clients import JwtConfiguration
from gatewright.protection import CODE, CODE_FOR_ADDRESS, CODE_PER_IP

pytestmark = pytest.mark.anyio

Door = Callable[[Browser, str], Awaitable[httpx2.Response]]


async def page(browser: Browser, code: str) -> httpx2.Response:
    opened = await browser.authorize(connection="email", login_hint=CY)
    fields = forms(opened)[0]["fields"]
    opened = await browser.get(f"/u/login/email/code?state={fields['state']}")
    return await browser.post("/u/login/email/code", data={**forms(opened)[0]["fields"], "code": code})


async def grant(browser: Browser, code: str) -> httpx2.Response:
    return await redeem(browser, code)


async def question(browser: Browser, code: str) -> httpx2.Response:
    return await verify(browser, code)


async def question_without_client(browser: Browser, code: str) -> httpx2.Response:
    return await verify(browser, code, client_id="")


async def foreign_page(browser: Browser, code: str) -> httpx2.Response:
    asked = {"credential_type": OTP_TYPE, "realm": "email", "username": CY, "otp": code, "password": ""}
    return await authenticate(browser, **asked)


async def old(browser: Browser, code: str) -> httpx2.Response:
    return await own(browser, connection="email", username=CY, password=code)


DOORS: tuple[Door, ...] = (page, grant, question, question_without_client, foreign_page, old)
"""Every door at which a code is tried; a new one belongs into this list."""

WRONGS = (400, 401, 403)
"""What a wrong code is answered with, by the manners of the door."""


def name_of(door: Door) -> str:
    return door.__name__


@pytest.fixture(autouse=True)
async def by_mail(world: World) -> World:
    """People may sign in by mail, to a client that may use every door."""
    await put_passwordless(world)
    await make_legacy(world, jwt_configuration=JwtConfiguration())
    await enable(world)
    return world


@pytest.mark.parametrize("door", DOORS, ids=name_of)
async def test_each_door_opens(world: World, door: Door) -> None:
    """The right code opens each door, and a wrong one does not."""
    code = await mailed_code(world)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert (await door(world.browser(), wrong)).status_code in WRONGS
    assert (await door(world.browser(), code)).status_code in (200, 303)


@pytest.mark.parametrize(("spent", "tried"), list(product(DOORS, DOORS)), ids=name_of)
async def test_limit_spent_at_one_door_is_spent_at_all(world: World, spent: Door, tried: Door) -> None:
    """After ten wrong codes at one door every door refuses, also a new code; a link still works."""
    for _ in range(CODE.attempts):
        assert (await spent(world.browser(), WRONG)).status_code in WRONGS
    code = await mailed_code(world)
    assert (await tried(world.browser(), code)).status_code == 429
    secret = query_of(await mailed_link(world))["verification_code"]
    assert (await tried(world.browser(), secret)).status_code in (200, 303)


async def test_code_dies_of_guesses_at_all_doors_together(world: World) -> None:
    """Five wrong guesses end a code, however they are spread over doors and networks."""
    code = await mailed_code(world)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    spread = cycle(DOORS)
    for number in range(5):
        await next(spread)(world.browser(address=f"198.51.100.{number}"), wrong)
    for door in DOORS:
        assert (await door(world.browser(), code)).status_code in WRONGS


async def test_address_bears_so_many_guesses_a_day(world: World) -> None:
    """From however many networks, an address is guessed at so often a day, and newer codes do not help."""
    spread = cycle((grant, question))
    for number in range(CODE_FOR_ADDRESS.attempts):
        browser = world.browser(address=f"198.51.100.{number}")
        assert (await next(spread)(browser, WRONG)).status_code in WRONGS
    fresh = world.browser(address="192.0.2.1")
    assert (await grant(fresh, await mailed_code(world))).status_code == 429
    world.clock.advance(CODE_FOR_ADDRESS.window)
    assert (await grant(fresh, await mailed_code(world))).status_code == 200


async def test_right_codes_do_not_add_up(world: World) -> None:
    """Who signs in often is not kept out."""
    await world.change_client("web", grant_types=("http://auth0.com/oauth/grant-type/passwordless/otp",))
    for _ in range(CODE.attempts + 2):
        assert (await grant(world.browser(), await mailed_code(world))).status_code == 200
        world.clock.advance(200)


async def test_many_addresses_end_at_the_limit_of_the_network(world: World) -> None:
    """Wrong codes for ever new addresses add up by network, also without ``brute_force_protection``."""
    await put_passwordless(world, brute_force_protection=False)
    for number in range(CODE_PER_IP.attempts):
        assert (await redeem(world.browser(), WRONG, f"user{number}@example.test")).status_code == 400
    assert (await grant(world.browser(), await mailed_code(world))).status_code == 429
