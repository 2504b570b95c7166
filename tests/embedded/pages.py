"""What pages of an application do that ask for the password themselves."""

from typing import Any
from urllib.parse import urlencode

import httpx2
from tests.support.world import CONNECTION, PASSWORD, Browser, World, answer, request_of

ORIGIN = "https://app.example.test"
STRANGER = "https://evil.test"
LOCATION = "https://app.example.test/vouch"
REALM_TYPE = "http://auth0.com/oauth/grant-type/password-realm"
OTP_TYPE = "http://auth0.com/oauth/grant-type/passwordless/otp"
ADA = "ada@example.test"


async def enable(world: World, client_id: str = "web", **fields: Any) -> None:
    """Lets the pages of a client take passwords."""
    await world.change_client(client_id, **{"cross_origin_authentication": True, **fields})


async def authenticate(browser: Browser, *, origin: str | None = ORIGIN, **fields: str) -> httpx2.Response:
    """The page's request to ``/co/authenticate``; a field set to ``""`` is left out."""
    body = {
        "client_id": "web",
        "username": ADA,
        "password": PASSWORD,
        "realm": CONNECTION,
        "credential_type": REALM_TYPE,
        **fields,
    }
    sent = {name: value for name, value in body.items() if value}
    return await browser.post("/co/authenticate", json=sent, headers={"origin": origin} if origin else {})


async def ticket(browser: Browser, **fields: str) -> dict[str, str]:
    """The answer to the right password."""
    response = await authenticate(browser, **fields)
    assert response.status_code == 200, response.text
    found: dict[str, str] = response.json()
    return found


async def redeem(browser: Browser, login_ticket: str, **parameters: str) -> httpx2.Response:
    """Where the page sends the browser then."""
    asked = request_of(**{"login_ticket": login_ticket, "realm": CONNECTION, **parameters})
    return await browser.get("/authorize?" + urlencode(asked))


async def signed_in(browser: Browser, **parameters: str) -> dict[str, str]:
    """What the application is answered for a person who signed in on its own page."""
    return answer(await redeem(browser, (await ticket(browser))["login_ticket"], **parameters))


def error_of(response: httpx2.Response) -> tuple[str, str]:
    """The error that the application is redirected with."""
    found = answer(response)
    return found["error"], found["error_description"]


def sessions_of(world: World) -> list[tuple[Any, ...]]:
    """The sessions there are."""
    return world.rows("SELECT user_id FROM sessions")
