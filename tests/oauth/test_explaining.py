"""What a lost developer is told about the token in their hands, by the platform that issued it."""

from typing import Any

import pytest
from tests.support.legacy import delegated, id_token, make_legacy, put_target, signed_in
from tests.support.protocol import refresh, spa_tokens
from tests.support.world import API, SECRET, Browser, World, answer

from gatewright.apis import Api
from gatewright.cli.workshop import explainer_of
from gatewright.clients.model import JwtConfiguration
from gatewright.oauth.explaining import Explanation
from gatewright_guard.testing import Mint

pytestmark = pytest.mark.anyio


@pytest.fixture
def browser(world: World) -> Browser:
    """A browser that nobody is signed in in."""
    return world.browser()


async def explained(world: World, token: str, **options: str) -> Explanation:
    tenant = await world.platform.tenants.get(world.tenant_id)
    return await explainer_of(world.platform).explain(tenant, token, **options)


def facts(explanation: Explanation) -> dict[str, str]:
    return dict(explanation.facts)


async def api_tokens(browser: Browser, **parameters: str) -> dict[str, Any]:
    return await browser.tokens(audience=API, scope="openid offline_access", **parameters)


async def test_access_token(world: World, browser: Browser) -> None:
    """A good access token is shown with API, application, user, times and key, and nothing is wrong."""
    await browser.sign_in()
    found = await explained(world, (await api_tokens(browser))["access_token"], audience=API)
    assert (found.kind, found.is_good) == ("access token", True)
    told = facts(found)
    assert API in told["audience"]
    assert told["signed by"] == "this tenant's key (RS256)"
    assert told["expires"].endswith("(in 24 h)")
    assert "web" in told["application"]


async def test_id_token_at_an_api(world: World, browser: Browser) -> None:
    """An id_token sent to an API is called an id_token, and the access token is asked for."""
    await browser.sign_in()
    token = (await api_tokens(browser))["id_token"]
    assert (await explained(world, token)).is_good
    found = await explained(world, token, audience=API)
    assert found.kind == "id_token"
    assert "send the access_token" in found.problems[0].change


async def test_opaque_token_at_an_api(world: World, browser: Browser) -> None:
    """An opaque token is explained by the audience nobody asked for, with both places to set it."""
    await browser.sign_in()
    token = (await browser.tokens(scope="openid"))["access_token"]
    good = await explained(world, token)
    assert (good.kind, good.is_good) == ("opaque access token", True)
    (problem,) = (await explained(world, token, audience=API)).problems
    assert problem.seen == "an opaque access token: no audience was requested"
    assert f"audience={API}" in problem.change
    assert "default_audience" in problem.change


async def test_wrong_audience(world: World, browser: Browser) -> None:
    """A token for another API names both."""
    await world.put_api(Api(api_id="b" * 24, identifier="https://other.example.test/", name="Other"))
    await browser.sign_in()
    token = (await api_tokens(browser))["access_token"]
    (problem,) = (await explained(world, token, audience="https://other.example.test/")).problems
    assert API in problem.seen
    assert "https://other.example.test/" in problem.expected


async def test_unregistered_api(world: World, browser: Browser) -> None:
    """An API that is not registered is said to be so."""
    await browser.sign_in()
    token = (await api_tokens(browser))["access_token"]
    (problem,) = (await explained(world, token, audience="https://typo.example.test/")).problems
    assert "add the API to the tenant" in problem.change


async def test_signed_with_the_secret_of_the_application(world: World, browser: Browser) -> None:
    """An HS256 id_token is told by whose secret signed it, and what an API with a secret of its own wants."""
    await world.change_client("web", jwt_configuration=JwtConfiguration(alg="HS256"))
    api = await world.change_api(API, signing_alg="HS256")
    await world.put_api(api, secret="a-secret-of-the-api-0123456789abcdef")
    await browser.sign_in()
    tokens = await api_tokens(browser)
    found = await explained(world, tokens["id_token"], audience=API)
    assert facts(found)["signed by"] == "the secret of the application Web App (HS256)"
    assert "not signed with this API's secret" in found.problems[0].seen
    assert "/delegation" in found.problems[0].change
    good = await explained(world, tokens["access_token"], audience=API)
    assert facts(good)["signed by"].startswith("the secret of the API")
    assert good.is_good


async def test_id_token_at_an_api_of_the_legacy_pipeline(world: World, browser: Browser) -> None:
    """An API that is a client, as old ones are, is sent the id_token of the application: to /delegation."""
    await make_legacy(world)
    await put_target(world)
    token = await id_token(browser)
    (problem,) = (await explained(world, token, audience="timesheets")).problems
    assert "an id_token for the application web, not signed for timesheets" in problem.seen
    assert "secret" in problem.expected
    assert "/delegation with target=timesheets" in problem.change
    good = await explained(
        world, (await delegated(browser, id_token=token))["id_token"], audience="timesheets"
    )
    assert (good.kind, good.is_good) == ("id_token", True)
    assert facts(good)["signed by"] == "the secret of the application Timesheets (HS256)"


