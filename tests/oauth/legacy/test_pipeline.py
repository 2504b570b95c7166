"""Which pipeline a request is in (the wire §3.1), and that everything given by it stays in it."""

import msgspec
import pytest
from tests.support.legacy import OF_PROTOCOL, make_legacy, signed_in
from tests.support.protocol import refresh, userinfo
from tests.support.world import API, ISSUER, World, answer, claims_of, header_of

from gatewright.clients import Client
from gatewright.oauth.model import AccessToken, Code
from gatewright.oauth.pipeline import is_legacy
from gatewright.tenants import Tenant, TenantSettings

pytestmark = [pytest.mark.anyio, pytest.mark.wire("single-claim scopes")]

WEB_TOKENS = "id_token token"


@pytest.mark.parametrize(
    ("conformant", "audience", "default", "legacy"),
    [
        (False, "", "", True),
        (True, "", "", False),
        (False, "https://api.example.test", "", False),
        (False, ISSUER + "userinfo", "", False),
        (False, "", "https://api.example.test", False),
        (True, "https://api.example.test", "", False),
    ],
)
def test_which_pipeline(conformant: bool, audience: str, default: str, legacy: bool) -> None:
    """Legacy are requests of a client that is not conformant and without any audience, default included."""
    tenant = Tenant(tenant_id="t", issuer=ISSUER, hosts=(), settings=TenantSettings(default_audience=default))
    client = Client(client_id="c", name="C", oidc_conformant=conformant)
    assert is_legacy(tenant, client, audience) is legacy


async def test_token_brings_an_id_token(legacy: World) -> None:
    """``response_type=token`` answers with an id_token too, without a nonce having been asked for."""
    found = await signed_in(legacy.browser(), scope="openid name")
    assert set(found) == {"access_token", "id_token", "expires_in", "token_type", "scope", "state", "iss"}
    assert (found["token_type"], found["scope"]) == ("Bearer", "openid name")
    assert set(claims_of(found["id_token"])) == OF_PROTOCOL | {"name"}


async def test_token_without_openid_brings_none(legacy: World) -> None:
    """Without ``openid`` there is no id_token."""
    assert "id_token" not in await signed_in(legacy.browser(), scope="name")


async def test_scope_that_was_not_sent(legacy: World) -> None:
    """No scope means ``openid``."""
    found = await signed_in(legacy.browser(), scope="")
    assert (found["scope"], set(claims_of(found["id_token"]))) == ("openid", OF_PROTOCOL)


async def test_nonce_is_optional(legacy: World) -> None:
    """An id_token in front comes without a nonce, and tells the one that was sent."""
    browser = legacy.browser()
    assert "nonce" not in claims_of((await signed_in(browser, response_type="id_token"))["id_token"])
    response = await browser.authorize(response_type="id_token", nonce="n-1")
    assert claims_of(answer(response)["id_token"])["nonce"] == "n-1"


async def test_nothing_is_hashed_into_the_id_token(legacy: World) -> None:
    """Beside a code and an access token the legacy id_token has its five claims and no hash of them."""
    found = await signed_in(legacy.browser(), response_type="code id_token token")
    assert set(claims_of(found["id_token"])) == OF_PROTOCOL


async def test_access_token_is_opaque(legacy: World) -> None:
    """The access token of the legacy pipeline is never a JWT, whatever scopes were asked for."""
    found = await signed_in(legacy.browser(), scope="openid read:timesheets")
    assert "." not in found["access_token"]
    assert found["expires_in"] == "7200"


async def in_front_for_an_api(world: World, **parameters: str) -> dict[str, str]:
    asked = {"response_type": WEB_TOKENS, "scope": "openid favorite_color", "nonce": "n", **parameters}
    return answer(await world.browser().sign_in(**asked))


@pytest.mark.parametrize("audience", [API, ISSUER + "userinfo"])
async def test_audience_leads_out(legacy: World, audience: str) -> None:
    """A request that names an audience gets what a conformant client gets, signed with the tenant's key."""
    found = await in_front_for_an_api(legacy, audience=audience)
    assert found["scope"] == "openid"
    assert {"sid", "at_hash", "nonce"} <= set(claims_of(found["id_token"]))
    assert header_of(found["id_token"])["alg"] == "RS256"


async def test_default_audience_leads_out(legacy: World) -> None:
    """The tenant's default audience does the same for requests that name none."""
    await legacy.change_tenant(default_audience=API)
    found = await in_front_for_an_api(legacy)
    assert claims_of(found["access_token"])["azp"] == "web"
    assert "sid" in claims_of(found["id_token"])


async def test_audience_needs_a_nonce(legacy: World) -> None:
    """With an audience the nonce is required again, of whatever client."""
    found = answer(await legacy.browser().authorize(response_type=WEB_TOKENS, audience=API))
    assert (found["error"], found["state"]) == ("invalid_request", "the-state")


async def test_audience_without_an_id_token(legacy: World) -> None:
    """With an audience ``response_type=token`` gives an access token alone."""
    assert "id_token" not in await signed_in(legacy.browser(), audience=API)


async def test_code_exchange_stays(legacy: World) -> None:
    """A code of the legacy pipeline stays in it although the client has left it meanwhile."""
    browser = legacy.browser()
    code = await browser.code(scope="openid name")
    await legacy.change_client("web", oidc_conformant=True)
    claims = claims_of((await browser.redeem(code)).json()["id_token"])
    assert set(claims) == OF_PROTOCOL | {"name"}


