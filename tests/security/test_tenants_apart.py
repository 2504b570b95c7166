"""What one tenant issued opens nothing at another on the same server (CVE-2026-55670)."""

from typing import Any

import httpx2
import msgspec
import pytest
from tests.embedded.pages import authenticate, enable, ticket
from tests.support.legacy import delegate, id_token, make_legacy, signed_in, tokeninfo
from tests.support.protocol import basic, bearer, refusal
from tests.support.world import (
    API,
    CALLBACK,
    REALM_GRANT,
    SECRET,
    Browser,
    World,
    answer,
    claims_of,
    forms,
    request_of,
)

from gatewright.connections import Connection, DatabaseOptions
from gatewright.protection import PASSWORD
from gatewright.storage.database import revision_bump
from gatewright.tenants import Tenant

pytestmark = pytest.mark.anyio

OTHER = "https://other.example.test/"


@pytest.fixture
async def other(world: World) -> Browser:
    """A browser at a second tenant that has the same clients, API and connection, but no users."""
    stores, tenant_id = world.platform.stores, "other"
    tenant = Tenant(tenant_id=tenant_id, issuer=OTHER, hosts=("other.example.test",))
    await world.platform.bus.commit(stores.tenants.put(tenant))
    await world.platform.bus.commit(await world.platform.keys.missing(tenant_id, OTHER, "RS256"))
    web = await world.platform.clients.get(world.tenant_id, "web")
    api = await world.platform.apis.by_identifier(world.tenant_id, API)
    assert web is not None
    assert api is not None
    sealed = world.platform.clients.sealed(tenant_id, "web", SECRET, 0)
    grant_types = (*web.grant_types, REALM_GRANT)
    options = DatabaseOptions()
    connection = Connection(
        connection_id="con_db", name="Username-Password-Authentication", strategy="auth0", options=options
    )
    connection = msgspec.structs.replace(connection, enabled_clients=("web",))
    await world.platform.bus.commit(
        (
            stores.clients.put(
                tenant_id, msgspec.structs.replace(web, secrets=(sealed,), grant_types=grant_types)
            ),
            stores.apis.put(tenant_id, api),
            stores.connections.put(tenant_id, connection),
            revision_bump(tenant_id),
        )
    )
    return Browser(world.app, base=OTHER)


async def ours(world: World, **parameters: str) -> tuple[Browser, dict[str, Any]]:
    browser = world.browser()
    return browser, await browser.tokens(**{"scope": "openid offline_access", **parameters})


async def test_issuers_differ(other: Browser) -> None:
    """Each tenant has its own issuer and its own keys."""
    assert (await other.get("/.well-known/openid-configuration")).json()["issuer"] == OTHER


async def test_keys_differ(world: World, other: Browser) -> None:
    """No key of one tenant is in the key set of another."""
    path = "/.well-known/jwks.json"
    one, two = [(await browser.get(path)).json()["keys"] for browser in (world.browser(), other)]
    assert not {key["kid"] for key in one} & {key["kid"] for key in two}
    assert not {key["n"] for key in one} & {key["n"] for key in two}


@pytest.mark.parametrize("audience", ["", API])
async def test_access_token(world: World, other: Browser, audience: str) -> None:
    """An access token of one tenant opens nothing at another, and is not active there."""
    _, tokens = await ours(world, audience=audience)
    assert refusal(await other.get("/userinfo", headers=bearer(tokens["access_token"]))) == (
        401,
        "invalid_token",
    )
    body = {"token": tokens["access_token"]}
    response = await other.post("/oauth/introspect", data=body, headers=basic("web", SECRET))
    assert response.json() == {"active": False}


async def test_refresh_token(world: World, other: Browser) -> None:
    """A refresh token of one tenant is unknown at another, where it alarms nobody."""
    browser, tokens = await ours(world)
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert refusal(await other.token(**fields)) == (400, "invalid_grant")
    assert (await browser.token(**fields)).status_code == 200


async def test_revocation(world: World, other: Browser) -> None:
    """A client of another tenant cannot revoke."""
    browser, tokens = await ours(world)
    body = {"token": tokens["refresh_token"]}
    assert (await other.post("/oauth/revoke", data=body, headers=basic("web", SECRET))).status_code == 200
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await browser.token(**fields)).status_code == 200


async def test_code(world: World, other: Browser) -> None:
    """A code of one tenant is unknown at another, and stays good at its own."""
    browser = world.browser()
    code = await browser.code()
    assert refusal(await other.redeem(code)) == (400, "invalid_grant")
    assert (await browser.redeem(code)).status_code == 200


async def test_session(world: World, other: Browser) -> None:
    """The session cookie of one tenant signs nobody in at another."""
    browser = world.browser()
    await browser.sign_in()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    response = await other.get(
        "/authorize",
        params={"client_id": "web", "redirect_uri": CALLBACK, "response_type": "code", "prompt": "none"},
        headers={"cookie": cookies},
    )
    assert answer(response)["error"] == "login_required"


