"""The end of refresh tokens and sessions by the management API: immediate, at every door."""

from typing import Any

import pytest
from tests.support.access import ADA, Person, signed_in
from tests.support.management import Caller, caller, put_other_tenant, refused
from tests.support.protocol import introspect, spa_tokens
from tests.support.world import API, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

USER = "auth0|ada"
OPEN, SHUT = (True, True, True), (False, False, False)


async def test_deleted_token(world: World, robot: Caller) -> None:
    """A deleted refresh token gives nothing any more, nor do tokens of its grant; the session goes on."""
    ada, elsewhere = await signed_in(world), await signed_in(world)
    response = await robot.delete(f"/refresh-tokens/{ada.grant_id}")
    assert (response.status_code, response.content) == (202, b"")
    assert not (await introspect(ada.browser, ada.tokens["refresh_token"]))["active"]
    assert not (await introspect(ada.browser, ada.tokens["access_token"]))["active"]
    assert await ada.doors() == (True, False, False)
    assert await elsewhere.doors() == OPEN
    assert refused(await robot.delete(f"/refresh-tokens/{ada.grant_id}")) == (404, "inexistent_refresh_token")


async def test_deleted_token_for_an_api(world: World, robot: Caller) -> None:
    """A JWT of the grant is refused wherever we are asked."""
    ada = await signed_in(world, audience=API)
    await robot.delete(f"/refresh-tokens/{ada.grant_id}")
    assert not (await introspect(ada.browser, ada.tokens["access_token"]))["active"]


async def test_all_tokens_of_a_user(world: World, robot: Caller) -> None:
    """All of a user's refresh tokens end together; those of others go on."""
    await world.put_user("bob@example.test", subject="bob")
    browser = world.browser()
    await browser.sign_in("bob@example.test", scope="openid offline_access")
    bob = Person(browser, await browser.tokens(scope="openid offline_access"))
    people = [await signed_in(world) for _ in range(2)]
    assert (await robot.delete(f"{ADA}/refresh-tokens")).status_code == 202
    assert [await person.doors() for person in people] == [(True, False, False)] * 2
    assert await bob.doors() == OPEN
    assert refused(await robot.delete("/users/auth0%7Cnobody/refresh-tokens")) == (404, "inexistent_user")


async def revoke(robot: Caller, **body: Any) -> None:
    """Revokes refresh tokens in bulk."""
    response = await robot.post("/refresh-tokens/revoke", body)
    assert (response.status_code, response.content) == (202, b"")


async def test_tokens_by_their_ids(world: World, robot: Caller) -> None:
    """Tokens are revoked by their ids; ids of nothing are passed over."""
    first, second, third = [await signed_in(world) for _ in range(3)]
    await revoke(robot, ids=[first.grant_id, third.grant_id, "nothing", first.grant_id])
    assert [await person.can_refresh() for person in (first, second, third)] == [False, True, False]


async def test_ids_of_another_tenant(world: World, robot: Caller) -> None:
    """Ids of another tenant's tokens revoke nothing there (CVE-2026-55670)."""
    ada = await signed_in(world)
    await put_other_tenant(world)
    other = await caller(world, base="https://other.example.test/")
    await revoke(other, ids=[ada.grant_id])
    await revoke(other, user_id=USER)
    assert await ada.doors() == OPEN
    await revoke(robot, ids=[ada.grant_id])
    assert not await ada.can_refresh()


