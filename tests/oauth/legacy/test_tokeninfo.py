"""``/tokeninfo``: the whole profile of the user of an id_token (the wire §2.17)."""

import pytest
from tests.support.legacy import delegated, id_token, tokeninfo
from tests.support.protocol import open_connection_to, refusal, userinfo
from tests.support.world import API, Browser, World

from gatewright.clients import JwtConfiguration

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /tokeninfo", "POST /tokeninfo")]

PROFILE = {
    "user_id": "auth0|ada",
    "clientID": "web",
    "name": "Ada Example",
    "nickname": "ada",
    "picture": "https://pics.example.test/a.png",
    "email": "ada@example.test",
    "email_verified": True,
    "identities": [
        {
            "connection": "Username-Password-Authentication",
            "provider": "auth0",
            "user_id": "ada",
            "isSocial": False,
        }
    ],
    "created_at": "2027-01-15T08:00:00.000Z",
    "updated_at": "2027-01-15T08:00:00.000Z",
    "user_metadata": {"favorite_color": "green"},
    "app_metadata": {"plan": "free"},
}


@pytest.fixture
async def known(legacy: World) -> World:
    """A user with metadata and a picture."""
    metadata = {"user_metadata": PROFILE["user_metadata"], "app_metadata": PROFILE["app_metadata"]}
    await legacy.change_user("auth0|ada", picture=PROFILE["picture"], **metadata)
    return legacy


async def test_whole_profile(known: World) -> None:
    """An id_token of ``openid`` alone is answered with the whole profile, metadata included."""
    browser = known.browser()
    response = await tokeninfo(browser, await id_token(browser))
    assert response.status_code == 200
    assert response.json() == PROFILE
    assert response.headers["cache-control"] == "no-store"


async def test_json(known: World) -> None:
    """The id_token may come as JSON."""
    browser = known.browser()
    response = await browser.post("/tokeninfo", json={"id_token": await id_token(browser)})
    assert response.json() == PROFILE


async def test_get(known: World) -> None:
    """The id_token may come in the query of a GET."""
    browser = known.browser()
    response = await browser.get("/tokeninfo", params={"id_token": await id_token(browser)})
    assert response.json() == PROFILE


async def test_userinfo_tells_the_same(known: World) -> None:
    """userinfo answers the whole profile for an access token of the legacy pipeline, ``sub`` beside it."""
    browser = known.browser()
    tokens = await browser.tokens(scope="openid email")
    assert (await userinfo(browser, tokens["access_token"])).json() == {"sub": "auth0|ada", **PROFILE}


async def test_userinfo_wants_openid(known: World) -> None:
    """Without ``openid`` a legacy access token opens nothing at userinfo."""
    browser = known.browser()
    tokens = await browser.tokens(scope="name")
    response = await userinfo(browser, tokens["access_token"])
    assert refusal(response) == (403, "insufficient_scope")


async def test_userinfo_of_the_conformant_pipeline(known: World) -> None:
    """userinfo answers by scope where the request named an audience."""
    browser = known.browser()
    tokens = await browser.tokens(scope="openid email", audience=API)
    assert (await userinfo(browser, tokens["access_token"])).json() == {
        "sub": "auth0|ada",
        "email": "ada@example.test",
        "email_verified": True,
    }


async def test_rs256(known: World) -> None:
    """A client set to RS256 has its tokens read too."""
    await known.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    browser = known.browser()
    assert (await tokeninfo(browser, await id_token(browser))).json() == PROFILE


async def test_delegated_token(known: World) -> None:
    """An API that got an id_token by delegation may ask whom it speaks of."""
    browser = known.browser()
    token = (await delegated(browser, id_token=await id_token(browser)))["id_token"]
    assert (await tokeninfo(browser, token)).json() == {**PROFILE, "clientID": "timesheets"}


async def test_secret_of_before(known: World) -> None:
    """During a change of the secret, tokens that the older one signed are still read."""
    browser = known.browser()
    token = await id_token(browser)
    client = await known.platform.clients.get(known.tenant_id, "web")
    assert client is not None
    newer = known.platform.clients.sealed(known.tenant_id, "web", "n" * 40, known.clock.now())
    await known.change_client("web", secrets=(*client.secrets, newer))
    assert (await tokeninfo(browser, token)).status_code == 200
    assert (await tokeninfo(browser, await id_token(known.browser()))).status_code == 200
    await known.change_client("web", secrets=(newer,))
    assert (await tokeninfo(browser, token)).status_code == 401


