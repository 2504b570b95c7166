"""A connection that is deleted, or closed to a client, lets nobody in at any door, from that moment on."""

from collections.abc import Awaitable, Callable

import pytest
from tests.support.protocol import (
    introspect,
    is_login_page,
    open_connection_to,
    refresh,
    refusal,
    userinfo,
)
from tests.support.world import API, PASSWORD, Browser, World, answer, text_of

pytestmark = pytest.mark.anyio

OFFLINE = "openid offline_access read:timesheets"
Shut = Callable[[World], Awaitable[None]]


async def delete_connection(world: World) -> None:
    await world.commit(world.platform.stores.connections.delete(world.tenant_id, "con_db"))


async def close_connection(world: World) -> None:
    await open_connection_to(world, "third")


WAYS = pytest.mark.parametrize("shut", [delete_connection, close_connection], ids=["deleted", "closed"])


@WAYS
@pytest.mark.parametrize("audience", ["", API], ids=["opaque", "JWT"])
async def test_access_token(world: World, shut: Shut, audience: str) -> None:
    """An access token of a user whose connection is shut is refused at userinfo, and not active."""
    browser = world.browser()
    token = (await browser.tokens(audience=audience))["access_token"]
    assert (await userinfo(browser, token)).status_code == 200
    assert (await introspect(browser, token))["active"]
    await shut(world)
    assert refusal(await userinfo(browser, token)) == (401, "invalid_token")
    assert await introspect(browser, token) == {"active": False}


@WAYS
async def test_refresh_token(world: World, shut: Shut) -> None:
    """A refresh token of such a user is refused, and not active."""
    browser = world.browser()
    token = (await browser.tokens(scope=OFFLINE, audience=API))["refresh_token"]
    assert (await introspect(browser, token))["active"]
    await shut(world)
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")
    assert await introspect(browser, token) == {"active": False}


@WAYS
async def test_code(world: World, shut: Shut) -> None:
    """A code of such a user is refused."""
    browser = world.browser()
    code = await browser.code()
    await shut(world)
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


@WAYS
async def test_session(world: World, shut: Shut) -> None:
    """A session of such a user answers no application any more."""
    browser = world.browser()
    await browser.sign_in()
    await shut(world)
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


async def test_a_client_acting_for_itself(world: World) -> None:
    """A token that a client got for itself has no user, and no connection that could be shut."""
    browser = world.browser()
    token = (await browser.token(grant_type="client_credentials", audience=API)).json()["access_token"]
    await delete_connection(world)
    assert (await introspect(browser, token))["active"]


async def test_password_is_no_good(world: World) -> None:
    """Nobody signs in to a connection that was deleted while the page was open."""
    browser = world.browser()
    page = await browser.authorize()
    assert is_login_page(page)
    await delete_connection(world)
    end = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert "location" not in end.headers, text_of(end)


def owner(table: str) -> str:
    """The column that says whose a row is; a password belongs to an identity, the first named as its user."""
    return "identity_id" if table == "passwords" else "user_id"


def traces(world: World) -> dict[str, int]:
    """How many rows are kept of ada, by table, where there are any."""
    tables = [
        *("users", "identities", "identifiers", "passwords", "user_roles"),
        *("consents", "sessions", "token_families", "tickets"),
    ]
    counts = {
        table: world.rows(f"SELECT count(*) FROM {table} WHERE {owner(table)} = 'auth0|ada'")[0][0]
        for table in tables
    }
    return {table: count for table, count in counts.items() if count}


async def full_of_life(world: World) -> Browser:
    """A browser of ada, of whom there is something in every table."""
    browser = world.browser()
    await browser.tokens(scope=OFFLINE, audience=API)
    await browser.submit(await browser.authorize(prompt="consent"), action="accept")
    stores = world.platform.stores
    await world.commit(stores.roles.assign(world.tenant_id, "auth0|ada", "rol_reader"))
    return browser


async def test_sweep_removes_the_people(world: World) -> None:
    """The next sweep removes everything of the users of a deleted connection, and tells whose they were."""
    await full_of_life(world)
    assert set(traces(world)) == {
        *("users", "identities", "identifiers", "passwords", "user_roles"),
        *("consents", "sessions", "token_families"),
    }
    await delete_connection(world)
    await world.platform.housekeeping.sweep()
    assert traces(world) == {}
    assert "UsersLeftBehindRemoved" in [entry.event for entry in await world.logs()]


async def test_sweep_leaves_people_of_a_closed_connection(world: World) -> None:
    """A connection that is closed to every client is still there, and so are its users."""
    await full_of_life(world)
    before = traces(world)
    await open_connection_to(world)
    await world.platform.housekeeping.sweep()
    assert traces(world) == before
    await open_connection_to(world, "web")
    assert "code" in answer(await world.browser().sign_in())


async def test_after_the_sweep(world: World) -> None:
    """Once the users are removed, what they held is as dead as before, and no accident."""
    browser = await full_of_life(world)
    opaque = await browser.tokens(scope=OFFLINE)
    jwt = await browser.tokens(scope=OFFLINE, audience=API)
    code = await browser.code()
    await delete_connection(world)
    await world.platform.housekeeping.sweep()
    for tokens in (opaque, jwt):
        assert refusal(await userinfo(browser, tokens["access_token"])) == (401, "invalid_token")
        assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"
