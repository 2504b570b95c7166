"""``/user/ssodata``: is somebody signed in? Told to the tenant's own legacy applications alone."""

import httpx2
import pytest
from tests.support.legacy import make_legacy, signed_in
from tests.support.protocol import SPA, refusal
from tests.support.world import Browser, World

from gatewright.clients import JwtConfiguration

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /user/ssodata")]

APP, SPA_ORIGIN, STRANGER = "https://app.example.test", "https://spa.example.test", "https://stranger.test"
NOBODY = {"sso": False}


async def asked(browser: Browser, origin: str = APP, query: str = "") -> httpx2.Response:
    headers = {"origin": origin} if origin else {}
    return await browser.get(f"/user/ssodata{query}", headers=headers)


def is_readable(response: httpx2.Response, origin: str) -> bool:
    """Whether a script of ``origin`` that sent the browser's cookies may read the answer."""
    allowed = response.headers.get("access-control-allow-origin")
    assert allowed in (None, origin), "never a star, never somebody else"
    assert ("access-control-allow-credentials" in response.headers) is (allowed is not None)
    assert response.headers["vary"] == "Origin"
    return allowed is not None


async def test_nobody(legacy: World) -> None:
    """Without a session nobody is signed in, and the application can read that."""
    response = await asked(legacy.browser())
    assert response.json() == NOBODY
    assert is_readable(response, APP)
    assert response.headers["cache-control"] == "no-store"


async def test_somebody(legacy: World) -> None:
    """With a session it is told who, from which connection, and to which clients."""
    browser = legacy.browser()
    await signed_in(browser)
    response = await asked(browser)
    assert response.json() == {
        "sso": True,
        "sessionClients": ["web"],
        "lastUsedClientID": "web",
        "lastUsedUserID": "auth0|ada",
        "lastUsedUsername": "ada@example.test",
        "lastUsedConnection": {"name": "Username-Password-Authentication", "strategy": "auth0"},
    }
    assert is_readable(response, APP)


async def test_each_client_of_the_session(legacy: World) -> None:
    """All clients that the session was used for are told, the last one once more."""
    await make_legacy(legacy, "spa", jwt_configuration=JwtConfiguration())
    browser = legacy.browser()
    await signed_in(browser)
    await browser.authorize(**SPA, response_type="token")
    found = (await asked(browser)).json()
    assert (found["sessionClients"], found["lastUsedClientID"]) == (["web", "spa"], "spa")


async def test_application_that_was_not_used_yet(legacy: World) -> None:
    """Another legacy application of the tenant may ask before it was ever used: that is what it is for."""
    await make_legacy(legacy, "spa")
    browser = legacy.browser()
    await signed_in(browser)
    response = await asked(browser, SPA_ORIGIN)
    assert response.json()["sso"] is True
    assert is_readable(response, SPA_ORIGIN)


async def test_person_themselves(legacy: World) -> None:
    """Who opens the address in the browser sees their own state; no other page can load it."""
    browser = legacy.browser()
    await signed_in(browser)
    response = await asked(browser, "")
    assert response.json()["sso"] is True
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        STRANGER,
        SPA_ORIGIN,
        "null",
        "https://APP.example.test",
        "https://app.example.test/",
        "https://app.example.test:8443",
        "http://app.example.test",
        "https://app.example.test.evil.test",
    ],
)
async def test_strangers_learn_nothing(legacy: World, origin: str) -> None:
    """For an origin that is no legacy application's nobody is signed in, and it cannot even read that."""
    browser = legacy.browser()
    await signed_in(browser)
    response = await asked(browser, origin)
    assert response.json() == NOBODY
    assert not is_readable(response, origin)


@pytest.mark.parametrize("field", ["web_origins", "allowed_origins", "callbacks"])
async def test_origins_of_a_client(legacy: World, field: str) -> None:
    """An application's origins are those listed for it and those of its callbacks."""
    await legacy.change_client("web", **{field: ("https://listed.example.test/",)})
    response = await asked(legacy.browser(), "https://listed.example.test")
    assert is_readable(response, "https://listed.example.test")