async def test_password(world: World, other: Browser) -> None:
    """A user of one tenant is unknown at another."""
    start = await other.get(
        "/authorize", params={"client_id": "web", "redirect_uri": CALLBACK, "response_type": "code"}
    )
    page = await other.get(start.headers["location"])
    response = await submit(other, page)
    assert response.status_code == 400


async def test_password_that_an_application_brings(world: World, other: Browser) -> None:
    """A user of one tenant is unknown to an application at another, and wrong attempts there lock nobody."""
    for _ in range(PASSWORD.attempts):
        assert refusal(await other.bring_password(client_id="web")) == (400, "invalid_grant")
    assert (await world.browser().bring_password()).status_code == 200


async def submit(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    form = forms(page)[0]
    data = {**form["fields"], "username": "ada@example.test", "password": "Correct-Horse-1"}
    return await browser.post(form["action"], data=data)


async def test_login_in_progress(world: World, other: Browser) -> None:
    """A login begun at one tenant cannot be finished at another."""
    browser = world.browser()
    page = await browser.authorize()
    state = str(page.url).partition("state=")[2]
    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    response = await other.get(f"/u/login?state={state}", headers={"cookie": cookies})
    assert response.status_code == 404


async def test_hint(world: World, other: Browser) -> None:
    """An id_token of one tenant is no hint at another."""
    _, tokens = await ours(world)
    response = await other.get("/oidc/logout", params={"id_token_hint": tokens["id_token"]})
    assert response.status_code == 400


async def test_id_token_of_the_legacy_pipeline(world: World, other: Browser) -> None:
    """A legacy id_token of one tenant opens nothing at another, where a client has the same id and secret."""
    await make_legacy(world)
    await make_legacy(elsewhere(world))
    token = await id_token(world.browser())
    assert refusal(await tokeninfo(other, token)) == (401, "unauthorized")
    assert refusal(await delegate(other, target="", id_token=token)) == (400, "invalid_grant")
    assert (await tokeninfo(world.browser(), token)).status_code == 200


async def test_refresh_token_of_the_legacy_pipeline(world: World, other: Browser) -> None:
    """A legacy refresh token of one tenant is unknown at another."""
    await make_legacy(world)
    await make_legacy(elsewhere(world))
    found = await signed_in(world.browser(), scope="openid offline_access", device="phone")
    response = await delegate(other, target="", refresh_token=found["refresh_token"])
    assert refusal(response) == (400, "invalid_grant")


async def test_session_data(world: World, other: Browser) -> None:
    """The session of one tenant is told to nobody who asks another."""
    await make_legacy(world)
    await make_legacy(elsewhere(world))
    browser = world.browser()
    await browser.sign_in()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    headers = {"cookie": cookies, "origin": "https://app.example.test"}
    assert (await browser.get("/user/ssodata", headers=headers)).json()["sso"] is True
    assert (await other.get("/user/ssodata", headers=headers)).json() == {"sso": False}


async def test_login_ticket(world: World, other: Browser) -> None:
    """A login ticket of one tenant signs nobody in at another, though the browser sends its cookie there."""
    await enable(world)
    await enable(elsewhere(world))
    browser = world.browser()
    found = await ticket(browser)
    headers = {"cookie": f"__Host-gw_co={browser.client.cookies['__Host-gw_co']}"}
    asked = request_of(login_ticket=found["login_ticket"])
    response = await other.get("/authorize", params=asked, headers=headers)
    assert answer(response)["error"] == "login_required"
    assert "code" in answer(await browser.get("/authorize", params=asked))


async def test_page_of_another_tenant(world: World, other: Browser) -> None:
    """A page brings passwords to the tenant of its client alone; there, nobody of another is known."""
    await enable(world)
    assert refusal(await authenticate(other)) == (403, "unauthorized_client")
    await enable(elsewhere(world))
    assert refusal(await authenticate(other)) == (403, "access_denied")


def elsewhere(world: World) -> World:
    """The same platform, at the other tenant."""
    return World(world.platform, world.app, world.clock, tenant_id="other")


async def test_client_secret_moved_to_another_tenant(world: World, other: Browser) -> None:
    """The sealed secret of one tenant's client cannot be read as another's: it is bound to its place."""
    web = await world.platform.clients.get(world.tenant_id, "web")
    assert web is not None
    with pytest.raises(Exception, match="belongs elsewhere"):
        world.platform.clients.secret("other", web)
    assert world.platform.clients.secret(world.tenant_id, web) == SECRET


async def test_token_names_its_issuer(world: World) -> None:
    """A token says which tenant issued it."""
    _, tokens = await ours(world, audience=API)
    assert claims_of(tokens["access_token"])["iss"] == "https://id.example.test/"
