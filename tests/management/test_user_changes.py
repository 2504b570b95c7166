"""``/api/v2/users``: making, changing and removing users."""

import asyncio
from typing import Any

import pytest
from tests.support.management import Caller, caller, person, refused
from tests.support.protocol import bearer
from tests.support.world import CONNECTION, PASSWORD, World, answer

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ADA = "/users/auth0%7Cada"
NEW = {"connection": CONNECTION, "email": "cy@example.test", "password": PASSWORD}
BOB = {"email": "bob@example.test"}


async def test_made_user(world: World, robot: Caller) -> None:
    """A user who was made is answered whole, is read the same, and signs in."""
    made = await robot.made(
        "/users", **NEW, user_id="cy", email_verified=True, given_name="Cy", app_metadata={"plan": "gold"}
    )
    assert (made["user_id"], made["given_name"], made["app_metadata"]) == ("auth0|cy", "Cy", {"plan": "gold"})
    assert "password" not in made
    assert await robot.read("/users/auth0%7Ccy") == made
    assert "code" in answer(await world.browser().sign_in("cy@example.test"))


@pytest.mark.parametrize("verify", [True, False])
async def test_mail_of_a_made_user(world: World, robot: Caller, verify: bool) -> None:
    """``verify_email`` decides whether a link is mailed that verifies the address."""
    await robot.made("/users", **NEW, verify_email=verify)
    assert [mail["kind"] for mail in await world.mails()] == ["verify_email"] * verify


async def test_null_is_as_if_it_were_not_sent(robot: Caller) -> None:
    """A new user's field that is ``null`` is one that was not sent."""
    made = await robot.made("/users", **NEW, username=None, user_metadata=None)
    assert "username" not in made


WRONG = [
    ({"connection": "nowhere"}, "connection: the connection does not exist"),
    ({"connection": None}, "connection: missing"),
    ({"password": "short"}, "password: "),
    ({"email": "no address"}, "email: "),
    ({"blocked": "yes"}, "blocked: read 'yes'; wanted: true or false"),
    ({"is_admin": True}, "is_admin: no such field"),
    ({"roles": ["rol_reader"]}, "roles: no such field"),
    ({"identities": []}, "identities: no such field"),
    ({"created_at": 1}, "created_at: no such field"),
    ({"user_metadata": {"x": "y" * 70_000}}, "user_metadata: "),
    ({"app_metadata": []}, "app_metadata: "),
]


@pytest.mark.parametrize(("fields", "told"), WRONG, ids=lambda value: str(value)[:30])
async def test_user_that_cannot_be_made(
    world: World, robot: Caller, fields: dict[str, Any], told: str
) -> None:
    """What is wrong is told by its path, and nobody is made."""
    before = world.rows("SELECT user_id FROM users")
    response = await robot.post("/users", {**NEW, **fields})
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert PASSWORD not in response.text
    assert world.rows("SELECT user_id FROM users") == before


@pytest.mark.parametrize("fields", [{"email": "Ada@example.test"}, {"user_id": "ada"}], ids=str)
async def test_user_who_is_there_already(robot: Caller, fields: dict[str, Any]) -> None:
    """A second user with an address or an id is refused with 409, in whatever letters it is written."""
    assert refused(await robot.post("/users", {**NEW, **fields})) == (409, "auth0_idp_error")


async def test_change_is_answered_whole(world: World, robot: Caller) -> None:
    """A change is answered with the whole user and read so; metadata is merged at its first level."""
    await world.change_user("auth0|ada", user_metadata={"tea": "green", "hats": {"red": 1}, "old": 1})
    response = await robot.patch(
        ADA, {"nickname": "A", "user_metadata": {"hats": {"blue": 2}, "old": None}, "blocked": False}
    )
    assert response.status_code == 200
    assert response.json()["nickname"] == "A"
    assert response.json()["user_metadata"] == {"tea": "green", "hats": {"blue": 2}}
    assert await robot.read(ADA) == response.json()