async def test_code_of_the_conformant_pipeline_stays(world: World) -> None:
    """A code of the conformant pipeline stays in it although the client has left it meanwhile."""
    browser = world.browser()
    code = await browser.code()
    await make_legacy(world)
    tokens = (await browser.redeem(code)).json()
    assert "sid" in claims_of(tokens["id_token"])
    assert (await userinfo(browser, tokens["access_token"])).json() == {"sub": "auth0|ada"}


async def test_refresh_stays(legacy: World) -> None:
    """A refresh of a legacy grant gives legacy tokens, custom attributes included, ever after."""
    await legacy.change_user("auth0|ada", user_metadata={"favorite_color": "green"})
    browser = legacy.browser()
    tokens = await browser.tokens(scope="openid favorite_color offline_access", device="phone")
    await legacy.change_client("web", oidc_conformant=True)
    again = (await refresh(browser, tokens["refresh_token"])).json()
    claims = claims_of(again["id_token"])
    assert set(claims) == OF_PROTOCOL | {"favorite_color"}
    assert (await userinfo(browser, again["access_token"])).json()["user_id"] == "auth0|ada"


async def test_refresh_token_stays_the_same(legacy: World) -> None:
    """A refresh token of the legacy pipeline does not rotate: it works again, and no other comes."""
    browser = legacy.browser()
    tokens = await browser.tokens(scope="openid offline_access", device="phone")
    for _ in range(3):
        legacy.clock.advance(60)
        response = await refresh(browser, tokens["refresh_token"])
        assert response.status_code == 200
        assert "refresh_token" not in response.json()


@pytest.mark.parametrize(
    ("scope", "device", "given"),
    [
        ("openid offline_access", "phone", True),
        ("openid offline_access", "", False),
        ("openid", "phone", False),
    ],
)
@pytest.mark.parametrize("response_type", ["code", "token"])
async def test_refresh_token_is_for_a_device(
    legacy: World, response_type: str, scope: str, device: str, given: bool
) -> None:
    """A refresh token comes where ``offline_access`` and ``device`` were sent, in front as well."""
    browser = legacy.browser()
    found = await signed_in(browser, response_type=response_type, scope=scope, device=device)
    if response_type == "code":
        found = (await browser.redeem(found["code"])).json()
    assert ("refresh_token" in found) is given
    assert ("offline_access" in found["scope"]) is given


async def test_refresh_token_from_the_front_works(legacy: World) -> None:
    """The refresh token from the address bar is a working one."""
    browser = legacy.browser()
    found = await signed_in(browser, scope="openid offline_access", device="phone")
    assert (await refresh(browser, found["refresh_token"])).status_code == 200


async def test_one_refresh_token_for_a_hybrid_answer(legacy: World) -> None:
    """Beside a code no refresh token comes in front: the code brings it."""
    browser = legacy.browser()
    asked = {"scope": "openid offline_access", "device": "phone"}
    found = await signed_in(browser, response_type="code token", **asked)
    assert "refresh_token" not in found
    assert "refresh_token" in (await browser.redeem(found["code"])).json()


async def test_no_refresh_token_with_an_id_token_alone(legacy: World) -> None:
    """Without an access token or a code there is nothing to refresh."""
    asked = {"scope": "openid offline_access", "device": "phone"}
    found = await signed_in(legacy.browser(), response_type="id_token", **asked)
    assert "refresh_token" not in found


async def test_client_that_may_not_refresh(legacy: World) -> None:
    """A client that lists neither way of refreshing gets no refresh token, nor is told it has the scope."""
    await legacy.change_client("web", grant_types=("implicit",))
    asked = {"scope": "openid offline_access", "device": "phone"}
    found = await signed_in(legacy.browser(), **asked)
    assert "refresh_token" not in found
    assert found["scope"] == "openid"


async def test_device_means_nothing_to_a_conformant_client(world: World) -> None:
    """A conformant client gets no refresh token in front, device or not, and needs none for its code."""
    await world.change_client("web", grant_types=("authorization_code", "implicit", "refresh_token"))
    browser = world.browser()
    asked = {"scope": "openid offline_access", "device": "phone"}
    assert "refresh_token" not in await signed_in(browser, **asked)
    assert "refresh_token" in await browser.tokens(scope="openid offline_access")


async def test_implicit_must_be_listed(legacy: World) -> None:
    """A legacy client too gets tokens in front only if it lists the implicit grant."""
    await legacy.change_client("web", grant_types=("authorization_code",))
    found = answer(await legacy.browser().authorize(response_type="token"))
    assert found["error"] == "unauthorized_client"


async def test_hs256_without_a_secret(legacy: World) -> None:
    """A client that has no secret to sign with is told so at its callback."""
    await legacy.change_client("web", secrets=())
    found = await signed_in(legacy.browser())
    assert found["error"] == "invalid_request"
    assert "HS256" in found["error_description"]


async def test_max_age_tells_when(legacy: World) -> None:
    """auth_time is told when the age of the sign-in was asked about, in this pipeline too."""
    claims = claims_of((await signed_in(legacy.browser(), max_age="60"))["id_token"])
    assert claims["auth_time"] == legacy.clock.now()


async def test_what_was_stored_before_is_readable() -> None:
    """Codes and access tokens that were stored without a pipeline are of the conformant one."""
    grant = b'{"grant_id":"g","client_id":"c","user_id":"u","scopes":["openid"]}'
    code = msgspec.json.decode(b'{"grant":' + grant + b',"issued_at":1}', type=Code)
    token = msgspec.json.decode(b'{"grant":' + grant + b',"issued_at":1,"expires_at":2}', type=AccessToken)
    assert not code.grant.legacy
    assert not token.grant.legacy