async def test_tokens_of_client_and_audience(world: World, robot: Caller) -> None:
    """A user's tokens are revoked for one application, or for one audience of it."""
    at_userinfo, at_api = await signed_in(world), await signed_in(world, audience=API)
    browser = world.browser()
    spa = await spa_tokens(browser, scope="openid offline_access", audience=API)
    await revoke(robot, user_id=USER, client_id="web", audience=API)
    assert [await person.can_refresh() for person in (at_userinfo, at_api)] == [True, False]
    await revoke(robot, user_id=USER, client_id="web")
    assert not await at_userinfo.can_refresh()
    assert [each["id"] for each in (await robot.read(f"{ADA}/refresh-tokens"))["tokens"]] == [
        spa["refresh_token"].partition(".")[0]
    ]
    await revoke(robot, user_id=USER)
    assert await robot.read(f"{ADA}/refresh-tokens") == {"tokens": []}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "ids: wanted"),
        ({"ids": []}, "ids: wanted"),
        ({"ids": ["a"], "user_id": USER}, "ids: wanted"),
        ({"client_id": "web"}, "ids: wanted"),
        ({"ids": ["a"], "client_id": "web"}, "ids: wanted: no client_id"),
        ({"user_id": USER, "audience": API}, "client_id: missing"),
        ({"ids": [str(n) for n in range(101)]}, "101 ids"),
        ({"ids": "a"}, "ids: read"),
        ({"all": True}, "all: no such field"),
    ],
    ids=["nothing", "none", "both", "client", "narrowed ids", "audience", "many", "text", "unknown"],
)
async def test_wrong_choice(world: World, robot: Caller, body: dict[str, Any], told: str) -> None:
    """A choice that is none, or could mean more than was meant, is refused, and nothing is revoked."""
    ada = await signed_in(world)
    response = await robot.post("/refresh-tokens/revoke", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await ada.can_refresh()


async def test_session_with_its_tokens(world: World, robot: Caller) -> None:
    """A revoked session takes along what was got in it, and nothing of another session."""
    ada, elsewhere = await signed_in(world), await signed_in(world)
    response = await robot.call("POST", f"/sessions/{ada.sid}/revoke")
    assert (response.status_code, response.content) == (202, b"")
    assert await ada.doors() == SHUT
    assert await elsewhere.doors() == OPEN


async def test_code_under_way(world: World, robot: Caller) -> None:
    """A code given before the revocation gives no tokens after it."""
    ada = await signed_in(world)
    code = await ada.browser.code(scope="openid offline_access")
    await robot.call("POST", f"/sessions/{ada.sid}/revoke")
    response = await ada.browser.redeem(code)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("keep", "wanted"), [(False, SHUT), (True, (False, True, True))], ids=["all", "sessions"]
)
async def test_access_of_a_user(
    world: World, robot: Caller, keep: bool, wanted: tuple[bool, bool, bool]
) -> None:
    """All access of a user ends: sessions, and refresh tokens unless they are to be preserved."""
    people = [await signed_in(world) for _ in range(2)]
    body = {"preserve_refresh_tokens": keep} if keep else {}
    response = await robot.post(f"{ADA}/revoke-access", body)
    assert (response.status_code, response.content) == (202, b"")
    assert [await person.doors() for person in people] == [wanted] * 2


@pytest.mark.parametrize("keep", [False, True], ids=["all", "session"])
async def test_access_of_one_session(world: World, robot: Caller, keep: bool) -> None:
    """The access of one session ends, and that of others goes on."""
    ada, elsewhere = await signed_in(world), await signed_in(world)
    body = {"session_id": ada.sid, "preserve_refresh_tokens": keep}
    assert (await robot.post(f"{ADA}/revoke-access", body)).status_code == 202
    assert await ada.doors() == (False, keep, keep)
    assert await elsewhere.doors() == OPEN


async def test_session_of_somebody_else(world: World, robot: Caller) -> None:
    """A session that is not the user's is not found, and goes on."""
    ada = await signed_in(world)
    await world.put_user("bob@example.test", subject="bob")
    response = await robot.post("/users/auth0%7Cbob/revoke-access", {"session_id": ada.sid})
    assert refused(response) == (404, "inexistent_session")
    assert await ada.doors() == OPEN


@pytest.mark.parametrize("scope", ["delete:sessions", "delete:refresh_tokens"])
async def test_both_scopes_are_needed(world: World, scope: str) -> None:
    """What ends sessions and refresh tokens wants the scopes for both."""
    ada, half = await signed_in(world), await caller(world, scope)
    for call in (
        half.call("POST", f"/sessions/{ada.sid}/revoke"),
        half.post(f"{ADA}/revoke-access", {}),
    ):
        assert refused(await call) == (403, "insufficient_scope")
    assert await ada.doors() == OPEN


async def test_revocations_are_in_the_log(world: World, robot: Caller) -> None:
    """Each revocation is told once, with what it was of and who wanted it."""
    ada = await signed_in(world)
    await robot.delete(f"/refresh-tokens/{ada.grant_id}")
    await revoke(robot, user_id=USER, client_id="web")
    await robot.call("POST", f"/sessions/{ada.sid}/revoke")
    await robot.post(f"{ADA}/revoke-access", {})
    told = [each for each in await world.logs() if each.event == "UserAccessChanged"][::-1]
    assert [each.description for each in told] == [
        "Revoke refresh tokens",
        "Revoke refresh tokens of a user",
        "Revoke a session",
        "Revoke a user's access",
    ]
    assert {(each.client_id, each.user_id) for each in told} == {("robot", USER)}
    assert told[0].details["refresh_tokens"] == [ada.grant_id]
    assert told[1].details["of"] == {"client_id": "web", "audience": None}
    assert not any(ada.tokens["refresh_token"] in str(each.details) for each in told)