async def test_new_password(world: World, robot: Caller) -> None:
    """A new password is in force at once, ends what was signed in, and is in no log."""
    token = await world.browser().tokens(scope="openid offline_access")
    response = await robot.patch(ADA, {"password": "Another-Horse-2", "connection": CONNECTION})
    assert response.status_code == 200
    assert "code" in answer(await world.browser().sign_in(password="Another-Horse-2"))
    old = await world.browser().token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert old.json()["error"] == "invalid_grant"
    assert not any("Another-Horse" in line for line in world.dump())


WRONG_CHANGES = [
    ({"email": "x@example.test", "password": "Another-Horse-2"}, "password: stands beside email"),
    ({"email": "x@example.test", "username": "ada"}, "username: stands beside email"),
    ({"email": None}, "email: read null"),
    ({"password": "short"}, "password: "),
    ({"connection": "nowhere", "password": "Another-Horse-2"}, "connection: "),
    ({"client_id": "nobody", "verify_email": True}, "client_id: the client does not exist"),
    ({"user_id": "auth0|bob"}, "user_id: no such field"),
    ({"last_login": "now"}, "last_login: no such field"),
    ({"email_verified": 1}, "email_verified: "),
    ({"user_metadata": "x"}, "user_metadata: "),
    ({"app_metadata": {"x": "y" * 70_000}}, "app_metadata: "),
    ({}, "empty"),
]


@pytest.mark.parametrize(("fields", "told"), WRONG_CHANGES, ids=lambda value: str(value)[:30])
async def test_change_that_breaks_a_rule(robot: Caller, fields: dict[str, Any], told: str) -> None:
    """What is wrong is told by its path, and nothing is changed."""
    before = await robot.read(ADA)
    response = await robot.patch(ADA, fields)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(ADA) == before


async def test_address_of_somebody_else(world: World, robot: Caller) -> None:
    """The address of another user is refused with 409."""
    await world.put_user(**BOB)
    assert refused(await robot.patch(ADA, BOB)) == (409, "auth0_idp_error")


async def test_new_address_is_verified_by_mail(world: World, robot: Caller) -> None:
    """Another address is not verified, and a link is mailed to it when ``verify_email`` asks for that."""
    response = await robot.patch(ADA, {"email": "new@example.test", "verify_email": True, "client_id": "web"})
    assert response.json()["email_verified"] is False
    assert [mail["to"] for mail in await world.mails()] == ["new@example.test"]


async def test_unchanged_since(robot: Caller) -> None:
    """``If-Match`` with the state that was read lets a change through once; afterwards it is refused."""
    seen = (await robot.get(ADA)).headers["etag"]
    first = await robot.patch(ADA, {"nickname": "A"}, headers={"if-match": seen})
    assert first.status_code == 200
    assert refused(await robot.patch(ADA, {"nickname": "B"}, headers={"if-match": seen}))[0] == 412
    assert refused(await robot.delete(ADA, headers={"if-match": seen}))[0] == 412
    assert (await robot.delete(ADA, headers={"if-match": first.headers["etag"]})).status_code == 204


async def test_no_change_is_lost(world: World, robot: Caller) -> None:
    """Of changes made at the same moment none is lost."""
    patches = [robot.patch(ADA, {"app_metadata": {f"k{n}": n}}) for n in range(4)]
    assert {each.status_code for each in await asyncio.gather(*patches)} == {200}
    assert (await robot.read(ADA))["app_metadata"] == {f"k{n}": n for n in range(4)}


