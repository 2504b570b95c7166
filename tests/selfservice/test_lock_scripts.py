"""The scripts from which Lock learns what it stands for (the wire §1.3)."""

import json
from typing import Any

import httpx2
import msgspec
import pytest
from tests.support.world import CONNECTION, ISSUER, SECRET, World

from gatewright.connections.model import Complexity, UsernameLength, Validation

from .asked import refused

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /client/{client_id}.js", "GET /info-v1.js")]

CLIENT, INFO = "/client/spa.js", "/info-v1.js"


def argument(response: httpx2.Response, function: str) -> Any:
    """What the script calls ``function`` with, and nothing else is in it."""
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    text = response.text.strip()
    assert text.startswith(function + "(")
    assert text.endswith(");")
    return json.loads(text.removeprefix(function + "(").removesuffix(");"))


async def client_of(world: World, client_id: str = "spa") -> Any:
    return argument(await world.browser().get(f"/client/{client_id}.js"), "Auth0.setClient")


async def tenant_of(world: World) -> Any:
    return argument(await world.browser().get(INFO), "Auth0.setTenant")


async def test_client(world: World) -> None:
    """The script of a client hands its id, its callback and its connections to Auth0.setClient."""
    assert await client_of(world) == {
        "id": "spa",
        "tenant": "main",
        "subscription": "",
        "authorize": ISSUER + "authorize",
        "callback": "https://spa.example.test/",
        "hasAllowedOrigins": True,
        "strategies": [
            {
                "name": "auth0",
                "connections": [
                    {
                        "name": CONNECTION,
                        "showSignup": True,
                        "showForgot": True,
                        "requires_username": False,
                        "passwordPolicy": "good",
                        "validation": {"username": {"min": 1, "max": 15}},
                    }
                ],
            }
        ],
    }


async def test_query_of_lock_is_ignored(world: World) -> None:
    """Lock puts the time into the query, without a name for it."""
    response = await world.browser().get("/client/spa.js?t1791234567890")
    assert argument(response, "Auth0.setClient")["id"] == "spa"


async def test_settings_of_the_database(world: World) -> None:
    """What Lock shows follows the settings of the database at once."""
    await world.change_connection(
        disable_signup=True,
        disable_self_service_change_password=True,
        requires_username=True,
        password_policy="excellent",
        password_complexity_options=Complexity(min_length=12),
        validation=Validation(username=UsernameLength(min=3, max=20)),
    )
    ((strategy,),) = [(await client_of(world))["strategies"]]
    assert strategy["connections"] == [
        {
            "name": CONNECTION,
            "showSignup": False,
            "showForgot": False,
            "requires_username": True,
            "passwordPolicy": "excellent",
            "validation": {"username": {"min": 3, "max": 20}},
            "password_complexity_options": {"min_length": 12},
        }
    ]


async def test_client_without_connections(world: World) -> None:
    """A client that nobody can sign in to has no strategies."""
    await world.change_client("spa", callbacks=())
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    closed = msgspec.structs.replace(connection, enabled_clients=())
    await world.commit(world.platform.stores.connections.put(world.tenant_id, closed))
    told = await client_of(world)
    assert (told["strategies"], told["callback"]) == ([], "")


async def test_client_that_there_is_not(world: World) -> None:
    """An unknown client is 404, which fails the script element, so Lock says at once that it cannot begin."""
    for client_id in ("nobody", "%3Cscript%3E", "*%2F", "..%00"):
        response = await world.browser().get(f"/client/{client_id}.js")
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/json"
        assert "script>" not in response.text
    assert refused(await world.browser().get("/client/nobody.js")) == (404, "not_found")


async def test_deleted_client(world: World) -> None:
    """The script of a deleted client is gone."""
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "spa"))
    assert (await world.browser().get(CLIENT)).status_code == 404