async def test_access_token_at_an_api_of_the_legacy_pipeline(world: World, browser: Browser) -> None:
    """An access token of either kind is none for an old API, which wants an id_token."""
    await make_legacy(world)
    await put_target(world)
    found = await signed_in(browser)
    (problem,) = (await explained(world, found["access_token"], audience="timesheets")).problems
    assert "for userinfo alone" in problem.seen
    assert "/delegation with target=timesheets" in problem.change
    token = (await api_tokens(browser))["access_token"]
    (problem,) = (await explained(world, token, audience="timesheets")).problems
    assert API in problem.seen
    assert "/delegation" in problem.change


async def test_application_that_is_no_api(world: World, browser: Browser) -> None:
    """A conformant application is no API, whatever is sent to it."""
    await browser.sign_in()
    token = (await api_tokens(browser))["access_token"]
    (problem,) = (await explained(world, token, audience="spa")).problems
    assert "add the API to the tenant" in problem.change


async def test_expired(world: World, browser: Browser) -> None:
    """A token whose time is over is said to be so, with how long ago."""
    await browser.sign_in()
    token = (await api_tokens(browser))["access_token"]
    world.clock.advance(86_400 + 7_200)
    found = await explained(world, token)
    assert facts(found)["expires"].endswith("(2 h ago)")
    assert "get a new one" in found.problems[0].change


async def test_tampered(world: World, browser: Browser) -> None:
    """A token with another signature is signed by nobody known here."""
    await browser.sign_in()
    token = (await api_tokens(browser))["access_token"]
    found = await explained(world, token[:-8] + "AAAAAAAA")
    assert facts(found)["signed by"] == "nobody known here"
    assert not found.is_good


async def test_foreign_issuer(world: World) -> None:
    """A token of another issuer names it and ours."""
    foreign = Mint(audience=API, issuer="https://elsewhere.example.test/").token(scope="read:timesheets")
    (problem,) = (await explained(world, foreign)).problems
    assert "https://elsewhere.example.test/" in problem.seen
    assert "https://id.example.test/" in problem.expected


async def test_refresh_token(world: World, browser: Browser) -> None:
    """A refresh token is recognised, and a replaced one is told from the newest."""
    await browser.sign_in()
    first = (await spa_tokens(browser))["refresh_token"]
    found = await explained(world, first)
    assert (found.kind, found.is_good) == ("refresh token", True)
    await browser.post(
        "/oauth/token", data={"grant_type": "refresh_token", "client_id": "spa", "refresh_token": first}
    )
    (problem,) = (await explained(world, first)).problems
    assert "replaced" in problem.seen


async def test_device_of_a_refresh_token(world: World, browser: Browser) -> None:
    """A refresh token of the legacy pipeline names the device it was asked for; others have none."""
    asked = {"scope": "openid offline_access", "device": "Ada's phone"}
    await browser.sign_in()
    conformant = (await browser.tokens(**asked))["refresh_token"]
    assert "device" not in facts(await explained(world, conformant))
    await make_legacy(world)
    legacy = answer(await browser.authorize(response_type="token", **asked))["refresh_token"]
    assert facts(await explained(world, legacy))["device"] == "Ada's phone"


async def test_revoked_refresh_token(world: World, browser: Browser) -> None:
    """A revoked refresh token says what may have revoked it."""
    await browser.sign_in()
    token = (await api_tokens(browser))["refresh_token"]
    await browser.post("/oauth/revoke", data={"client_id": "web", "client_secret": SECRET, "token": token})
    assert (await refresh(browser, token)).status_code == 400
    found = await explained(world, token)
    assert "revoked" in found.problems[0].seen


async def test_code(world: World, browser: Browser) -> None:
    """An authorization code is no token; it says where to redeem it."""
    await browser.sign_in()
    found = await explained(world, await browser.code())
    assert found.kind == "authorization code"
    assert "redeem the code" in found.problems[0].change


@pytest.mark.parametrize("text", ["x", "a b c", "é", "a.b", "a.b.c", "a.b.c.d.e", "." * 100, "eyJ" * 2000])
async def test_any_text(world: World, text: str) -> None:
    """Whatever else is given is explained as what it is, and something is wrong with it."""
    found = await explained(world, text)
    assert found.kind in ("unknown text", "unreadable token")
    assert not found.is_good


async def test_bearer_prefix(world: World, browser: Browser) -> None:
    """A copied Authorization header is as good as the token."""
    await browser.sign_in()
    token = (await api_tokens(browser))["access_token"]
    assert (await explained(world, f" Bearer {token}\n")).is_good


async def test_the_token_is_not_repeated(world: World, browser: Browser) -> None:
    """No explanation holds the token or its signature."""
    await browser.sign_in()
    for kind, token in (await api_tokens(browser)).items():
        if kind.endswith("_token"):
            told = repr(await explained(world, token, audience=API))
            assert token not in told
            assert token.rpartition(".")[2] not in told
