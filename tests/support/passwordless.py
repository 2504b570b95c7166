"""Words for tests of signing in by mail: its connection, and how its endpoints are asked."""

import re
from typing import Any

import httpx2
import msgspec
from tests.support.world import SECRET, Browser, World

from gatewright.connections import Connection, EmailOptions
from gatewright.users import User, email_identifier

OTP_GRANT = "http://auth0.com/oauth/grant-type/passwordless/otp"
CY = "cy@example.test"
WRONG = "000000"
WRONG_WORDS = "Wrong email or verification code."
CLIENTS = ("web", "spa", "third", "kiosk")


async def put_passwordless(
    world: World, *, name: str = "email", clients: tuple[str, ...] = CLIENTS, **options: Any
) -> Connection:
    """A passwordless connection, and clients that may bring its codes to the token endpoint."""
    connection = Connection(
        connection_id=f"con_{name}",
        name=name,
        strategy="email",
        passwordless=EmailOptions(**options),
        enabled_clients=clients,
    )
    await world.commit(world.platform.stores.connections.put(world.tenant_id, connection))
    for client_id in ("web", "kiosk", "third"):
        client = await world.platform.clients.get(world.tenant_id, client_id)
        assert client is not None
        if OTP_GRANT not in client.grant_types:
            await world.change_client(client_id, grant_types=(*client.grant_types, OTP_GRANT))
    return connection


async def put_member(world: World, email: str = CY, **fields: Any) -> User:
    """Somebody who has an account in the passwordless connection."""
    user = world.platform.users.passwordless_user("email", email=email)
    user = msgspec.structs.replace(user, **fields)
    await world.platform.users.add(world.tenant_id, user, (email_identifier(email),), None)
    return user


async def start(browser: Browser, email: str = CY, **fields: Any) -> httpx2.Response:
    """Asks for a code to be mailed; a field set to ``""`` is left out."""
    body = {"client_id": "web", "connection": "email", "email": email, "send": "code", **fields}
    return await browser.post("/passwordless/start", json={k: v for k, v in body.items() if v != ""})


async def mailed_code(world: World, email: str = CY, **fields: Any) -> str:
    """A code, mailed to an address and read there."""
    response = await start(world.browser(), email, **fields)
    assert response.status_code == 200, response.text
    return code_in((await world.mails())[-1])


async def mailed_link(world: World, email: str = CY, **fields: Any) -> str:
    """A link, mailed to an address and read there."""
    response = await start(world.browser(), email, send="link", **fields)
    assert response.status_code == 200, response.text
    (link,) = re.findall(r"https?://\S+", (await world.mails())[-1]["text"])
    return str(link)


def code_in(mail: dict[str, Any]) -> str:
    """The code that a mail tells."""
    assert mail["kind"] == "sign_in_code", mail
    (code,) = re.findall(r"^\d{6,12}$", mail["text"], re.MULTILINE)
    return str(code)


async def verify(browser: Browser, code: str, email: str = CY, **fields: str) -> httpx2.Response:
    """Asks whether a code is right; a field set to ``""`` is left out."""
    body = {"client_id": "web", "connection": "email", "email": email, "verification_code": code, **fields}
    return await browser.post("/passwordless/verify", json={k: v for k, v in body.items() if v})


async def redeem(browser: Browser, code: str, email: str = CY, **fields: str) -> httpx2.Response:
    """Brings a code to the token endpoint; a field set to ``""`` is left out."""
    body = {
        "client_id": "web",
        "client_secret": SECRET,
        "grant_type": OTP_GRANT,
        "realm": "email",
        "username": email,
        "otp": code,
        **fields,
    }
    return await browser.post("/oauth/token", data={k: v for k, v in body.items() if v})


async def members(world: World) -> list[User]:
    """Everybody in the passwordless connection."""
    users = await world.platform.stores.users.page(world.tenant_id, after="", limit=100)
    return [user for user in users if user.connection == "email"]
