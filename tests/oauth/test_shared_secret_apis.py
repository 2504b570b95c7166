"""APIs that share a secret with us (HS256): what they accept with it, and what they must not."""

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import OctKey
from tests.support.legacy import delegated, id_token, make_legacy, put_target
from tests.support.world import API, ISSUER, SECRET, World, claims_of, header_of

from gatewright.clients import JwtConfiguration
from gatewright_guard import Expectations, StaticKeys, verify
from gatewright_guard.errors import BadSignature, IdTokenSent, WrongAlgorithm, WrongAudience

pytestmark = pytest.mark.anyio

SHARED = "an-api-secret-of-more-than-32-bytes!"


@pytest.fixture
async def shared(world: World) -> World:
    """The API shares a secret with us, and the application's id_tokens are signed with another one."""
    api = await world.platform.apis.by_identifier(world.tenant_id, API)
    assert api is not None
    sealed = world.platform.apis.sealed_secret(world.tenant_id, api.api_id, SHARED)
    await world.change_api(API, signing_alg="HS256", sealed_secret=sealed)
    await world.change_client("web", jwt_configuration=JwtConfiguration(alg="HS256"))
    return world


async def pair(world: World) -> tuple[str, str]:
    """An access token for the API and the id_token beside it."""
    tokens = await world.browser().tokens(audience=API, scope="openid read:timesheets")
    return tokens["access_token"], tokens["id_token"]


def guarded(world: World, token: str, secret: str, audience: str = API, *, id_token_ok: bool = False) -> str:
    """Whom the guard lets in."""
    expected = Expectations(
        issuer=ISSUER, audience=(audience,), algorithms=("HS256",), id_token_ok=id_token_ok
    )
    return verify(token, StaticKeys.from_secret(secret), expected, world.clock.now()).subject


def decoded(token: str, secret: str) -> dict[str, object]:
    """What a plain JWT library reads, as the API tutorials have it: the secret and the algorithm."""
    return jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims


async def test_api_accepts_its_access_token(shared: World) -> None:
    """A plain JWT library and the guard both accept the access token with the API's secret."""
    access_token, _ = await pair(shared)
    found = decoded(access_token, SHARED)
    assert (found["aud"], found["sub"], found["scope"]) == (API, "auth0|ada", "openid read:timesheets")
    assert guarded(shared, access_token, SHARED) == "auth0|ada"


async def test_machine_token(shared: World) -> None:
    """A token that a client got for itself is signed with the API's secret as well."""
    response = await shared.browser().token(grant_type="client_credentials", audience=API)
    assert guarded(shared, response.json()["access_token"], SHARED) == "web@clients"


async def test_api_refuses_the_id_token(shared: World) -> None:
    """The application's id_token is refused with the API's secret, by a plain library and by the guard."""
    _, id_token = await pair(shared)
    with pytest.raises(BadSignatureError):
        decoded(id_token, SHARED)
    with pytest.raises(IdTokenSent):
        guarded(shared, id_token, SHARED)


async def test_application_refuses_the_access_token(shared: World) -> None:
    """With the application's own secret its id_token is read, and the API's token is not."""
    access_token, id_token = await pair(shared)
    assert decoded(id_token, SECRET)["aud"] == "web"
    with pytest.raises(BadSignatureError):
        decoded(access_token, SECRET)
    with pytest.raises(BadSignature):
        guarded(shared, access_token, SECRET, "web", id_token_ok=True)


async def test_same_secret_for_both(shared: World) -> None:
    """Even an API that has the application's own secret does not take the id_token for an access token."""
    _, id_token = await pair(shared)
    with pytest.raises(IdTokenSent):
        guarded(shared, id_token, SECRET)
    with pytest.raises(WrongAudience):
        guarded(shared, id_token, SECRET, id_token_ok=True)


async def test_rs256_id_token(shared: World) -> None:
    """An id_token signed with the tenant's key is refused by the API for its algorithm."""
    await shared.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    access_token, id_token = await pair(shared)
    assert (header_of(access_token)["alg"], header_of(id_token)["alg"]) == ("HS256", "RS256")
    with pytest.raises((WrongAlgorithm, IdTokenSent)):
        guarded(shared, id_token, SHARED)


async def test_delegated_token_at_a_guard(world: World) -> None:
    """A guard takes a delegated token with the target's secret, and the application's id_token never."""
    await make_legacy(world)
    await put_target(world)
    browser = world.browser()
    own = await id_token(browser)
    token = (await delegated(browser, id_token=own))["id_token"]
    assert claims_of(token)["azp"] == "web"
    assert guarded(world, token, "the-secret-of-the-api-0123456789abcdef", "timesheets") == "auth0|ada"
    with pytest.raises(IdTokenSent):
        guarded(world, own, "the-secret-of-the-api-0123456789abcdef", "timesheets")
