"""``/api/v2/tickets``: links for a user that the caller hands over by ways of their own."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from tests.support.management import Caller, refused
from tests.support.world import CONNECTION, ISSUER, PASSWORD, World, answer, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ADA = "auth0|ada"
VERIFY, CHANGE = "/tickets/email-verification", "/tickets/password-change"
RESULT = "https://app.example.test/done?from=mail"
NEW_PASSWORD = "Battery-Staple-2"
IDENTITY = {"user_id": "ada", "provider": "auth0"}


async def ticket(robot: Caller, path: str, **fields: Any) -> str:
    """The address of a new ticket, which is Ada's unless ``fields`` name somebody."""
    body = fields if "email" in fields else {"user_id": ADA, **fields}
    url = (await robot.made(path, **body))["ticket"]
    assert url.startswith(ISSUER)
    return str(url)


async def followed(world: World, url: str, **typed: str) -> httpx2.Response:
    """Where a person ends who opens the link and presses the button."""
    browser = world.browser()
    return await browser.submit(await browser.get(url), **typed)


def result_of(response: httpx2.Response) -> dict[str, str]:
    """What the application is told at ``RESULT``."""
    assert response.status_code == 303, text_of(response)
    url = urlsplit(response.headers["location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == RESULT.partition("?")[0]
    return dict(parse_qsl(url.query))


async def unverified(world: World) -> None:
    await world.change_user(ADA, email_verified=False)


async def test_address_is_verified(world: World, robot: Caller) -> None:
    """The link confirms the address once somebody presses the button, and nothing is mailed."""
    await unverified(world)
    url = await ticket(robot, VERIFY)
    assert (await world.browser().get(url)).status_code == 200
    assert (await robot.read("/users/auth0%7Cada"))["email_verified"] is False
    assert "confirmed" in text_of(await followed(world, url))
    assert (await robot.read("/users/auth0%7Cada"))["email_verified"] is True
    assert await world.mails() == []


async def test_result_of_a_verification(world: World, robot: Caller) -> None:
    """With ``result_url`` the person goes on there, with the outcome in the query beside its own."""
    await unverified(world)
    url = await ticket(robot, VERIFY, result_url=RESULT)
    told = result_of(await followed(world, url))
    assert told == {
        "from": "mail",
        "success": "true",
        "code": "success",
        "message": "Your address is confirmed",
    }
    assert result_of(await world.browser().get(url)) == told


@pytest.mark.parametrize("path", [VERIFY, CHANGE])
async def test_address_in_the_result(world: World, robot: Caller, path: str) -> None:
    """``includeEmailInRedirect`` tells the application the address."""
    url = await ticket(robot, path, result_url=RESULT, includeEmailInRedirect=True)
    assert result_of(await followed(world, url, password=NEW_PASSWORD))["email"] == "ada@example.test"


async def test_new_password(world: World, robot: Caller) -> None:
    """The link sets the password that is typed, ends what was signed in, and leads to the result."""
    tokens = await world.browser().tokens(scope="openid offline_access")
    url = await ticket(robot, CHANGE, result_url=RESULT)
    assert result_of(await followed(world, url, password=NEW_PASSWORD))["success"] == "true"
    assert "code" in answer(await world.browser().sign_in(password=NEW_PASSWORD))
    assert (await world.browser().sign_in()).status_code == 400
    old = await world.browser().token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert old.json()["error"] == "invalid_grant"


async def test_weak_password_is_refused(world: World, robot: Caller) -> None:
    """The link keeps to the rules of the database."""
    page = await followed(world, await ticket(robot, CHANGE, result_url=RESULT), password="short")
    assert page.status_code == 400
    assert "code" in answer(await world.browser().sign_in())


async def test_password_that_is_chosen_already(world: World, robot: Caller) -> None:
    """``new_password`` is in force once the person has confirmed it, and in no database in clear."""
    url = await ticket(robot, CHANGE, new_password=NEW_PASSWORD)
    page = await world.browser().get(url)
    assert 'type="password"' not in page.text
    assert "code" in answer(await world.browser().sign_in())
    assert "Your password is changed" in text_of(await followed(world, url))
    assert "code" in answer(await world.browser().sign_in(password=NEW_PASSWORD))
    assert not any(NEW_PASSWORD in line for line in world.dump())


@pytest.mark.parametrize("marks", [True, False])
async def test_new_password_may_verify_the_address(world: World, robot: Caller, marks: bool) -> None:
    """Only with ``mark_email_as_verified`` does a new password verify the address."""
    await unverified(world)
    url = await ticket(robot, CHANGE, mark_email_as_verified=marks)
    await followed(world, url, password=NEW_PASSWORD)
    assert (await robot.read("/users/auth0%7Cada"))["email_verified"] is marks


async def test_user_by_address(world: World, robot: Caller) -> None:
    """The user may be named by address and connection."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    url = await ticket(robot, CHANGE, email="ADA@example.test", connection_id=connection.connection_id)
    await followed(world, url, password=NEW_PASSWORD)
    assert "code" in answer(await world.browser().sign_in(password=NEW_PASSWORD))


async def test_password_of_an_identity(world: World, robot: Caller) -> None:
    """With ``identity`` the password becomes that of a linked account, and no other."""
    await world.put_user("bob@example.test", subject="bob")
    await robot.post("/users/auth0%7Cada/identities", {"provider": "auth0", "user_id": "bob"})
    url = await ticket(robot, CHANGE, identity={"user_id": "bob", "provider": "auth0"})
    await followed(world, url, password=NEW_PASSWORD)
    assert "code" in answer(await world.browser().sign_in("bob@example.test", NEW_PASSWORD))
    assert "code" in answer(await world.browser().sign_in("ada@example.test", PASSWORD))


async def test_ticket_of_an_identity_that_left(world: World, robot: Caller) -> None:
    """A ticket for an identity opens nothing once the identity is somebody else's."""
    await world.put_user("bob@example.test", subject="bob")
    await robot.post("/users/auth0%7Cada/identities", {"provider": "auth0", "user_id": "bob"})
    url = await ticket(robot, CHANGE, identity={"user_id": "bob", "provider": "auth0"})
    await robot.delete("/users/auth0%7Cada/identities/auth0/bob")
    assert (await world.browser().get(url)).status_code == 400


async def test_username_without_address(world: World, robot: Caller) -> None:
    """A user without an address gets a new password as well, and no mail."""
    await world.change_connection(requires_username=True)
    made = await robot.made("/users", connection=CONNECTION, username="cy", password=PASSWORD, user_id="cy")
    url = await ticket(robot, CHANGE, user_id=made["user_id"], mark_email_as_verified=True)
    assert "changed" in text_of(await followed(world, url, password=NEW_PASSWORD))
    assert "code" in answer(await world.browser().sign_in("cy", NEW_PASSWORD))
    assert await world.mails() == []
    none = await robot.post(VERIFY, {"user_id": "auth0|cy"})
    assert refused(none) == (400, "invalid_body")


async def test_client_of_a_ticket(world: World, robot: Caller) -> None:
    """With ``client_id`` the last page leads to where that application begins a sign-in."""
    await world.change_client("web", initiate_login_uri="https://app.example.test/login")
    page = await followed(world, await ticket(robot, CHANGE, client_id="web"), password=NEW_PASSWORD)
    assert 'href="https://app.example.test/login"' in page.text


@pytest.mark.parametrize("path", [VERIFY, CHANGE])
async def test_ticket_is_used_once(world: World, robot: Caller, path: str) -> None:
    """A ticket that was used sets nothing again; nor does one that a newer one replaced."""
    await unverified(world)
    first = await ticket(robot, path)
    second = await ticket(robot, path)
    assert (await world.browser().get(first)).status_code == 400
    await followed(world, second, password=NEW_PASSWORD)
    again = await world.browser().get(second)
    assert again.status_code == (200 if path == VERIFY else 400)
    assert "used already" in text_of(again) or path == VERIFY


@pytest.mark.parametrize("path", [VERIFY, CHANGE])
@pytest.mark.parametrize(("seconds", "lasts"), [(60, 60), (0, 432_000), (None, 432_000)])
async def test_lifetime(world: World, robot: Caller, path: str, seconds: int | None, lasts: int) -> None:
    """A ticket is in force for ``ttl_sec`` seconds, or for five days."""
    url = await ticket(robot, path, **({} if seconds is None else {"ttl_sec": seconds}))
    world.clock.advance(lasts - 1)
    assert (await world.browser().get(url)).status_code == 200
    world.clock.advance(1)
    assert (await world.browser().get(url)).status_code == 400


WRONG_URLS = [
    "http://app.example.test/done",
    "javascript:alert(1)",
    "//evil.test/",
    "/relative",
    "https://app@evil.test/",
    "https://app.example.test/#fragment",
    "https://app.example.test\\@evil.test/",
    "https:",
    "custom://app",
]


@pytest.mark.parametrize("path", [VERIFY, CHANGE])
@pytest.mark.parametrize("url", WRONG_URLS)
async def test_result_url_that_leads_astray(robot: Caller, path: str, url: str) -> None:
    """nextjs-auth0 CVE-2021-43812: a person is sent to nothing but a plain https address."""
    response = await robot.post(path, {"user_id": ADA, "result_url": url})
    assert refused(response) == (400, "invalid_body")
    assert "result_url: read" in response.json()["message"]


@pytest.mark.parametrize("url", ["http://localhost:3000/done", "http://127.0.0.1/", "https://a.test/?x=1"])
async def test_result_urls(robot: Caller, url: str) -> None:
    """An https address will do, and for this very machine http as well."""
    await ticket(robot, VERIFY, result_url=url)


WRONG = [
    (VERIFY, {}, 400, "user_id: missing"),
    (VERIFY, {"user_id": "auth0|nobody"}, 404, "does not exist"),
    (VERIFY, {"user_id": ADA, "ttl_sec": -1}, 400, "ttl_sec: read -1"),
    (VERIFY, {"user_id": ADA, "ttl_sec": 2_592_001}, 400, "ttl_sec: read"),
    (VERIFY, {"user_id": ADA, "client_id": "nobody"}, 400, "client_id: the client does not exist"),
    (VERIFY, {"user_id": ADA, "organization_id": "org_1"}, 400, "organization_id: no such field"),
    (VERIFY, {"user_id": ADA, "identity": {**IDENTITY, "user_id": "bob"}}, 400, "no such identity"),
    (VERIFY, {"user_id": ADA, "identity": {"user_id": "ada"}}, 400, "identity.provider: missing"),
    (VERIFY, {"user_id": ADA, "identity": {**IDENTITY, "connection_id": "con_x"}}, 400, "not of that"),
    (CHANGE, {}, 400, "user_id: wanted"),
    (CHANGE, {"user_id": ADA, "email": "ada@example.test"}, 400, "user_id: wanted"),
    (CHANGE, {"email": "ada@example.test"}, 400, "email: wanted"),
    (CHANGE, {"email": "ada@example.test", "connection_id": "con_x"}, 400, "connection_id: "),
    (CHANGE, {"user_id": "auth0|nobody"}, 404, "does not exist"),
    (CHANGE, {"user_id": ADA, "new_password": "short"}, 400, "new_password: breaks a rule"),
    (CHANGE, {"user_id": ADA, "includeEmailInRedirect": "yes"}, 400, "includeEmailInRedirect: read"),
]


@pytest.mark.parametrize(("path", "body", "status", "told"), WRONG, ids=lambda value: str(value)[:60])
async def test_ticket_that_cannot_be_made(
    world: World, robot: Caller, path: str, body: dict[str, Any], status: int, told: str
) -> None:
    """What is wrong is told by its path, and no ticket is made."""
    response = await robot.post(path, body)
    assert refused(response)[0] == status
    assert told in response.json()["message"]
    assert world.rows("SELECT * FROM tickets") == []


async def test_address_nobody_has(world: World, robot: Caller) -> None:
    """An address that nobody in the connection has is answered 404."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    body = {"email": "nobody@example.test", "connection_id": connection.connection_id}
    assert refused(await robot.post(CHANGE, body)) == (404, "inexistent_user")


@pytest.mark.parametrize("what", ["blocked", "another address", "deleted"])
async def test_ticket_of_somebody_who_changed(world: World, robot: Caller, what: str) -> None:
    """A ticket opens nothing for a user who was blocked, has another address, or is gone."""
    url = await ticket(robot, CHANGE)
    if what == "blocked":
        await robot.patch("/users/auth0%7Cada", {"blocked": True})
    elif what == "deleted":
        await robot.delete("/users/auth0%7Cada")
    else:
        await robot.patch("/users/auth0%7Cada", {"email": "other@example.test"})
    assert (await world.browser().get(url)).status_code == 400


async def test_log_tells_of_a_ticket_without_its_secret(world: World, robot: Caller) -> None:
    """The log tells who made a ticket for whom; its secret is nowhere in the database."""
    url = await ticket(robot, CHANGE, result_url=RESULT)
    (entry,) = [entry for entry in await world.logs() if entry.event == "TicketMade"]
    assert (entry.type, entry.user_id, entry.client_id) == ("sapi", ADA, "robot")
    assert entry.details["result_url"] == RESULT
    secret = dict(parse_qsl(urlsplit(url).query))["ticket"]
    assert not any(secret in line for line in world.dump())