@pytest.mark.parametrize("fields", [{"oidc_conformant": True}, {"is_first_party": False}])
async def test_other_kinds_of_clients(legacy: World, fields: dict[str, bool]) -> None:
    """Conformant applications and those of third parties learn nothing here."""
    browser = legacy.browser()
    await signed_in(browser)
    await legacy.change_client("web", **fields)
    response = await asked(browser)
    assert response.json() == NOBODY
    assert not is_readable(response, APP)


async def test_client_named(legacy: World) -> None:
    """A request that names its client is judged by that client's origins alone."""
    await make_legacy(legacy, "spa")
    browser = legacy.browser()
    await signed_in(browser)
    assert is_readable(await asked(browser, APP, "?ldaps=1&client_id=web"), APP)
    for client_id in ("spa", "nobody"):
        response = await asked(browser, APP, f"?client_id={client_id}")
        assert response.json() == NOBODY
        assert not is_readable(response, APP)


async def test_blocked_user(legacy: World) -> None:
    """The session of a blocked user is none."""
    browser = legacy.browser()
    await signed_in(browser)
    await legacy.change_user("auth0|ada", blocked=True)
    assert (await asked(browser)).json() == NOBODY


async def test_session_that_ran_out(legacy: World) -> None:
    """A session past its lifetime is none."""
    browser = legacy.browser()
    await signed_in(browser)
    legacy.clock.advance(73 * 3_600)
    assert (await asked(browser)).json() == NOBODY


async def test_connection_that_is_gone(legacy: World) -> None:
    """A session of a connection that was deleted is none."""
    browser = legacy.browser()
    await signed_in(browser)
    (connection,) = await legacy.platform.stores.connections.all(legacy.tenant_id)
    await legacy.commit(legacy.platform.stores.connections.delete(legacy.tenant_id, connection.connection_id))
    assert (await asked(browser)).json() == NOBODY


async def test_asking_leaves_the_session_alone(legacy: World) -> None:
    """Asking is no use of the session: it neither prolongs it nor joins it."""
    browser = legacy.browser()
    await signed_in(browser)
    before = legacy.rows("SELECT doc FROM sessions")
    legacy.clock.advance(10_000)
    response = await asked(browser)
    assert "set-cookie" not in response.headers
    assert legacy.rows("SELECT doc FROM sessions") == before


@pytest.mark.parametrize(("origin", "allowed"), [(APP, True), (STRANGER, False), ("null", False)])
async def test_preflight(legacy: World, origin: str, allowed: bool) -> None:
    """The preflight, which the telemetry header of auth0.js causes, lets in who may read the answer."""
    headers = {
        "origin": origin,
        "access-control-request-method": "GET",
        "access-control-request-headers": "auth0-client",
    }
    response = await legacy.browser().client.options("/user/ssodata", headers=headers)
    assert response.status_code == 204
    assert is_readable(response, origin) is allowed
    assert response.headers["access-control-allow-methods"] == "GET"
    assert "Auth0-Client" in response.headers["access-control-allow-headers"]


async def test_change_is_seen_at_once(legacy: World) -> None:
    """An origin added or removed counts from the next request on."""
    browser = legacy.browser()
    assert not is_readable(await asked(browser, STRANGER), STRANGER)
    await legacy.change_client("web", web_origins=(STRANGER,))
    assert is_readable(await asked(browser, STRANGER), STRANGER)
    await legacy.change_client("web", web_origins=())
    assert not is_readable(await asked(browser, STRANGER), STRANGER)


async def test_query_that_cannot_be_read(legacy: World) -> None:
    """A malformed query is refused."""
    assert refusal(await asked(legacy.browser(), APP, "?client_id=%ff")) == (400, "invalid_request")
