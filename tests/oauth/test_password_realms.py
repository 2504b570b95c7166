"""Whose password a request brings: by the tenant's default directory, or by a realm."""

from typing import Any

import httpx2
import msgspec
import pytest
from tests.support.protocol import newest_log, open_connection_to, refresh, refusal
from tests.support.world import CONNECTION, PASSWORD, PASSWORD_GRANT, World, claims_of

from gatewright.connections import Connection
from gatewright.users import email_identifier, username_identifier

pytestmark = [pytest.mark.anyio, pytest.mark.wire("grant password-realm")]

ADA = "ada@example.test"
STAFF_PASSWORD = "Staff-Password-1"
ALIAS = "staff.example.test"


async def put(world: World, name: str, *clients: str, **fields: Any) -> None:
    made = Connection(
        connection_id=f"con_{name}", name=name, enabled_clients=clients, **{"strategy": "auth0", **fields}
    )
    await world.commit(world.platform.stores.connections.put(world.tenant_id, made))


@pytest.fixture
async def staff(world: World) -> World:
    """A world where another person has the same address in a second database, with a realm of its own."""
    await put(world, "staff", "kiosk", realms=("staff", ALIAS))
    user = world.platform.users.database_user("staff", email=ADA, subject="staff-ada")
    digest = await world.platform.hasher.hash(STAFF_PASSWORD)
    await world.platform.users.add(world.tenant_id, user, (email_identifier(ADA),), digest)
    return world


def subject(response: httpx2.Response) -> str:
    assert response.status_code == 200, response.text
    return str(claims_of(response.json()["id_token"])["sub"])


def description(response: httpx2.Response) -> str:
    assert refusal(response) == (400, "invalid_request")
    return str(response.json()["error_description"])


@pytest.mark.parametrize("realm", ["staff", ALIAS])
async def test_realm_is_a_name_or_an_alias(staff: World, realm: str) -> None:
    """A realm is a connection's name, or one of its realms."""
    response = await staff.browser().bring_password(password=STAFF_PASSWORD, realm=realm)
    assert subject(response) == "auth0|staff-ada"
    assert (await newest_log(staff, "sepft")).connection == "staff"


async def test_realms_keep_people_apart(staff: World) -> None:
    """The same address in another realm is another person with another password."""
    assert subject(await staff.browser().bring_password()) == "auth0|ada"
    for realm, password in ((CONNECTION, STAFF_PASSWORD), ("staff", PASSWORD)):
        response = await staff.browser().bring_password(realm=realm, password=password)
        assert refusal(response) == (400, "invalid_grant")


async def test_unknown_realm(world: World) -> None:
    """A realm that nothing has is an invalid_request that names it, and no password is compared."""
    told = description(await world.browser().bring_password(realm="nowhere", password="wrong"))
    assert told.startswith("The connection nowhere was not found")
    assert [entry.type for entry in await world.logs()] == ["fepft"]


async def test_closed_realm_is_told_like_an_unknown_one(world: World) -> None:
    """A connection that is not enabled for the client is not told apart from one that does not exist."""
    await put(world, "secret", "web")
    closed = description(await world.browser().bring_password(realm="secret"))
    unknown = description(await world.browser().bring_password(realm="absent"))
    assert closed.replace("secret", "") == unknown.replace("absent", "")
    assert "enabled_clients" in closed


async def test_disabling_takes_effect_at_once(world: World) -> None:
    """A connection that is taken from a client takes no password of it, and refreshes nothing (row 26)."""
    browser = world.browser()
    tokens = (await browser.bring_password(scope="openid offline_access")).json()
    await open_connection_to(world, "web")
    assert description(await browser.bring_password())
    again = await refresh(browser, tokens["refresh_token"], client_id="kiosk")
    assert refusal(again) == (400, "invalid_grant")


async def test_connection_without_passwords(world: World) -> None:
    """A connection of another kind is refused as one that takes no password."""
    await put(world, "partner", "kiosk", strategy="oidc")
    assert "takes no password" in description(await world.browser().bring_password(realm="partner"))


async def test_realm_left_out(world: World) -> None:
    """Without a realm the client's one database is asked."""
    await put(world, "partner", "kiosk", strategy="oidc")
    assert subject(await world.browser().bring_password(realm="")) == "auth0|ada"


async def test_realm_left_out_where_there_are_several(staff: World) -> None:
    """Without a realm nothing is guessed where the client has several databases."""
    assert "Several databases" in description(await staff.browser().bring_password(realm=""))


async def test_realm_left_out_where_there_is_none(world: World) -> None:
    """A client that no database lists is told what to change."""
    await open_connection_to(world, "web")
    assert "enabled_clients" in description(await world.browser().bring_password(realm=""))


async def test_default_directory(staff: World) -> None:
    """The grant without realms asks the tenant's default directory, whatever realm is sent along."""
    await staff.change_tenant(default_directory="staff")
    asked = {"grant_type": PASSWORD_GRANT, "password": STAFF_PASSWORD}
    for realm in ("", CONNECTION):
        assert subject(await staff.browser().bring_password(**asked, realm=realm)) == "auth0|staff-ada"


async def test_missing_default_directory(world: World) -> None:
    """A tenant without default directory is an invalid_request that names the setting."""
    told = description(await world.browser().bring_password(grant_type=PASSWORD_GRANT))
    assert "default_directory" in told
    assert (await newest_log(world, "fepft")).description == told


async def test_default_directory_that_is_closed(world: World) -> None:
    """The default directory serves the clients that it is enabled for and no others."""
    await world.change_tenant(default_directory=CONNECTION)
    await open_connection_to(world, "web")
    told = description(await world.browser().bring_password(grant_type=PASSWORD_GRANT))
    assert CONNECTION in told


async def test_username(world: World) -> None:
    """A username names its person as well as an address."""
    user = world.platform.users.database_user(
        CONNECTION, email="cy@example.test", username="cy", subject="cy"
    )
    user = msgspec.structs.replace(user, name="Cy")
    digest = await world.platform.hasher.hash(PASSWORD)
    identifiers = (email_identifier("cy@example.test"), username_identifier("cy"))
    await world.platform.users.add(world.tenant_id, user, identifiers, digest)
    for typed in ("cy", "CY", "cy@example.test", " Cy@Example.test"):
        assert subject(await world.browser().bring_password(typed)) == "auth0|cy"
