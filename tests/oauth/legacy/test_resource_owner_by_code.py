"""``/oauth/ro`` at a passwordless connection: the mailed code is the password (the wire §2.14)."""

import asyncio

import httpx2
import pytest
from tests.support.legacy import make_legacy, own
from tests.support.passwordless import CY, WRONG, WRONG_WORDS, mailed_code, put_member, put_passwordless
from tests.support.protocol import refusal
from tests.support.world import Browser, World, claims_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/ro")]


@pytest.fixture
async def mailing(world: World) -> World:
    """A server with an application of the legacy pipeline whose people have no password."""
    await put_passwordless(world)
    await make_legacy(world)
    return world


async def bring(browser: Browser, code: str, **fields: str) -> httpx2.Response:
    """The application brings what somebody typed."""
    return await own(browser, connection="email", username=CY, password=code, **fields)


async def test_code_becomes_tokens(mailing: World) -> None:
    """The code gets the tokens of the legacy pipeline, for a person who may be new."""
    response = await bring(mailing.browser(), await mailed_code(mailing), scope="openid email")
    assert response.status_code == 200, response.text
    claims = claims_of(response.json()["id_token"])
    assert (claims["email"], claims["sub"].partition("|")[0]) == (CY, "email")


async def test_wrong_code(mailing: World) -> None:
    """A wrong code is refused as a wrong password is."""
    await mailed_code(mailing)
    response = await bring(mailing.browser(), WRONG)
    assert refusal(response) == (401, "invalid_user_password")
    assert response.json()["error_description"] == WRONG_WORDS


async def test_code_works_once(mailing: World) -> None:
    """A code that became tokens is spent."""
    code = await mailed_code(mailing)
    assert (await bring(mailing.browser(), code)).status_code == 200
    assert refusal(await bring(mailing.browser(), code)) == (401, "invalid_user_password")


async def test_parallel_requests(mailing: World) -> None:
    """Of requests that bring one code at once, one gets tokens; the others are told that it is wrong."""
    code = await mailed_code(mailing)
    answers = await asyncio.gather(*(bring(mailing.browser(), code) for _ in range(5)))
    assert sorted(response.status_code for response in answers) == [200, 401, 401, 401, 401]


async def test_blocked_person(mailing: World) -> None:
    """Who brings the right code and is blocked is told so."""
    member = await put_member(mailing)
    code = await mailed_code(mailing)
    await mailing.change_user(member.user_id, blocked=True)
    response = await bring(mailing.browser(), code)
    assert refusal(response) == (401, "unauthorized")


async def test_code_of_another_application(mailing: World) -> None:
    """A code that another application had mailed is none here."""
    code = await mailed_code(mailing, client_id="spa")
    assert refusal(await bring(mailing.browser(), code)) == (401, "invalid_user_password")