@pytest.mark.parametrize("how", ["block", "delete"])
async def test_every_door_is_shut(world: World, robot: Caller, how: str) -> None:
    """Whoever is blocked or deleted goes on with no session, no refresh token and no access token."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid offline_access")
    if how == "block":
        assert (await robot.patch(ADA, {"blocked": True})).status_code == 200
    else:
        assert (await robot.delete(ADA)).status_code == 204
    again = await browser.authorize(prompt="none")
    assert answer(again)["error"] == "login_required"
    renewed = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert renewed.json()["error"] == "invalid_grant"
    asked = await browser.get("/userinfo", headers=bearer(tokens["access_token"]))
    assert asked.status_code == 401
    assert (await world.browser().sign_in()).status_code != 302


async def test_deleted_user(world: World, robot: Caller) -> None:
    """A deleted user is there no more, and deleting them again is answered 404."""
    response = await robot.delete(ADA)
    assert (response.status_code, response.content) == (204, b"")
    assert refused(await robot.get(ADA)) == (404, "inexistent_user")
    assert refused(await robot.delete(ADA)) == (404, "inexistent_user")
    assert world.rows("SELECT * FROM identifiers WHERE user_id = 'auth0|ada'") == []


async def test_changes_are_in_the_log(world: World, robot: Caller) -> None:
    """Making, changing, blocking and deleting are told in the log: who, to whom, and what."""
    await robot.made("/users", **NEW, user_id="cy", app_metadata={"plan": "gold"})
    await robot.patch("/users/auth0%7Ccy", {"blocked": True})
    await robot.delete("/users/auth0%7Ccy")
    told = [entry for entry in await world.logs() if entry.user_id == "auth0|cy"]
    assert sorted(entry.event for entry in told) == [
        "UserBlocked",
        "UserCreated",
        "UserDeleted",
        "UserUpdated",
    ]
    assert {entry.details["by"]["client_id"] for entry in told} == {"robot"}
    updated = next(entry for entry in told if entry.event == "UserUpdated")
    assert updated.details["after"] == {"blocked": True}


ONE_FIELD = {"app_metadata": {"plan": "gold"}}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (ONE_FIELD, 200),
        ({**ONE_FIELD, "blocked": True}, 403),
        ({"user_metadata": {}}, 403),
        ({"email_verified": True}, 403),
        ({}, 200),
    ],
    ids=str,
)
async def test_scope_for_app_metadata(world: World, body: dict[str, Any], status: int) -> None:
    """``update:users_app_metadata`` changes ``app_metadata``, and nothing else."""
    some = await caller(world, "update:users_app_metadata")
    response = await some.patch(ADA, body or ONE_FIELD)
    assert response.status_code == status
    if status == 403:
        assert refused(response) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    "fields",
    [
        {"email_verified": True},
        {"app_metadata": {"admin": True}},
        {"blocked": False},
        {"password": "Another-Horse-2"},
        {"email": "other@example.test"},
        {"user_metadata": {"tea": "green"}, "email_verified": True},
        {},
    ],
    ids=str,
)
async def test_person_changes_no_more_than_their_metadata(world: World, fields: dict[str, Any]) -> None:
    """Zitadel CVE-2026-27946: a person cannot write what an administrator decides."""
    ada = await person(world, "update:current_user_metadata")
    before = world.rows("SELECT doc FROM users WHERE user_id = 'auth0|ada'")
    assert refused(await ada.patch(ADA, fields))[0] in (400, 403)
    assert world.rows("SELECT doc FROM users WHERE user_id = 'auth0|ada'") == before


async def test_person_changes_their_own_metadata(world: World) -> None:
    """With ``update:current_user_metadata`` a person changes their own metadata, and nobody else's."""
    await world.put_user(**BOB, subject="bob")
    ada = await person(world, "update:current_user_metadata")
    body = {"user_metadata": {"tea": "green"}}
    response = await ada.patch(ADA, body)
    assert (response.status_code, response.json()["user_metadata"]) == (200, {"tea": "green"})
    assert refused(await ada.patch("/users/auth0%7Cbob", body)) == (403, "insufficient_scope")


async def test_person_deletes_themselves(world: World, robot: Caller) -> None:
    """With ``delete:current_user`` a person removes themselves, and nobody else."""
    await world.put_user(**BOB, subject="bob")
    ada = await person(world, "delete:current_user")
    assert refused(await ada.delete("/users/auth0%7Cbob")) == (403, "insufficient_scope")
    assert (await ada.delete(ADA)).status_code == 204
    assert refused(await robot.get(ADA)) == (404, "inexistent_user")
    assert (await robot.get("/users/auth0%7Cbob")).status_code == 200
