"""A client acts for itself: for which API, with which scopes (RFC 6749 §4.4, the wire §2.3)."""

from typing import Any

import httpx2
import pytest
from tests.support.protocol import introspect, newest_log, refusal, userinfo
from tests.support.world import API, ISSUER, SECRET, World, claims_of

from gatewright.apis import ClientGrant

pytestmark = [pytest.mark.anyio, pytest.mark.wire("grant client_credentials")]


async def ask(world: World, **fields: str) -> httpx2.Response:
    """A client_credentials request of the web client; a field set to ``""`` is left out."""
    return await world.browser().token(**{"grant_type": "client_credentials", "audience": API, **fields})


async def token(world: World, **fields: str) -> dict[str, Any]:
    response = await ask(world, **fields)
    assert response.status_code == 200, response.text
    return claims_of(response.json()["access_token"])


async def allow(world: World, *scope: str) -> None:
    grant = ClientGrant(grant_id="cgr_web", client_id="web", audience=API, scope=scope)
    await world.commit(world.platform.stores.apis.put_grant(world.tenant_id, grant))


async def test_claims(world: World) -> None:
    """A client's own token names the client as subject and the grant, and no user."""
    claims = await token(world)
    assert claims.pop("jti")
    now = world.clock.now()
    assert claims == {
        "iss": ISSUER,
        "sub": "web@clients",
        "aud": API,
        "azp": "web",
        "iat": now,
        "exp": now + 86_400,
        "scope": "read:timesheets",
        "gty": "client-credentials",
    }


async def test_neither_id_token_nor_refresh_token(world: World) -> None:
    """A client's own answer holds an access token alone (RFC 6749 §4.4.3)."""
    found = (await ask(world, scope="read:timesheets")).json()
    assert set(found) == {"access_token", "expires_in", "token_type", "scope"}


async def test_everything_granted_where_nothing_is_asked(world: World) -> None:
    """Without scope a client gets all of its client grant."""
    await allow(world, "read:timesheets", "create:timesheets")
    assert (await token(world))["scope"] == "read:timesheets create:timesheets"


async def test_fewer_scopes(world: World) -> None:
    """A client may ask for less than its client grant has."""
    await allow(world, "read:timesheets", "create:timesheets")
    assert (await token(world, scope="create:timesheets"))["scope"] == "create:timesheets"


@pytest.mark.parametrize(
    "scope", ["create:timesheets", "read:timesheets fly", "openid", "offline_access", "profile"]
)
async def test_scope_beyond_the_client_grant(world: World, scope: str) -> None:
    """A scope that the client grant lacks is an invalid_scope that names it."""
    response = await ask(world, scope=scope)
    assert refusal(response) == (400, "invalid_scope")
    assert scope.split()[-1] in response.json()["error_description"]


async def test_scope_the_api_no_longer_has(world: World) -> None:
    """A client grant cannot give what the API does not offer any more."""
    await world.change_api(API, scopes=())
    assert refusal(await ask(world, scope="read:timesheets")) == (400, "invalid_scope")
    assert "scope" not in await token(world)


async def test_identity_scope_in_the_client_grant(world: World) -> None:
    """A client has no identity to tell: identity scopes in its client grant come to nothing."""
    await allow(world, "read:timesheets", "openid", "email")
    assert (await token(world))["scope"] == "read:timesheets"


async def test_no_client_grant(world: World) -> None:
    """A client without a grant for the API is told what is missing."""
    await world.commit(world.platform.stores.apis.delete_grant(world.tenant_id, "cgr_web"))
    response = await ask(world)
    assert refusal(response) == (403, "access_denied")
    assert "client-grant" in response.json()["error_description"]


async def test_client_grant_of_another_client(world: World) -> None:
    """A client grant serves its own client alone."""
    assert refusal(await ask(world, client_id="third")) == (403, "access_denied")


async def test_audience_missing(world: World) -> None:
    """Without an audience, and no default one, the client is told to name an API."""
    response = await ask(world, audience="")
    assert refusal(response) == (403, "access_denied")
    assert "audience" in response.json()["error_description"]


async def test_default_audience(world: World) -> None:
    """The tenant's default audience serves clients too."""
    await world.change_tenant(default_audience=API)
    assert (await token(world, audience=""))["aud"] == API


@pytest.mark.parametrize("audience", ["https://unknown.test", API + "/", API.upper(), " " + API])
async def test_unknown_audience(world: World, audience: str) -> None:
    """An audience that no API has, to the character, is refused by name."""
    response = await ask(world, audience=audience)
    assert refusal(response) == (403, "access_denied")
    assert "Service not found" in response.json()["error_description"]


async def test_userinfo_is_no_api(world: World) -> None:
    """A client cannot get a token for the userinfo endpoint: it is nobody there."""
    assert refusal(await ask(world, audience=ISSUER + "userinfo")) == (403, "access_denied")


async def test_permissions_are_the_scopes(world: World) -> None:
    """With the authz dialect a client's token tells its scopes as permissions."""
    await world.change_api(API, enforce_policies=True, token_dialect="access_token_authz")
    assert (await token(world))["permissions"] == ["read:timesheets"]


async def test_rfc9068(world: World) -> None:
    """In the rfc9068 dialect a client's token has client_id, and no sid of a session it has not."""
    await world.change_api(API, token_dialect="rfc9068_profile")
    claims = await token(world)
    assert claims["client_id"] == "web"
    assert not {"sid", "auth_time", "azp"} & set(claims)


async def test_refused_at_userinfo(world: World) -> None:
    """A client's token is no token of a person."""
    access_token = (await ask(world)).json()["access_token"]
    assert refusal(await userinfo(world.browser(), access_token)) == (401, "invalid_token")


async def test_introspected(world: World) -> None:
    """A client's own token is active for it, and says so."""
    browser = world.browser()
    found = await introspect(browser, (await ask(world)).json()["access_token"])
    assert (found["active"], found["sub"], found["client_id"]) == (True, "web@clients", "web")


async def test_user_called_like_a_client(world: World) -> None:
    """A user whose id ends like a client's subject is still looked up as a user."""
    await world.put_user("eve@example.test", subject="web@clients")
    browser = world.browser()
    page = await browser.authorize(audience=API, scope="openid")
    response = await browser.submit(page, username="eve@example.test", password="Correct-Horse-1")
    code = response.headers["location"].partition("code=")[2].partition("&")[0]
    access_token = (await browser.redeem(code)).json()["access_token"]
    assert (await introspect(browser, access_token))["active"] is True
    await world.change_user("auth0|web@clients", blocked=True)
    assert await introspect(browser, access_token) == {"active": False}


async def test_on_record(world: World) -> None:
    """A client's token is in the audit log with audience and scope."""
    await ask(world)
    entry = await newest_log(world, "seccft")
    assert (entry.client_id, entry.audience, entry.scope) == ("web", API, "read:timesheets")
    assert SECRET not in str(await world.logs())


async def test_refusal_on_record(world: World) -> None:
    """A refused client is in the audit log with the reason."""
    await ask(world, audience="https://unknown.test")
    assert "Service not found" in (await newest_log(world, "feccft")).description