async def test_nothing_sent(legacy: World) -> None:
    """Without an id_token the request is wrong, and says what is missing."""
    for response in (await tokeninfo(legacy.browser(), ""), await legacy.browser().get("/tokeninfo")):
        assert refusal(response) == (400, "invalid_request")
        assert response.json()["error_description"] == "missing id_token parameter"


async def test_sent_in_two_places(legacy: World) -> None:
    """A POST with a query is refused, and so is a token that came twice."""
    browser = legacy.browser()
    response = await browser.post("/tokeninfo?id_token=x", data={"id_token": "y"})
    assert refusal(response) == (400, "invalid_request")
    assert refusal(await browser.get("/tokeninfo?id_token=x&id_token=y")) == (400, "invalid_request")


async def refused(browser: Browser, token: str) -> str:
    """Why a token is refused: always 401, with a challenge."""
    response = await tokeninfo(browser, token)
    assert refusal(response) == (401, "unauthorized"), response.text
    assert response.headers["www-authenticate"].startswith('Bearer realm="Users", error="unauthorized"')
    words: str = response.json()["error_description"]
    return words


@pytest.mark.parametrize("text", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJ.eyJhdWQiOiJ3ZWIifQ.x"])
async def test_no_token_at_all(legacy: World, text: str) -> None:
    """Text that is no token of ours is refused as such."""
    assert (await refused(legacy.browser(), text)).startswith("Unauthorized: ")


async def test_expired(legacy: World) -> None:
    """An id_token that expired is refused."""
    browser = legacy.browser()
    token = await id_token(browser)
    legacy.clock.advance(36_000)
    assert "expired" in await refused(browser, token)


async def test_tampered(legacy: World) -> None:
    """An id_token that was changed is refused."""
    browser = legacy.browser()
    head, body, signature = (await id_token(browser)).split(".")
    await refused(browser, f"{head}.{body}.{signature[:-5]}{signature[-5:].swapcase()}")


async def test_conformant_client(legacy: World) -> None:
    """A conformant client's id_token is refused, and the refusal says where to go."""
    browser = legacy.browser()
    token = await id_token(browser)
    await legacy.change_client("web", oidc_conformant=True)
    assert "/userinfo" in await refused(browser, token)


async def test_conformant_pipeline(legacy: World) -> None:
    """An id_token whose request named an audience opens no more than that request was given."""
    await legacy.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    browser = legacy.browser()
    token = (await browser.tokens(audience=API))["id_token"]
    assert "not of the legacy pipeline" in await refused(browser, token)


async def test_blocked_user(legacy: World) -> None:
    """A blocked user's id_token is refused at once, in the words libraries look for."""
    browser = legacy.browser()
    token = await id_token(browser)
    await legacy.change_user("auth0|ada", blocked=True)
    assert await refused(browser, token) == "user is blocked"


async def test_client_that_is_gone(legacy: World) -> None:
    """The id_token of a client that was deleted is refused."""
    browser = legacy.browser()
    token = await id_token(browser)
    await legacy.commit(legacy.platform.stores.clients.delete(legacy.tenant_id, "web"))
    await refused(browser, token)


async def test_connection_closed(legacy: World) -> None:
    """When the user's connection is closed to the client, its id_tokens are refused."""
    browser = legacy.browser()
    token = await id_token(browser)
    await open_connection_to(legacy, "spa")
    assert "connection" in await refused(browser, token)


async def test_switched_off(legacy: World) -> None:
    """The tenant's flag switches the endpoint off."""
    browser = legacy.browser()
    token = await id_token(browser)
    tenant = await legacy.platform.tenants.get(legacy.tenant_id)
    await legacy.change_tenant(flags=type(tenant.settings.flags)(allow_legacy_tokeninfo_endpoint=False))
    assert refusal(await tokeninfo(browser, token)) == (404, "endpoint_disabled")


async def test_any_script_reads_it(legacy: World) -> None:
    """A script of any origin reads the answer for a token that it has, and a refusal."""
    browser = legacy.browser()
    token = await id_token(browser)
    browser.client.headers["origin"] = "https://stranger.test"
    for text in (token, "x"):
        response = await tokeninfo(browser, text)
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers
