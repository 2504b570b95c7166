"""``/api/v2/users/{id}/identities``: several accounts that are one person."""

from typing import Any

import msgspec
import pytest
from tests.support.management import AUDIENCE, Caller, person, refused
from tests.support.protocol import bearer
from tests.support.world import CONNECTION, PASSWORD, World, answer, claims_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ADA, BOB = "auth0|ada", "auth0|bob"
PATH = "/users/auth0%7Cada/identities"
BOBS = {"provider": "auth0", "user_id": "bob"}
OWN = "update:current_user_identities"
OWN_PASSWORD = "Bobs-Own-Horse-7"


@pytest.fixture(autouse=True)
async def bob(world: World) -> None:
    """Somebody else in the same database."""
    await world.put_user("bob@example.test", OWN_PASSWORD, subject="bob", given_name="Bob")


async def id_token(world: World, email: str = "bob@example.test", password: str = OWN_PASSWORD) -> str:
    """The id_token of a sign-in to the web client."""
    browser = world.browser()
    tokens = (await browser.redeem(answer(await browser.sign_in(email, password))["code"])).json()
    return str(tokens["id_token"])


def ids(identities: list[dict[str, Any]]) -> list[str]:
    return [f"{each['provider']}|{each['user_id']}" for each in identities]


@pytest.mark.parametrize("user_id", ["bob", "auth0|bob"])
async def test_link_by_id(world: World, robot: Caller, user_id: str) -> None:
    """A second user named by provider and id becomes an identity, which the answer lists."""
    response = await robot.post(PATH, {**BOBS, "user_id": user_id})
    assert response.status_code == 201
    assert ids(response.json()) == [ADA, BOB]
    assert response.json()[1]["profileData"]["given_name"] == "Bob"
    assert refused(await robot.get("/users/auth0%7Cbob")) == (404, "inexistent_user")
    assert claims_of(await id_token(world))["sub"] == ADA


async def test_link_of_a_connection(world: World, robot: Caller) -> None:
    """``connection_id`` has to be that of the second user."""
    wrong = await robot.post(PATH, {**BOBS, "connection_id": "con_other"})
    assert refused(wrong) == (400, "invalid_body")
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    right = await robot.post(PATH, {**BOBS, "connection_id": connection.connection_id})
    assert right.status_code == 201


async def test_person_links_by_id_token(world: World) -> None:
    """A person links a second account to themselves by its fresh id_token."""
    ada = await person(world, OWN)
    response = await ada.post(PATH, {"link_with": await id_token(world)})
    assert (response.status_code, ids(response.json())) == (201, [ADA, BOB])


async def test_client_links_by_id_token(world: World, robot: Caller) -> None:
    """A client with ``update:users`` links by an id_token that any client of the tenant was given."""
    response = await robot.post(PATH, {"link_with": await id_token(world)})
    assert (response.status_code, ids(response.json())) == (201, [ADA, BOB])


async def test_person_cannot_link_by_id(world: World) -> None:
    """Zitadel CVE-2026-105207: nobody binds somebody else's account to theirs by naming it."""
    ada = await person(world, OWN)
    assert refused(await ada.post(PATH, BOBS)) == (403, "insufficient_scope")
    both = await ada.post(PATH, {**BOBS, "link_with": await id_token(world)})
    assert refused(both) == (400, "invalid_body")


async def test_person_links_to_themselves_alone(world: World) -> None:
    """A person cannot link anything to somebody else."""
    ada = await person(world, OWN)
    token = await id_token(world, "ada@example.test", PASSWORD)
    response = await ada.post("/users/auth0%7Cbob/identities", {"link_with": token})
    assert refused(response) == (403, "insufficient_scope")


async def test_old_id_token(world: World, robot: Caller) -> None:
    """An id_token that is not fresh proves nothing: it may have been found somewhere."""
    token = await id_token(world)
    world.clock.advance(601)
    response = await robot.post(PATH, {"link_with": token})
    assert refused(response) == (400, "invalid_body")
    assert "older than 600 seconds" in response.json()["message"]


async def test_id_token_of_another_client(world: World) -> None:
    """An id_token that another client was given is not believed of the client that calls."""
    brought = await world.browser().bring_password("bob@example.test", OWN_PASSWORD, scope="openid")
    ada = await person(world, OWN)
    told = await ada.post(PATH, {"link_with": brought.json()["id_token"]})
    assert refused(told) == (400, "invalid_body")
    assert "issued to the client that calls" in told.json()["message"]