async def test_tenant(world: World) -> None:
    """The script of the tenant hands its connections, and which client has which, to Auth0.setTenant."""
    told = await tenant_of(world)
    assert told["connections"] == {
        "database": [
            {
                "name": CONNECTION,
                "strategy": "auth0",
                "validation": {"passwordPolicy": "good", "username": {"min": 1, "max": 15}},
                "allowSignup": True,
                "allowForgot": True,
                "requiresUsername": False,
            }
        ],
        "social": [],
        "enterprise": [],
        "passwordless": [],
    }
    assert told["clientsConnections"]["spa"] == [CONNECTION]
    assert "defaultDirectory" not in told


async def test_default_directory(world: World) -> None:
    """The tenant's default directory is told, if it is one of the connections."""
    await world.change_tenant(default_directory=CONNECTION)
    assert (await tenant_of(world))["defaultDirectory"] == CONNECTION
    await world.change_tenant(default_directory="elsewhere")
    assert "defaultDirectory" not in await tenant_of(world)


async def test_connection_of_nobody_is_not_told(world: World) -> None:
    """A connection that is enabled for no client that people use is not told."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    hidden = msgspec.structs.replace(connection, connection_id="con_x", name="Hidden", enabled_clients=())
    await world.commit(world.platform.stores.connections.put(world.tenant_id, hidden))
    assert "Hidden" not in (await world.browser().get(INFO)).text


async def test_machines_are_not_told(world: World) -> None:
    """Clients that nobody signs in to are not in the tenant's script."""
    await world.change_client("third", app_type="non_interactive")
    assert "third" not in (await tenant_of(world))["clientsConnections"]


async def test_changes_are_seen_at_once(world: World) -> None:
    """A change of a client or a connection is in the tenant's script with the next request."""
    await tenant_of(world)
    await world.change_connection(disable_signup=True)
    assert (await tenant_of(world))["connections"]["database"][0]["allowSignup"] is False
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "spa"))
    assert "spa" not in (await tenant_of(world))["clientsConnections"]


@pytest.mark.parametrize("path", [CLIENT, INFO, "/client/web.js"])
async def test_nothing_private(world: World, path: str) -> None:
    """No secret and no private setting of client or connection is in the scripts."""
    await world.change_client(
        "web", client_metadata={"internal": "PRIVATE"}, description="PRIVATE", addons={"x": {"k": "PRIVATE"}}
    )
    await world.change_connection(custom_scripts={"login": "PRIVATE"}, upstream_params={"x": "PRIVATE"})
    text = (await world.browser().get(path)).text
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    assert "PRIVATE" not in text
    for secret in (SECRET, client.secrets[0].fingerprint, client.secrets[0].sealed):
        assert secret not in text


@pytest.mark.parametrize("path", [CLIENT, INFO])
async def test_script_is_kept_while_it_stands(world: World, path: str) -> None:
    """A browser may keep the script, asks whether it still stands, and is told 304 until it changes."""
    browser = world.browser()
    first = await browser.get(path)
    assert first.headers["cache-control"] == "no-cache"
    kept = {"if-none-match": first.headers["etag"]}
    again = await browser.get(path, headers=kept)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await world.change_connection(disable_signup=True)
    assert (await browser.get(path, headers=kept)).status_code == 200


@pytest.mark.parametrize("path", [CLIENT, INFO])
async def test_script_may_be_loaded_by_pages_elsewhere(world: World, path: str) -> None:
    """Pages of other sites may load the script, and no browser takes it for anything else."""
    headers = (await world.browser().get(path)).headers
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"


async def test_names_cannot_leave_the_script(world: World) -> None:
    """What could end a script element or a line is escaped, in callbacks and names alike."""
    await world.change_client("spa", callbacks=("https://spa.example.test/?a=</script>&b=\u2028",))
    text = (await world.browser().get(CLIENT)).text
    assert not set("<>&\u2028") & set(text)
    assert (await client_of(world))["callback"] == "https://spa.example.test/?a=</script>&b=\u2028"
