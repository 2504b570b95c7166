"""Words for tests of the legacy pipeline: its application, its API, and how its endpoints are asked."""

from typing import Any

import httpx2
from tests.support.world import CONNECTION, PASSWORD, Browser, World, answer

from gatewright.clients import LEGACY_GRANT_TYPES, Client, JwtConfiguration

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
API_SECRET = "the-secret-of-the-api-0123456789abcdef"
OF_PROTOCOL = {"iss", "sub", "aud", "iat", "exp"}


async def make_legacy(world: World, client_id: str = "web", **fields: Any) -> Client:
    """Moves a client to the legacy pipeline, with the defaults that a tenant file gives it there."""
    client = await world.platform.clients.get(world.tenant_id, client_id)
    assert client is not None
    kept = {
        "oidc_conformant": False,
        "jwt_configuration": JwtConfiguration(alg="HS256"),
        "grant_types": (*client.grant_types, "implicit", *LEGACY_GRANT_TYPES),
    }
    return await world.change_client(client_id, **(kept | fields))


async def put_target(world: World, **fields: Any) -> Client:
    """An API as the legacy pipeline has them: a client of its own, whose secret signs what it is sent."""
    kept = {
        "client_id": "timesheets",
        "name": "Timesheets",
        "app_type": "non_interactive",
        "oidc_conformant": False,
        "jwt_configuration": JwtConfiguration(alg="HS256", lifetime_in_seconds=600),
    }
    return await world.put_client(Client(**(kept | fields)), secret=API_SECRET)


async def signed_in(browser: Browser, **parameters: str) -> dict[str, str]:
    """What the application gets in front for a person who signs in."""
    return answer(await browser.sign_in(**{"response_type": "token", **parameters}))


async def id_token(browser: Browser, **parameters: str) -> str:
    """An id_token of the application."""
    return (await signed_in(browser, **parameters))["id_token"]


async def delegate(browser: Browser, **fields: str) -> httpx2.Response:
    """A delegation by the application; a field set to ``""`` is left out."""
    body = {"client_id": "web", "grant_type": JWT_BEARER, "target": "timesheets", **fields}
    return await browser.post("/delegation", data={k: v for k, v in body.items() if v})


async def delegated(browser: Browser, **fields: str) -> dict[str, Any]:
    """The answer to a delegation that succeeds."""
    response = await delegate(browser, **fields)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def own(browser: Browser, **fields: str) -> httpx2.Response:
    """A sign-in within the application, at ``/oauth/ro``; a field set to ``""`` is left out."""
    typed = {"connection": CONNECTION, "username": "ada@example.test", "password": PASSWORD}
    body = {"client_id": "web", "grant_type": "password", **typed, **fields}
    return await browser.post("/oauth/ro", data={k: v for k, v in body.items() if v})


async def owned(browser: Browser, **fields: str) -> dict[str, Any]:
    """The answer to a sign-in within the application that succeeds."""
    response = await own(browser, **fields)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def own_by_id_token(browser: Browser, token: str, **fields: str) -> httpx2.Response:
    """The same by an id_token, for a phone."""
    asked = {"grant_type": JWT_BEARER, "id_token": token, "device": "phone", **fields}
    return await own(browser, **{"connection": "", "username": "", "password": "", **asked})


async def tokeninfo(browser: Browser, token: str) -> httpx2.Response:
    """Asks whom an id_token speaks of, as the wire's libraries do."""
    return await browser.post("/tokeninfo", data={"id_token": token} if token else {"x": "y"})
