"""The four confusions of people who send tokens about: the real token, and an answer that names the cause."""

from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs
from tests.support.legacy import id_token, make_legacy, put_target
from tests.support.protocol import userinfo
from tests.support.world import API, ISSUER, World

from gatewright.apis import Api
from gatewright.clients import JwtConfiguration
from gatewright_guard import Expectations, GuardError, Keys, StaticKeys, verify

pytestmark = pytest.mark.anyio

OTHER_API = "https://other.example.test/"
API_SECRET = "a-secret-of-the-api-0123456789abcdef"
Sent = Callable[[World], Awaitable[str]]


async def the_id_token(world: World) -> str:
    """The id_token beside the access token that was meant."""
    return str((await world.browser().tokens(audience=API))["id_token"])


async def an_opaque_token(world: World) -> str:
    """The access token of a sign-in that named no API."""
    return str((await world.browser().tokens(scope="openid"))["access_token"])


async def a_token_for_another_api(world: World) -> str:
    """An access token whose audience is another, and it alone."""
    await world.put_api(Api(api_id="b" * 24, identifier=OTHER_API, name="Other"))
    return str((await world.browser().tokens(audience=OTHER_API, scope="profile"))["access_token"])


async def a_token_by_the_applications_secret(world: World) -> str:
    """The id_token of an application whose own secret signs it, with an API that has another one."""
    await world.change_client("web", jwt_configuration=JwtConfiguration(alg="HS256"))
    await world.put_api(await world.change_api(API, signing_alg="HS256"), secret=API_SECRET)
    return await the_id_token(world)


async def refusal_of_the_guard(world: World, token: str) -> GuardError:
    """What the guard of the API answers, set up as the API is."""
    api = await world.platform.apis.by_identifier(world.tenant_id, API)
    assert api is not None
    keys: Keys = StaticKeys.from_secret(API_SECRET)
    if api.signing_alg != "HS256":
        keys = StaticKeys.from_jwks((await world.browser().get("/.well-known/jwks.json")).json())
    expected = Expectations(issuer=ISSUER, audience=(API,), algorithms=(api.signing_alg,))
    with pytest.raises(GuardError) as refused:
        verify(token, keys, expected, world.clock.now())
    return refused.value


@pytest.mark.parametrize(
    ("sent", "code", "cause", "change"),
    [
        (the_id_token, "id_token_sent", "made for the application web", "send the access token"),
        (an_opaque_token, "opaque_token", "no audience was requested", f"audience={API}"),
        (a_token_for_another_api, "wrong_audience", f"Its audience is {OTHER_API}", f"audience={API}"),
        (
            a_token_by_the_applications_secret,
            "id_token_sent",
            "signed with the secret of the application web",
            "/delegation",
        ),
    ],
)
async def test_guard_names_the_cause(world: World, sent: Sent, code: str, cause: str, change: str) -> None:
    """The guard of an API says which token it was sent, and what to change."""
    error = await refusal_of_the_guard(world, await sent(world))
    assert error.code == code
    assert cause in error.message
    assert change in f"{error.message} {error.diagnosis.change}"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (the_id_token, "id_token_sent"),
        (a_token_for_another_api, "wrong_audience"),
        (a_token_by_the_applications_secret, "id_token_sent"),
    ],
)
async def test_userinfo_names_the_cause_in_the_log(world: World, sent: Sent, code: str) -> None:
    """Where the platform is the API, its log says the same, and never the token."""
    token = await sent(world)
    with capture_logs() as lines:
        assert (await userinfo(world.browser(), token)).status_code == 401
    (line,) = [each for each in lines if each["event"] == "token refused"]
    assert line["code"] == code
    assert token.rpartition(".")[2] not in str(lines)


async def test_secret_of_the_application_at_an_old_api(world: World) -> None:
    """An API that is a client of its own cannot verify what is signed with the application's secret."""
    await make_legacy(world)
    await put_target(world)
    token = await id_token(world.browser())
    keys = StaticKeys.from_secret("the-secret-of-the-api-0123456789abcdef")
    expected = Expectations(issuer=ISSUER, audience=("timesheets",), algorithms=("HS256",))
    with pytest.raises(GuardError) as refused:
        verify(token, keys, expected, world.clock.now())
    assert "signed with the secret of the application web" in refused.value.message
    assert "exchange the id_token at /delegation" in refused.value.diagnosis.change
