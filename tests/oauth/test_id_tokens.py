"""What an id_token says (OIDC Core §2, the wire §3.2), in both pipelines."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from tests.support.protocol import refresh, signature_of, userinfo
from tests.support.world import API, ISSUER, SECRET, World, claims_of, header_of

from gatewright.clients import Client, JwtConfiguration
from gatewright_guard import Expectations, StaticKeys, verify

pytestmark = pytest.mark.anyio

PROTOCOL = {"iss", "sub", "aud", "iat", "exp", "sid"}
PROFILE = {
    "name": "Ada Example",
    "given_name": "Ada",
    "family_name": "Example",
    "nickname": "ada",
    "picture": "https://pics.example.test/ada.png",
}


async def id_claims(world: World, **parameters: str) -> dict[str, Any]:
    tokens = await world.browser().tokens(**parameters)
    return claims_of(tokens["id_token"])


async def test_protocol_claims_alone(world: World) -> None:
    """For the scope openid alone the id_token has the claims of the protocol and nothing else."""
    claims = await id_claims(world)
    assert set(claims) == PROTOCOL
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "web"
    assert claims["sub"] == "auth0|ada"
    assert claims["exp"] - claims["iat"] == 36_000


async def test_nonce_comes_back(world: World) -> None:
    """The nonce of the request is in the id_token, and none where none was sent."""
    assert (await id_claims(world, nonce="n-0S6_WzA2Mj \u00e9"))["nonce"] == "n-0S6_WzA2Mj \u00e9"
    assert "nonce" not in await id_claims(world)


async def test_signed_by_a_published_key(world: World) -> None:
    """The id_token is RS256 with a kid of the published set."""
    token = (await world.browser().tokens())["id_token"]
    keys = (await world.browser().get("/.well-known/jwks.json")).json()
    assert header_of(token).keys() == {"alg", "typ", "kid"}
    expected = Expectations(issuer=ISSUER, audience=("web",), id_token_ok=True)
    assert verify(token, StaticKeys.from_jwks(keys), expected, world.clock.now()).subject == "auth0|ada"


async def test_claims_by_scope(world: World) -> None:
    """By default the id_token has the claims of the granted scopes, as the wire's SDKs read them."""
    await world.change_user("auth0|ada", **PROFILE)
    claims = await id_claims(world, scope="openid profile email")
    assert PROFILE.items() <= claims.items()
    assert claims["email"] == "ada@example.test"
    assert claims["email_verified"] is True


async def test_claims_requested_only(world: World) -> None:
    """With requested_only the id_token leaves profile and e-mail to the userinfo endpoint."""
    await world.change_client("web", id_token_claims="requested_only")
    assert set(await id_claims(world, scope="openid profile email")) == PROTOCOL


async def test_claim_without_value_is_absent(world: World) -> None:
    """A claim the user has no value for is left out, never null or empty."""
    claims = await id_claims(world, scope="openid profile email phone address")
    assert all(value not in (None, "", {}) for value in claims.values())
    assert "gender" not in claims
    assert "phone_number_verified" not in claims


@pytest.mark.parametrize("conformant", [True, False])
async def test_single_claim_scopes(world: World, conformant: bool) -> None:
    """Scopes that name one claim put just that claim into the id_token, in both pipelines."""
    await world.change_client("web", oidc_conformant=conformant)
    await world.change_user("auth0|ada", **PROFILE)
    claims = await id_claims(world, scope="openid name picture")
    of_pipeline = PROTOCOL if conformant else PROTOCOL - {"sid"}
    assert set(claims) == of_pipeline | {"name", "picture"}
    assert claims["picture"] == PROFILE["picture"]


async def test_single_claim_scopes_stay_with_requested_only(world: World) -> None:
    """A single-claim scope asks for its claim in the id_token even of a requested_only client."""
    await world.change_client("web", id_token_claims="requested_only")
    claims = await id_claims(world, scope="openid name profile")
    assert set(claims) == PROTOCOL | {"name"}


async def test_created_at_and_identities(world: World) -> None:
    """created_at is a date of the wire, identities tell the connection, without any secret."""
    claims = await id_claims(world, scope="openid created_at identities")
    assert claims["created_at"] == "2027-01-15T08:00:00.000Z"
    (identity,) = claims["identities"]
    assert identity == {
        "connection": "Username-Password-Authentication",
        "provider": "auth0",
        "user_id": "ada",
        "isSocial": False,
    }