async def test_tokens_that_are_no_proof(world: World, robot: Caller) -> None:
    """An access token, an altered id_token, one signed with a client's secret: none of them links anybody."""
    browser = world.browser()
    code = answer(await browser.sign_in("bob@example.test", OWN_PASSWORD, audience=AUDIENCE))["code"]
    access_token = (await browser.redeem(code)).json()["access_token"]
    token = await id_token(world)
    await world.change_client("web", jwt_configuration=await hs256(world))
    shared = await id_token(world)
    head, payload, signature = token.split(".")
    for wrong in (access_token, f"{head}.{payload}.{signature[:-4]}AAAA", shared, token, "x", "a.b.c"):
        response = await robot.post(PATH, {"link_with": wrong})
        assert refused(response) == (400, "invalid_body"), wrong
        assert wrong not in response.text or len(wrong) < 9
    assert (await robot.get("/users/auth0%7Cbob")).status_code == 200


async def hs256(world: World) -> Any:
    """The web client's settings for tokens, with HS256."""
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    return msgspec.structs.replace(client.jwt_configuration, alg="HS256")


async def test_blocked_user_is_not_linked(world: World, robot: Caller) -> None:
    """Somebody who is blocked is not let in again by a link, be it by id or by id_token."""
    token = await id_token(world)
    await world.change_user(BOB, blocked=True)
    assert refused(await robot.post(PATH, {"link_with": token})) == (400, "invalid_body")
    assert refused(await robot.post(PATH, BOBS)) == (409, "conflict")


WRONG = [
    ({}, 400, "provider: missing"),
    ({"provider": "auth0"}, 400, "user_id: missing"),
    ({"provider": "auth0", "user_id": "nobody"}, 404, ""),
    ({"provider": "auth0", "user_id": 7}, 404, ""),
    ({"provider": "auth0", "user_id": "ada"}, 409, "itself"),
    ({"link": "x"}, 400, "link: no such field"),
    ({"link_with": 1}, 400, "link_with: read 1"),
]


@pytest.mark.parametrize(("body", "status", "told"), WRONG, ids=lambda value: str(value)[:40])
async def test_link_that_cannot_be_made(robot: Caller, body: dict[str, Any], status: int, told: str) -> None:
    """What is wrong with a link is told, and nobody is linked."""
    response = await robot.post(PATH, body)
    assert refused(response)[0] == status
    assert told in response.json()["message"]
    assert ids((await robot.read("/users/auth0%7Cada"))["identities"]) == [ADA]


async def test_unlink(world: World, robot: Caller) -> None:
    """An identity that is taken away is a user of its own again; the answer lists the others."""
    await robot.post(PATH, BOBS)
    response = await robot.delete(f"{PATH}/auth0/bob")
    assert (response.status_code, ids(response.json())) == (200, [ADA])
    assert claims_of(await id_token(world))["sub"] == BOB


async def test_unlink_what_cannot_be(robot: Caller) -> None:
    """The first identity stays, and one that is not there is answered 404."""
    assert refused(await robot.delete(f"{PATH}/auth0/ada")) == (409, "conflict")
    assert refused(await robot.delete(f"{PATH}/auth0/bob")) == (404, "inexistent_identity")


async def test_person_unlinks_their_own(world: World, robot: Caller) -> None:
    """A person takes an identity off themselves, and off nobody else."""
    await robot.post(PATH, BOBS)
    await world.put_user("cy@example.test", subject="cy")
    await world.put_user("dee@example.test", subject="dee")
    await robot.post("/users/auth0%7Ccy/identities", {"provider": "auth0", "user_id": "dee"})
    ada = await person(world, OWN)
    theirs = await ada.delete("/users/auth0%7Ccy/identities/auth0/dee")
    assert refused(theirs) == (403, "insufficient_scope")
    assert (await ada.delete(f"{PATH}/auth0/bob")).status_code == 200


async def test_secondary_loses_its_access(world: World, robot: Caller) -> None:
    """Sessions and tokens of the second user end when it becomes an identity."""
    browser = world.browser()
    code = answer(await browser.sign_in("bob@example.test", OWN_PASSWORD, scope="openid offline_access"))
    tokens = (await browser.redeem(code["code"])).json()
    await robot.post(PATH, BOBS)
    headers = bearer(tokens["access_token"])
    assert (await browser.get("/userinfo", headers=headers)).status_code == 401
    renewed = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert renewed.json()["error"] == "invalid_grant"


async def test_links_are_in_the_log(world: World, robot: Caller) -> None:
    """Linking and unlinking are told of both users, with who did it."""
    await robot.post(PATH, BOBS)
    await robot.delete(f"{PATH}/auth0/bob")
    told = {entry.event: entry for entry in await world.logs()}
    assert told["IdentityLinked"].details["linked"] == BOB
    assert told["LinkedAway"].user_id == BOB
    assert told["IdentityUnlinked"].details["by"]["client_id"] == "robot"


async def test_connection_name_is_shown(robot: Caller) -> None:
    """Each identity tells its connection, and whether it is social."""
    (_, second) = (await robot.post(PATH, BOBS)).json()
    assert (second["connection"], second["isSocial"]) == (CONNECTION, False)
