"""Is this the password? ``/public/api/users/validate_userpassword`` (the wire §2.13)."""

from typing import Any

import httpx2
import pytest
from tests.support.legacy import make_legacy
from tests.support.world import CONNECTION, PASSWORD, Browser, World

from gatewright.protection import PASSWORD as LIMIT

from .asked import ADA, NEWCOMER, refused

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /public/api/users/validate_userpassword")]

PATH = "/public/api/users/validate_userpassword"


@pytest.fixture(autouse=True)
async def legacy(world: World) -> None:
    """The web client is of the legacy pipeline."""
    await make_legacy(world)


async def validate(browser: Browser, *, as_json: bool = False, **fields: Any) -> httpx2.Response:
    """The question; a field set to ``None`` is left out."""
    asked = {"client_id": "web", "connection": CONNECTION, "username": ADA, "password": PASSWORD, **fields}
    kept = {name: value for name, value in asked.items() if value is not None}
    body: dict[str, Any] = {"json": kept} if as_json else {"data": kept}
    return await browser.post(PATH, headers={"origin": "https://app.example.test"}, **body)


@pytest.mark.parametrize("as_json", [False, True], ids=["form", "JSON"])
async def test_right_password(world: World, as_json: bool) -> None:
    """The right password is 200, and no session or token comes of it."""
    response = await validate(world.browser(), as_json=as_json)
    assert (response.status_code, response.json()) == (200, {"valid": True})
    assert response.headers["access-control-allow-origin"] == "https://app.example.test"
    assert "set-cookie" not in response.headers


async def test_email_in_the_place_of_a_username(world: World) -> None:
    """Without a username the e-mail address says who it is."""
    assert (await validate(world.browser(), username=None, email=ADA)).status_code == 200


async def test_wrong_password(world: World) -> None:
    """CVE class "user enumeration": a wrong password and a wrong user are the same 404."""
    wrong = await validate(world.browser(), password="wrong")
    nobody = await validate(world.browser(), username=NEWCOMER)
    assert refused(wrong) == (404, "invalid_user_password")
    assert wrong.content == nobody.content
    assert wrong.headers["access-control-allow-origin"] == "https://app.example.test"


async def test_blocked_user(world: World) -> None:
    """A blocked user's right password is no valid one, and a guesser learns nothing of the block."""
    await world.change_user("auth0|ada", blocked=True)
    right = await validate(world.browser())
    assert refused(right) == (401, "unauthorized")
    assert right.json()["description"] == "user is blocked"
    assert refused(await validate(world.browser(), password="wrong")) == (404, "invalid_user_password")


async def test_guessing_ends(world: World) -> None:
    """After too many wrong passwords the right one is refused here and at the hosted page."""
    for _ in range(LIMIT.attempts):
        await validate(world.browser(), password="wrong")
    response = await validate(world.browser())
    assert refused(response) == (429, "too_many_attempts")
    assert response.headers["x-ratelimit-limit"] == str(LIMIT.attempts)
    assert (await world.browser().sign_in()).status_code == 429


async def test_wrong_password_is_on_record(world: World) -> None:
    """A wrong password is recorded like at any other door."""
    await validate(world.browser(), password="wrong")
    entry = (await world.logs())[0]
    assert (entry.type, entry.event, entry.client_id, entry.user_name) == ("fp", "WrongPassword", "web", ADA)


async def test_conformant_client(world: World) -> None:
    """A client of the other pipeline is refused, whatever the password, and no attempt is counted."""
    for password in (PASSWORD, "wrong"):
        response = await validate(world.browser(), client_id="kiosk", password=password)
        assert refused(response) == (403, "unauthorized_client")
        assert "/oauth/token" in response.json()["description"]
    assert world.rows("SELECT count(*) FROM attempts") == [(0,)]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"client_id": None}, (400, "invalid_request")),
        ({"client_id": "nobody"}, (403, "unauthorized_client")),
        ({"connection": None}, (400, "invalid_request")),
        ({"connection": "nowhere"}, (400, "invalid_request")),
        ({"username": None}, (400, "invalid_request")),
        ({"password": None}, (400, "invalid_request")),
        ({"password": "a\0b"}, (400, "invalid_request")),
    ],
)
async def test_refusals(world: World, fields: dict[str, Any], refusal: tuple[int, str]) -> None:
    """What is missing, malformed or nobody's is refused before any password is compared."""
    assert refused(await validate(world.browser(), **fields)) == refusal
    assert world.rows("SELECT count(*) FROM attempts") == [(0,)]


async def test_no_password_in_an_address(world: World) -> None:
    """The JSONP form, which would put the password into the address, is not there."""
    assert (await world.browser().get(f"{PATH}?password=x&cbx=f")).status_code == 405
