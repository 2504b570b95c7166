"""``/api/v2/sessions`` and ``/users/{id}/sessions``: who is signed in where, and the end of it."""

from typing import Any

import pytest
from tests.support.access import ADA, signed_in
from tests.support.management import Caller, caller, refused
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

NOBODY = "/users/auth0%7Cnobody"


async def test_session_is_read_by_its_sid(world: World, robot: Caller) -> None:
    """A session is read by the sid of its tokens: since when, how, from where, with which applications."""
    ada = await signed_in(world)
    found = await robot.read(f"/sessions/{ada.sid}")
    assert (found["id"], found["user_id"]) == (ada.sid, "auth0|ada")
    assert found["created_at"] == found["authenticated_at"] == found["last_interacted_at"]
    assert found["device"]["initial_ip"] == found["device"]["last_ip"] == "203.0.113.7"
    assert found["device"]["initial_user_agent"] == "Browser/1"
    assert found["clients"] == [{"client_id": "web"}]
    assert found["authentication"]["methods"] == [{"name": "pwd", "timestamp": found["created_at"]}]
    assert found["created_at"] < found["idle_expires_at"] < found["expires_at"]


async def test_no_secret_is_shown(world: World, robot: Caller) -> None:
    """Neither the secret in the cookie nor its hash is in what is shown, and neither finds a session."""
    ada = await signed_in(world)
    (kept,) = await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada")
    secrets = {kept.session_hash, *ada.browser.client.cookies.values()}
    text = (await robot.get(f"/sessions/{ada.sid}")).text + (await robot.get(f"{ADA}/sessions")).text
    assert not any(secret in text for secret in secrets)
    for secret in secrets:
        assert refused(await robot.get(f"/sessions/{secret}")) == (404, "inexistent_session")


async def test_later_use_is_seen(world: World, robot: Caller) -> None:
    """A later use moves the last interaction and the idle end, and tells from where it came."""
    ada = await signed_in(world)
    before = await robot.read(f"/sessions/{ada.sid}")
    world.clock.advance(7_200)
    ada.browser.client.headers["user-agent"] = "Browser/2"
    assert await ada.is_signed_in()
    after = await robot.read(f"/sessions/{ada.sid}")
    assert after["last_interacted_at"] > before["last_interacted_at"]
    assert after["idle_expires_at"] > before["idle_expires_at"]
    assert after["authenticated_at"] == before["authenticated_at"]
    assert (after["device"]["initial_user_agent"], after["device"]["last_user_agent"]) == (
        "Browser/1",
        "Browser/2",
    )


async def test_session_that_ran_out_is_gone(world: World, robot: Caller) -> None:
    """A session past its end is neither read nor listed, even while its row is still there."""
    ada = await signed_in(world)
    world.clock.advance(60 * 60 * 24 * 8)
    robot = await caller(world)
    assert refused(await robot.get(f"/sessions/{ada.sid}")) == (404, "inexistent_session")
    assert await robot.read(f"{ADA}/sessions") == {"sessions": []}


async def test_list_by_checkpoints(world: World, robot: Caller) -> None:
    """A user's sessions come page by page, each once, and nobody else's."""
    await world.put_user("bob@example.test", subject="bob")
    bobs = world.browser()
    await bobs.sign_in("bob@example.test")
    people = [await signed_in(world) for _ in range(3)]
    first = await robot.read(f"{ADA}/sessions?take=2&include_totals=true")
    second = await robot.read(f"{ADA}/sessions?take=2&from={first['next']}")
    assert "next" not in second
    listed = [each["id"] for each in first["sessions"] + second["sessions"]]
    assert sorted(listed) == sorted(person.sid for person in people)
    assert len(listed) == 3


async def test_deleted_session(world: World, robot: Caller) -> None:
    """A deleted session is over at once; other sessions, and refresh tokens got in it, go on."""
    ada, elsewhere = await signed_in(world), await signed_in(world)
    response = await robot.delete(f"/sessions/{ada.sid}")
    assert (response.status_code, response.content) == (202, b"")
    assert await ada.doors() == (False, True, True)
    assert await elsewhere.doors() == (True, True, True)
    assert refused(await robot.delete(f"/sessions/{ada.sid}")) == (404, "inexistent_session")


async def test_all_sessions_of_a_user(world: World, robot: Caller) -> None:
    """All of a user's sessions end together, at once."""
    people = [await signed_in(world) for _ in range(2)]
    assert (await robot.delete(f"{ADA}/sessions")).status_code == 202
    assert [await person.is_signed_in() for person in people] == [False, False]
    assert await robot.read(f"{ADA}/sessions") == {"sessions": []}


