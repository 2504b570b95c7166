"""What an access token says, by dialect and algorithm (the wire §3.3, RFC 9068)."""

import hashlib
import hmac
from typing import Any

import pytest
from tests.support.protocol import refusal, s256, signature_of, userinfo
from tests.support.world import API, ISSUER, World, claims_of, header_of

from gatewright.clients import JwtConfiguration
from gatewright_guard import Expectations, StaticKeys, verify

pytestmark = pytest.mark.anyio

API_SECRET = "an-api-secret-of-more-than-32-bytes!"


async def api_token(world: World, **api: Any) -> str:
    if api:
        await world.change_api(API, **api)
    tokens = await world.browser().tokens(audience=API, scope="openid read:timesheets")
    token: str = tokens["access_token"]
    return token


async def make_key(world: World, alg: str) -> None:
    await world.commit(*await world.platform.keys.missing(world.tenant_id, ISSUER, alg))


async def test_claims_of_the_wire(world: World) -> None:
    """A token in the wire's dialect says who, for whom, for what and until when."""
    token = await api_token(world)
    claims = claims_of(token)
    now = world.clock.now()
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER,
        "sub": "auth0|ada",
        "aud": [API, ISSUER + "userinfo"],
        "azp": "web",
        "iat": now,
        "exp": now + 86_400,
        "scope": "openid read:timesheets",
    }
    assert header_of(token)["typ"] == "JWT"


async def test_claims_of_rfc_9068(world: World) -> None:
    """In the rfc9068 dialect the token is an at+jwt with client_id, jti, sid and auth_time."""
    token = await api_token(world, token_dialect="rfc9068_profile")
    claims = claims_of(token)
    assert header_of(token)["typ"] == "at+jwt"
    assert claims["client_id"] == "web"
    assert claims["auth_time"] == world.clock.now()
    assert {"jti", "sid"} <= set(claims)
    assert "azp" not in claims


async def test_lifetime_of_the_api(world: World) -> None:
    """The API decides how long its tokens live, and the answer tells it."""
    await world.change_api(API, token_lifetime=600)
    tokens = await world.browser().tokens(audience=API)
    claims = claims_of(tokens["access_token"])
    assert claims["exp"] - claims["iat"] == tokens["expires_in"] == 600


async def test_audience_without_openid(world: World) -> None:
    """Without openid a token is for the API alone, as a plain string."""
    tokens = await world.browser().tokens(audience=API, scope="read:timesheets")
    assert claims_of(tokens["access_token"])["aud"] == API


async def test_token_ids_differ(world: World) -> None:
    """No two tokens have the same jti."""
    ids = {claims_of(await api_token(world))["jti"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256", "RS512"])
async def test_algorithm_of_the_api(world: World, alg: str) -> None:
    """A token is signed with the API's algorithm by a key of the published set."""
    await make_key(world, alg)
    token = await api_token(world, signing_alg=alg)
    assert header_of(token)["alg"] == alg
    keys = (await world.browser().get("/.well-known/jwks.json")).json()
    expected = Expectations(issuer=ISSUER, audience=(API,), algorithms=(alg,))
    verified = verify(token, StaticKeys.from_jwks(keys), expected, world.clock.now())
    assert verified.subject == "auth0|ada"


async def test_hs256_api(world: World) -> None:
    """An HS256 API gets a token signed with the secret it shares, for itself alone and without a kid."""
    api = await world.platform.apis.by_identifier(world.tenant_id, API)
    assert api is not None
    sealed = world.platform.apis.sealed_secret(world.tenant_id, api.api_id, API_SECRET)
    token = await api_token(world, signing_alg="HS256", sealed_secret=sealed)
    signed = token.rpartition(".")[0].encode()
    assert signature_of(token) == hmac.digest(API_SECRET.encode(), signed, hashlib.sha256)
    assert claims_of(token)["aud"] == API
    assert header_of(token) == {"alg": "HS256", "typ": "JWT"}
    assert refusal(await userinfo(world.browser(), token)) == (401, "invalid_token")


async def test_missing_key_costs_no_code(world: World) -> None:
    """When a token cannot be signed the code is not spent: it works once the key is there."""
    await world.change_api(API, signing_alg="ES256")
    browser = world.browser()
    code = await browser.code(audience=API)
    assert (await browser.redeem(code)).status_code == 400
    await make_key(world, "ES256")
    assert (await browser.redeem(code)).status_code == 200


async def test_empty_key_signs_nothing(world: World) -> None:
    """A client without a secret gets no id_token signed with the empty one (CVE-2026-28802)."""
    await world.change_client(
        "web", token_endpoint_auth_method="none", secrets=(), jwt_configuration=JwtConfiguration(alg="HS256")
    )
    browser = world.browser()
    verifier = "v" * 43
    code = await browser.code(code_challenge=s256(verifier), code_challenge_method="S256")
    response = await browser.redeem(code, client_secret="", code_verifier=verifier)
    assert refusal(response) == (400, "invalid_request")
    assert "HS256" in response.json()["error_description"]


async def test_opaque_token_tells_nothing(world: World) -> None:
    """A token for userinfo alone is 43 random characters that live a day."""
    tokens = await world.browser().tokens()
    assert len(tokens["access_token"]) == 43
    assert "." not in tokens["access_token"]
    assert tokens["expires_in"] == 86_400
