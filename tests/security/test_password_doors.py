"""Whoever guesses passwords gains nothing by going to another door (invariant 5)."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle, product

import httpx2
import msgspec
import pytest
from tests.embedded.pages import authenticate, enable
from tests.support.legacy import make_legacy, own
from tests.support.protocol import is_login_page, refusal
from tests.support.world import CONNECTION, PASSWORD, PASSWORD_GRANT, Browser, World

from gatewright.clients import Client, JwtConfiguration
from gatewright.kernel.errors import Unavailable
from gatewright.protection import PASSWORD as LIMIT
from gatewright.protection import PASSWORD_PER_IP

pytestmark = pytest.mark.anyio

ADA, ALIAS = "ada@example.test", "everybody"
Door = Callable[[Browser, str, str], Awaitable[httpx2.Response]]


async def pages(browser: Browser, email: str, password: str) -> httpx2.Response:
    return await browser.sign_in(email, password)


async def realm(browser: Browser, email: str, password: str) -> httpx2.Response:
    return await browser.bring_password(email, password)


async def alias(browser: Browser, email: str, password: str) -> httpx2.Response:
    return await browser.bring_password(email, password, realm=ALIAS)


async def directory(browser: Browser, email: str, password: str) -> httpx2.Response:
    return await browser.bring_password(email, password, grant_type=PASSWORD_GRANT)


async def old(browser: Browser, email: str, password: str) -> httpx2.Response:
    return await own(browser, client_id="spa", username=email, password=password)


async def foreign_page(browser: Browser, email: str, password: str) -> httpx2.Response:
    return await authenticate(browser, username=email, password=password)


async def foreign_page_without_realm(browser: Browser, email: str, password: str) -> httpx2.Response:
    asked = {"realm": "", "credential_type": "password"}
    return await authenticate(browser, username=email, password=password, **asked)


async def validation(browser: Browser, email: str, password: str) -> httpx2.Response:
    fields = {"client_id": "old", "connection": CONNECTION, "username": email, "password": password}
    return await browser.post("/public/api/users/validate_userpassword", data=fields)


async def form_for_a_page(browser: Browser, email: str, password: str) -> httpx2.Response:
    body = {"client_id": "web", "connection": CONNECTION, "username": email, "password": password}
    return await browser.post("/usernamepassword/login", json=body)


WRONG: dict[Door, int] = {
    pages: 400,
    realm: 400,
    alias: 400,
    directory: 400,
    old: 401,
    validation: 404,
    foreign_page: 403,
    foreign_page_without_realm: 403,
    form_for_a_page: 401,
}
"""Every door at which a password is tried, with its status for a wrong one; a new one belongs here."""

DOORS = tuple(WRONG)


def name_of(door: Door) -> str:
    return door.__name__


def is_open(response: httpx2.Response) -> bool:
    return (
        response.status_code == 200
        if "location" not in response.headers
        else "code=" in str(response.headers)
    )


@pytest.fixture
async def doors(world: World) -> World:
    """A world in which all doors lead to one database."""
    await enable(world)
    await make_legacy(world, "spa", jwt_configuration=JwtConfiguration())
    await world.change_tenant(default_directory=CONNECTION)
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    await world.put_client(Client(client_id="old", name="Old", oidc_conformant=False))
    clients = (*connection.enabled_clients, "old")
    changed = msgspec.structs.replace(connection, realms=(CONNECTION, ALIAS), enabled_clients=clients)
    await world.commit(world.platform.stores.connections.put(world.tenant_id, changed))
    return world


@pytest.mark.parametrize("door", DOORS, ids=name_of)
async def test_each_door_opens(doors: World, door: Door) -> None:
    """The right password opens each door, and a wrong one does not."""
    assert is_open(await door(doors.browser(), ADA, PASSWORD))
    response = await door(doors.browser(), ADA, "wrong")
    assert not is_open(response)
    assert response.status_code == WRONG[door]


@pytest.mark.parametrize(("spent", "tried"), list(product(DOORS, DOORS)), ids=name_of)
async def test_limit_spent_at_one_door_is_spent_at_all(doors: World, spent: Door, tried: Door) -> None:
    """After ten wrong passwords at one door the right one is refused at every door."""
    for _ in range(LIMIT.attempts):
        assert (await spent(doors.browser(), ADA, "wrong")).status_code == WRONG[spent]
    response = await tried(doors.browser(), ADA, PASSWORD)
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= LIMIT.window


async def test_attempts_at_all_doors_add_up(doors: World) -> None:
    """Ten attempts are ten attempts, however they are spread."""
    spread = cycle(DOORS)
    for _ in range(LIMIT.attempts):
        door = next(spread)
        assert (await door(doors.browser(), ADA, "wrong")).status_code == WRONG[door]
    for door in DOORS:
        assert (await door(doors.browser(), ADA, PASSWORD)).status_code == 429


@pytest.mark.parametrize("door", DOORS, ids=name_of)
async def test_right_password_clears_the_counter_of_all(doors: World, door: Door) -> None:
    """Whoever gets it right at one door may get it wrong as often again at another."""
    for _ in range(LIMIT.attempts - 1):
        await pages(doors.browser(), ADA, "wrong")
    assert is_open(await door(doors.browser(), ADA, PASSWORD))
    for _ in range(LIMIT.attempts):
        assert (await realm(doors.browser(), ADA, "wrong")).status_code == 400


async def test_many_identifiers_end_at_the_limit_of_the_address(doors: World) -> None:
    """Wrong passwords for ever new identifiers add up by network address over all doors."""
    await doors.change_connection(brute_force_protection=False)
    spread = cycle((realm, alias, directory, old))
    for number in range(PASSWORD_PER_IP.attempts):
        door = next(spread)
        response = await door(doors.browser(), f"user{number}@example.test", "wrong")
        assert response.status_code == WRONG[door]
    for door in DOORS:
        assert (await door(doors.browser(), ADA, PASSWORD)).status_code == 429
        assert is_open(await door(doors.browser(address="198.51.100.9"), ADA, PASSWORD))


@pytest.mark.parametrize("door", DOORS, ids=name_of)
async def test_spelling_is_no_way_around(doors: World, door: Door) -> None:
    """All spellings of one address share one counter at every door."""
    spellings = cycle([ADA, ADA.upper(), f" {ADA}", "ａda@example.test"])
    for _ in range(LIMIT.attempts):
        await door(doors.browser(), next(spellings), "wrong")
    assert (await door(doors.browser(), ADA, PASSWORD)).status_code == 429


@pytest.mark.parametrize("door", [realm, alias, directory, old], ids=name_of)
async def test_parallel_guesses_all_count(doors: World, door: Door) -> None:
    """Thirty guesses at once are thirty attempts, not one."""
    answers = await asyncio.gather(*(door(doors.browser(), ADA, f"wrong-{n}") for n in range(30)))
    outcomes = [response.status_code for response in answers]
    assert (outcomes.count(WRONG[door]), outcomes.count(429)) == (LIMIT.attempts, 30 - LIMIT.attempts)


@pytest.mark.parametrize("door", DOORS, ids=name_of)
async def test_our_own_load_uses_up_nobody_s_attempts(
    doors: World, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords that were not compared, because too many waited, are no attempts."""

    async def full(password: str, stored: str | None) -> bool:
        raise Unavailable("too many sign-ins at once; try again in a moment", retry_after=1)

    with monkeypatch.context() as busy:
        busy.setattr(doors.platform.hasher, "check", full)
        for _ in range(LIMIT.attempts + 1):
            assert (await door(doors.browser(), ADA, PASSWORD)).status_code == 503
    assert is_open(await door(doors.browser(), ADA, PASSWORD))
    assert doors.rows("SELECT coalesce(sum(count), 0) FROM attempts") == [(0,)]


@pytest.mark.parametrize("door", [realm, alias, directory, old], ids=name_of)
async def test_blocked_is_told_to_nobody_who_guesses(doors: World, door: Door) -> None:
    """That an account is blocked is told only to whoever knows its password."""
    await doors.change_user("auth0|ada", blocked=True)
    guessed = await door(doors.browser(), ADA, "wrong")
    nobody = await door(doors.browser(), "nobody@example.test", "wrong")
    assert guessed.json() == nobody.json()
    assert refusal(guessed) == (
        WRONG[door],
        "invalid_user_password" if door is old else "invalid_grant",
    )
    assert "blocked" in (await door(doors.browser(), ADA, PASSWORD)).json()["error_description"]


async def test_wrong_password_at_the_token_endpoint_leaves_the_pages_open(doors: World) -> None:
    """A wrong password that an application brought does not disturb a sign-in under way."""
    browser = doors.browser()
    page = await browser.authorize()
    await realm(doors.browser(), ADA, "wrong")
    assert is_login_page(page)
    assert is_open(await browser.submit(page, username=ADA, password=PASSWORD))