async def test_use_does_not_bring_a_deleted_session_back(world: World, robot: Caller) -> None:
    """A session that is used while it is deleted stays deleted."""
    ada = await signed_in(world)
    (session,) = await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada")
    await robot.delete(f"/sessions/{ada.sid}")
    world.clock.advance(7_200)
    assert not await ada.is_signed_in()
    assert await world.platform.stores.sessions.get(world.tenant_id, session.session_hash) is None


async def test_metadata_is_replaced_and_cleared(world: World, robot: Caller) -> None:
    """Metadata is replaced whole, shown wherever the session is, outlives its use, and null clears it."""
    ada = await signed_in(world)
    path = f"/sessions/{ada.sid}"
    for metadata in ({"plan": "gold", "seat": "4"}, {"plan": "ünïcode"}):
        changed = await robot.patch(path, {"session_metadata": metadata})
        assert changed.status_code == 200
        assert changed.json()["session_metadata"] == metadata
    world.clock.advance(7_200)
    await ada.is_signed_in()
    (listed,) = (await robot.read(f"{ADA}/sessions"))["sessions"]
    assert listed["session_metadata"] == {"plan": "ünïcode"}
    assert "session_metadata" not in (await robot.patch(path, {"session_metadata": None})).json()
    assert "session_metadata" not in await robot.read(path)


async def test_nothing_sent_changes_nothing(world: World, robot: Caller) -> None:
    """An update that says nothing answers with the session as it is."""
    path = f"/sessions/{(await signed_in(world)).sid}"
    before = await robot.read(path)
    assert (await robot.patch(path, {})).json() == before
    assert not [each for each in await world.logs() if each.event == "UserAccessChanged"]


async def test_update_of_what_was_read(world: World, robot: Caller) -> None:
    """With ``If-Match`` an update is refused when the session is in another state."""
    path = f"/sessions/{(await signed_in(world)).sid}"
    etag = (await robot.get(path)).headers["etag"]
    body = {"session_metadata": {"plan": "gold"}}
    assert (await robot.patch(path, body, headers={"if-match": etag})).status_code == 200
    again = await robot.patch(path, {"session_metadata": None}, headers={"if-match": etag})
    assert refused(again) == (412, "precondition_failed")
    assert (await robot.read(path))["session_metadata"] == {"plan": "gold"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"session_metadata": {"a": 1}}, "session_metadata"),
        ({"session_metadata": "gold"}, "session_metadata"),
        ({"session_metadata": {"a": "x" * 256}}, "session_metadata.a"),
        ({"session_metadata": {"x" * 256: "a"}}, "session_metadata."),
        ({"session_metadata": {"": "a"}}, "session_metadata."),
        ({"session_metadata": {str(n): "a" for n in range(26)}}, "26 texts"),
        ({"user_id": "auth0|bob"}, "user_id: no such field"),
        ({"expires_at": "2099-01-01T00:00:00.000Z"}, "expires_at: no such field"),
    ],
    ids=["number", "text", "long text", "long name", "no name", "too many", "owner", "end"],
)
async def test_wrong_body(world: World, robot: Caller, body: dict[str, Any], told: str) -> None:
    """What cannot be kept, or is nobody's to change, is refused by its path, and nothing changes."""
    path = f"/sessions/{(await signed_in(world)).sid}"
    before = await robot.read(path)
    response = await robot.patch(path, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(path) == before


async def test_changes_are_in_the_log(world: World, robot: Caller) -> None:
    """Each change is told: who made it, to whose session, and of metadata the names alone."""
    ada = await signed_in(world)
    await robot.patch(f"/sessions/{ada.sid}", {"session_metadata": {"plan": "private matter"}})
    await robot.delete(f"/sessions/{ada.sid}")
    await robot.delete(f"{ADA}/sessions")
    told = [each for each in await world.logs() if each.event == "UserAccessChanged"][::-1]
    assert [each.description for each in told] == [
        "Update a session",
        "Delete a session",
        "Delete all sessions of a user",
    ]
    assert {(each.type, each.client_id, each.user_id) for each in told} == {("sapi", "robot", "auth0|ada")}
    assert told[0].details["metadata"] == ["plan"]
    assert [each.details.get("session_id") for each in told] == [ada.sid, ada.sid, None]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_sessions_of_nobody(robot: Caller, method: str) -> None:
    """A user who is not there has no sessions to ask for."""
    assert refused(await robot.call(method, f"{NOBODY}/sessions")) == (404, "inexistent_user")


async def test_checkpoint_of_somebody_else(robot: Caller) -> None:
    """A checkpoint that is none of ours is refused."""
    assert refused(await robot.get(f"{ADA}/sessions?from=%2A")) == (400, "invalid_query_string")
