"""A mailed code at ``/co/authenticate`` (the wire §2.12): it becomes a login ticket, once."""

import asyncio

import httpx2
import pytest
from tests.support.passwordless import CY, WRONG, WRONG_WORDS, mailed_code, put_member, put_passwordless
from tests.support.protocol import newest_log, refusal
from tests.support.world import Browser, World, answer

from .pages import OTP_TYPE, authenticate, redeem

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /co/authenticate")]


@pytest.fixture
async def mailing(embedding: World) -> World:
    """A server whose web application may take mailed codes on its own page."""
    await put_passwordless(embedding)
    return embedding


async def bring(browser: Browser, code: str, email: str = CY, **fields: str) -> httpx2.Response:
    """The page brings a code; a field set to ``""`` is left out."""
    asked = {"password": "", "username": email, "otp": code, "realm": "email", "credential_type": OTP_TYPE}
    return await authenticate(browser, **{**asked, **fields})


async def sign_in(world: World, browser: Browser, email: str = CY) -> dict[str, str]:
    """The application's answer for somebody who typed their code into its page."""
    response = await bring(browser, await mailed_code(world, email), email)
    assert response.status_code == 200, response.text
    return answer(await redeem(browser, response.json()["login_ticket"], realm="email"))


async def test_code_signs_in(mailing: World) -> None:
    """The code gets a ticket, the ticket a session of that person, who is new."""
    browser = mailing.browser()
    assert "code" in await sign_in(mailing, browser)
    ((user_id,),) = mailing.rows("SELECT user_id FROM sessions")
    user = await mailing.platform.users.get("main", user_id)
    assert user is not None
    assert (user.email, user.email_verified) == (CY, True)


async def test_address_is_verified_by_it(mailing: World) -> None:
    """Whoever had not confirmed the address has by bringing the code."""
    member = await put_member(mailing, email_verified=False)
    await sign_in(mailing, mailing.browser())
    user = await mailing.platform.users.get("main", member.user_id)
    assert user is not None
    assert user.email_verified


async def test_wrong_code(mailing: World) -> None:
    """A wrong code is refused in the words of all wrong codes, whether or not one was mailed."""
    await mailed_code(mailing)
    for email in (CY, "nobody@example.test"):
        response = await bring(mailing.browser(), WRONG, email)
        assert refusal(response) == (403, "access_denied")
        assert response.json()["error_description"] == WRONG_WORDS


async def test_code_works_once(mailing: World) -> None:
    """A code that became a ticket is spent."""
    code = await mailed_code(mailing)
    assert (await bring(mailing.browser(), code)).status_code == 200
    assert (await bring(mailing.browser(), code)).status_code == 403


async def test_parallel_pages(mailing: World) -> None:
    """Of pages that bring one code at once, one gets a ticket, and the others a readable refusal."""
    code = await mailed_code(mailing)
    answers = await asyncio.gather(*(bring(mailing.browser(), code) for _ in range(5)))
    statuses = sorted(response.status_code for response in answers)
    assert statuses == [200, 403, 403, 403, 403]
    assert mailing.rows("SELECT count(*) FROM login_tickets") == [(1,)]


async def test_blocked_person(mailing: World) -> None:
    """Who brings the right code and is blocked is told so, and gets no ticket."""
    member = await put_member(mailing)
    code = await mailed_code(mailing)
    await mailing.change_user(member.user_id, blocked=True)
    response = await bring(mailing.browser(), code)
    assert refusal(response) == (401, "unauthorized")
    assert mailing.rows("SELECT count(*) FROM login_tickets") == [(0,)]


@pytest.mark.parametrize("realm", ["Username-Password-Authentication", "nothing", "sms"])
async def test_realm_that_takes_no_code(mailing: World, realm: str) -> None:
    """A realm that is not passwordless, or not the client's, is named in the refusal."""
    response = await bring(mailing.browser(), await mailed_code(mailing), realm=realm)
    assert refusal(response) == (403, "access_denied")
    assert realm in response.json()["error_description"]


@pytest.mark.parametrize("missing", ["username", "otp", "realm"])
async def test_missing_parameter(mailing: World, missing: str) -> None:
    """What is missing is named."""
    response = await bring(mailing.browser(), "123456", **{missing: ""})
    assert refusal(response) == (400, "invalid_request")
    assert missing in response.json()["error_description"]


async def test_other_clients_code(mailing: World) -> None:
    """A code that another application had mailed is none here."""
    code = await mailed_code(mailing, client_id="spa")
    assert (await bring(mailing.browser(), code)).status_code == 403


async def test_ticket_is_on_record(mailing: World) -> None:
    """The ticket is in the audit log with the connection."""
    await bring(mailing.browser(), await mailed_code(mailing))
    assert (await newest_log(mailing, "scoa")).connection == "email"