async def test_single_claim_scope_at_userinfo(world: World) -> None:
    """What a single-claim scope names is told at userinfo too."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid name")
    assert (await userinfo(browser, tokens["access_token"])).json() == {
        "sub": "auth0|ada",
        "name": "Ada Example",
    }


async def test_claims_parameter_for_the_id_token(world: World) -> None:
    """A claim asked for in the id_token is in the id_token, and not at userinfo."""
    browser = world.browser()
    tokens = await browser.tokens(claims='{"id_token":{"name":{"essential":true}}}')
    assert claims_of(tokens["id_token"])["name"] == "Ada Example"
    assert "name" not in (await userinfo(browser, tokens["access_token"])).json()


@pytest.mark.parametrize("audience", ["", API])
async def test_claims_parameter_for_userinfo(world: World, audience: str) -> None:
    """A claim asked for at userinfo is there, for opaque and JWT tokens, and not in the id_token."""
    browser = world.browser()
    tokens = await browser.tokens(claims='{"userinfo":{"name":null}}', audience=audience)
    assert (await userinfo(browser, tokens["access_token"])).json()["name"] == "Ada Example"
    assert "name" not in claims_of(tokens["id_token"])


async def test_claims_parameter_cannot_reach_other_fields(world: World) -> None:
    """Only standard claims can be asked for: no metadata, no protocol claim, no block."""
    await world.change_user("auth0|ada", app_metadata={"secret": 1}, user_metadata={"x": 1})
    names = ("app_metadata", "user_metadata", "blocked", "iss", "version", "last_ip")
    asked = json.dumps({"id_token": dict.fromkeys(names)})
    assert set(await id_claims(world, claims=asked)) == PROTOCOL


async def test_auth_time_by_claims(world: World) -> None:
    """auth_time asked for with the claims parameter is told."""
    claims = await id_claims(world, claims='{"id_token":{"auth_time":{"essential":true}}}')
    assert claims["auth_time"] == world.clock.now()


async def test_acr_that_the_tenant_meets(world: World) -> None:
    """The first requested authentication context that the tenant meets is told."""
    await world.change_tenant(acr_values_supported=("urn:one", "urn:two"))
    assert (await id_claims(world, acr_values="urn:zero urn:two urn:one"))["acr"] == "urn:two"


async def test_acr_by_claims(world: World) -> None:
    """An acr asked for with the claims parameter counts before acr_values."""
    await world.change_tenant(acr_values_supported=("urn:one", "urn:two"))
    asked = '{"id_token":{"acr":{"essential":true,"values":["urn:two"]}}}'
    assert (await id_claims(world, acr_values="urn:one", claims=asked))["acr"] == "urn:two"


async def test_acr_that_nobody_meets(world: World) -> None:
    """A voluntary acr that cannot be met changes nothing."""
    assert set(await id_claims(world, acr_values="1 2")) == PROTOCOL


async def test_essential_acr_that_nobody_meets(world: World) -> None:
    """An essential acr that cannot be met is a failed sign-in (OIDC Core §5.5.1.1)."""
    asked = '{"id_token":{"acr":{"essential":true,"value":"urn:gold"}}}'
    response = await world.browser().authorize(claims=asked)
    assert "error=access_denied" in response.headers["location"]


@pytest.mark.parametrize(
    ("is_encoded", "secret"), [(False, SECRET), (True, base64.urlsafe_b64encode(b"k" * 48).decode())]
)
async def test_hs256_with_the_client_secret(world: World, is_encoded: bool, secret: str) -> None:
    """An HS256 client's id_token is signed with its secret, as characters or as what they encode."""
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    settings = JwtConfiguration(alg="HS256", secret_encoded=is_encoded)
    await world.put_client(
        Client(
            client_id="web",
            name="Web",
            callbacks=client.callbacks,
            grant_types=client.grant_types,
            jwt_configuration=settings,
        ),
        secret=secret,
    )
    browser = world.browser()
    response = await browser.redeem(await browser.code(), client_secret=secret)
    token = response.json()["id_token"]
    key = base64.urlsafe_b64decode(secret) if is_encoded else secret.encode()
    assert header_of(token) == {"alg": "HS256", "typ": "JWT"}
    assert signature_of(token) == hmac.digest(key, token.rpartition(".")[0].encode(), hashlib.sha256)


async def test_lifetime_of_the_client(world: World) -> None:
    """The client decides how long its id_tokens live."""
    await world.change_client("web", jwt_configuration=JwtConfiguration(lifetime_in_seconds=300))
    claims = await id_claims(world)
    assert claims["exp"] - claims["iat"] == 300


async def test_refreshed_id_token(world: World) -> None:
    """A refreshed id_token has the same iss, sub, aud and auth_time, a new iat, and no nonce."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid offline_access", max_age="9999", nonce="n")
    world.clock.advance(60)
    before = claims_of(tokens["id_token"])
    after = claims_of((await refresh(browser, tokens["refresh_token"])).json()["id_token"])
    same = ("iss", "sub", "aud", "auth_time", "sid")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["iat"] == before["iat"] + 60
    assert "nonce" not in after
