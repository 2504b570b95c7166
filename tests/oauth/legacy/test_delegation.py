"""``/delegation``: an id_token for another client, or a fresh one (the wire §2.17)."""

from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet, OctKey
from tests.support.legacy import (
    API_SECRET,
    JWT_BEARER,
    OF_PROTOCOL,
    delegate,
    delegated,
    id_token,
    make_legacy,
    put_target,
    signed_in,
    tokeninfo,
)
from tests.support.protocol import newest_log, open_connection_to, refusal
from tests.support.world import API, ISSUER, SECRET, Browser, World, claims_of, header_of

from gatewright.apis import Api
from gatewright.clients import DELEGATION_BY_ID_TOKEN, DELEGATION_BY_REFRESH_TOKEN, JwtConfiguration

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /delegation")]

LASTING = {"scope": "openid name offline_access", "device": "phone"}


async def refresh_token(browser: Browser, **parameters: str) -> str:
    return (await signed_in(browser, **{**LASTING, **parameters}))["refresh_token"]


async def test_id_token_for_the_target(legacy: World) -> None:
    """An id_token becomes one for the target, signed with the target's secret, that names who asked."""
    browser = legacy.browser()
    answer = await delegated(browser, id_token=await id_token(browser))
    assert set(answer) == {"token_type", "expires_in", "id_token"}
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 600)
    now = legacy.clock.now()
    found = jwt.decode(answer["id_token"], OctKey.import_key(API_SECRET), algorithms=["HS256"])
    assert (found.header["alg"], found.header["typ"]) == ("HS256", "JWT")
    assert found.claims == {
        "iss": ISSUER,
        "sub": "auth0|ada",
        "aud": "timesheets",
        "azp": "web",
        "iat": now,
        "exp": now + 600,
    }


async def test_not_with_the_secret_of_the_source(legacy: World) -> None:
    """What is for the target cannot be verified with the secret of the client that asked."""
    browser = legacy.browser()
    answer = await delegated(browser, id_token=await id_token(browser))
    with pytest.raises(BadSignatureError):
        jwt.decode(answer["id_token"], OctKey.import_key(SECRET), algorithms=["HS256"])


async def test_with_the_key_that_the_target_wants(legacy: World) -> None:
    """A target set to RS256 gets a token signed with a published key of the tenant."""
    await put_target(legacy, jwt_configuration=JwtConfiguration(alg="RS256"))
    browser = legacy.browser()
    token = (await delegated(browser, id_token=await id_token(browser)))["id_token"]
    keys = KeySet.import_key_set((await browser.get("/.well-known/jwks.json")).json())
    assert jwt.decode(token, keys, algorithms=["RS256"]).claims["aud"] == "timesheets"


async def test_conformant_target(legacy: World) -> None:
    """The target may be a conformant client: what it trusts is its own key."""
    await put_target(legacy, oidc_conformant=True)
    browser = legacy.browser()
    token = (await delegated(browser, id_token=await id_token(browser)))["id_token"]
    assert claims_of(token)["aud"] == "timesheets"


async def test_scope_names_attributes(legacy: World) -> None:
    """The words of the scope name attributes of the user, as they do at sign-in."""
    await legacy.change_user("auth0|ada", app_metadata={"plan": "free"})
    browser = legacy.browser()
    answer = await delegated(browser, id_token=await id_token(browser), scope="openid email plan")
    claims = claims_of(answer["id_token"])
    assert set(claims) == OF_PROTOCOL | {"azp", "email", "plan"}


async def test_passthrough_tells_what_the_token_told(legacy: World) -> None:
    """``passthrough`` tells what the id_token told and no more, as it is now."""
    await legacy.change_user("auth0|ada", user_metadata={"favorite_color": "green"})
    browser = legacy.browser()
    token = await id_token(browser, scope="openid name favorite_color")
    await legacy.change_user("auth0|ada", user_metadata={"favorite_color": "blue"})
    claims = claims_of((await delegated(browser, id_token=token, scope="passthrough"))["id_token"])
    assert set(claims) == OF_PROTOCOL | {"azp", "name", "favorite_color"}
    assert claims["favorite_color"] == "blue"


async def test_passthrough_of_the_whole_profile(legacy: World) -> None:
    """``passthrough`` of a token with the whole profile tells the whole profile, as the target sees it."""
    browser = legacy.browser()
    token = await id_token(browser, scope="openid profile")
    claims = claims_of((await delegated(browser, id_token=token, scope="passthrough"))["id_token"])
    assert set(claims) == set(claims_of(token)) | {"azp"}
    assert claims["clientID"] == "timesheets"


async def test_passthrough_does_not_widen(legacy: World) -> None:
    """A person's own page, the attribute ``profile``, does not pass for the word that opens everything."""
    await legacy.change_user("auth0|ada", profile="https://ada.example.test/")
    browser = legacy.browser()
    asked = {"scope": "openid", "claims": '{"id_token":{"profile":null}}'}
    token = await id_token(browser, **asked)
    claims = claims_of((await delegated(browser, id_token=token, scope="passthrough"))["id_token"])
    assert set(claims) == OF_PROTOCOL | {"azp", "profile"}


async def test_passthrough_beside_words(legacy: World) -> None:
    """``passthrough`` and other words add up."""
    browser = legacy.browser()
    token = await id_token(browser, scope="openid name")
    claims = claims_of((await delegated(browser, id_token=token, scope="passthrough email"))["id_token"])
    assert set(claims) == OF_PROTOCOL | {"azp", "name", "email"}


async def test_renewal(legacy: World) -> None:
    """Without a target the client renews its own id_token, as auth0.js 7 does with ``renewIdToken``."""
    browser = legacy.browser()
    token = await id_token(browser, scope="openid name")
    legacy.clock.advance(1_000)
    asked = {"target": "", "scope": "passthrough", "api_type": "auth0"}
    fresh = (await delegated(browser, id_token=token, **asked))["id_token"]
    claims = claims_of(fresh)
    assert set(claims) == OF_PROTOCOL | {"name"}
    assert claims["aud"] == "web"
    assert claims["exp"] == legacy.clock.now() + 36_000
    again = (await delegated(browser, id_token=fresh, **asked))["id_token"]
    assert set(claims_of(again)) == set(claims)


async def test_refresh(legacy: World) -> None:
    """A refresh token gives id_tokens of its own scope, as auth0.js 7 asks with ``refreshToken``."""
    browser = legacy.browser()
    token = await refresh_token(browser)
    asked = {"target": "web", "scope": "passthrough", "api_type": "app"}
    for _ in range(2):
        legacy.clock.advance(100_000)
        claims = claims_of((await delegated(browser, refresh_token=token, **asked))["id_token"])
        assert set(claims) == OF_PROTOCOL | {"name"}
        assert claims["iat"] == legacy.clock.now()


async def test_refresh_token_for_a_target(legacy: World) -> None:
    """A refresh token gives id_tokens for a target too."""
    browser = legacy.browser()
    answer = await delegated(browser, refresh_token=await refresh_token(browser))
    assert claims_of(answer["id_token"])["azp"] == "web"


async def test_use_keeps_a_refresh_token_alive(legacy: World) -> None:
    """A refresh token that is used at /delegation does not idle out."""
    browser = legacy.browser()
    token = await refresh_token(browser)
    for _ in range(2):
        legacy.clock.advance(1_200_000)
        assert (await delegate(browser, refresh_token=token)).status_code == 200
    legacy.clock.advance(1_296_000)
    assert refusal(await delegate(browser, refresh_token=token)) == (400, "invalid_grant")


async def test_json(legacy: World) -> None:
    """The same request as JSON has the same answer."""
    browser = legacy.browser()
    body = {"client_id": "web", "grant_type": JWT_BEARER, "id_token": await id_token(browser)}
    response = await browser.post("/delegation", json=body)
    assert claims_of(response.json()["id_token"])["aud"] == "web"


async def test_answer_is_kept_by_nobody(legacy: World) -> None:
    """The answer is for no cache."""
    browser = legacy.browser()
    response = await delegate(browser, id_token=await id_token(browser))
    assert response.headers["cache-control"] == "no-store"


# Who may


async def test_listed_clients_may(legacy: World) -> None:
    """A target with a list is open to those on it."""
    await put_target(legacy, allowed_clients=("other", "web"))
    browser = legacy.browser()
    assert (await delegate(browser, id_token=await id_token(browser))).status_code == 200


async def test_unlisted_clients_may_not(legacy: World) -> None:
    """A target with a list is closed to all others, and says what to change."""
    await put_target(legacy, allowed_clients=("other",))
    browser = legacy.browser()
    response = await delegate(browser, id_token=await id_token(browser))
    assert refusal(response) == (403, "access_denied")
    assert "allowed_clients" in response.json()["error_description"]


async def test_a_client_may_for_itself(legacy: World) -> None:
    """A client's own list does not keep it from renewing its own tokens."""
    await legacy.change_client("web", allowed_clients=("other",))
    browser = legacy.browser()
    assert (await delegate(browser, id_token=await id_token(browser), target="web")).status_code == 200


@pytest.mark.parametrize(("listed", "status"), [((), 403), (("third",), 200)])
async def test_third_parties_must_be_listed(legacy: World, listed: tuple[str, ...], status: int) -> None:
    """An application of somebody else gets tokens only for targets that list it."""
    await make_legacy(legacy, "third", is_first_party=False)
    await put_target(legacy, allowed_clients=listed)
    browser = legacy.browser()
    asked = {"client_id": "third", "redirect_uri": "https://third.example.test/callback"}
    page = await browser.authorize(**asked, response_type="token")
    page = await browser.submit(page, username="ada@example.test", password="Correct-Horse-1")
    done = await browser.submit(page, action="accept")
    token = done.headers["location"].partition("id_token=")[2].partition("&")[0]
    assert (await delegate(browser, client_id="third", id_token=token)).status_code == status


async def test_conformant_clients_may_not(legacy: World) -> None:
    """A client that became conformant cannot delegate."""
    browser = legacy.browser()
    token = await id_token(browser)
    await legacy.change_client("web", oidc_conformant=True)
    assert refusal(await delegate(browser, id_token=token)) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("left", "by_id_token", "by_refresh_token"),
    [((), 400, 400), ((DELEGATION_BY_ID_TOKEN,), 200, 400), ((DELEGATION_BY_REFRESH_TOKEN,), 400, 200)],
)
async def test_grant_types(
    legacy: World, left: tuple[str, ...], by_id_token: int, by_refresh_token: int
) -> None:
    """A client may delegate by the kinds of token whose grant types it lists."""
    browser = legacy.browser()
    found = await signed_in(browser, **LASTING)
    await legacy.change_client("web", grant_types=("implicit", "refresh_token", *left))
    one = await delegate(browser, id_token=found["id_token"])
    other = await delegate(browser, refresh_token=found["refresh_token"])
    assert (one.status_code, other.status_code) == (by_id_token, by_refresh_token)
    for response in (one, other):
        assert response.status_code == 200 or refusal(response)[1] == "unauthorized_client"


async def test_switched_off(legacy: World) -> None:
    """The tenant's flag switches the endpoint off."""
    browser = legacy.browser()
    token = await id_token(browser)
    tenant = await legacy.platform.tenants.get(legacy.tenant_id)
    flags = type(tenant.settings.flags)(allow_legacy_delegation_grant_types=False)
    await legacy.change_tenant(flags=flags)
    assert refusal(await delegate(browser, id_token=token)) == (404, "endpoint_disabled")


# What is refused


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"client_id": ""}, "invalid_request", "missing client_id"),
        ({"client_id": "nobody"}, "unauthorized_client", "invalid client"),
        ({"grant_type": ""}, "invalid_request", "missing grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type", JWT_BEARER),
        ({"id_token": ""}, "invalid_request", "missing id_token or refresh_token"),
        ({"refresh_token": "x"}, "invalid_request", "both were sent"),
        ({"target": "nobody"}, "invalid_request", "no client nobody"),
        ({"scope": 'a"b'}, "invalid_scope", "scope is a list"),
        ({"api_type": "aws"}, "invalid_request", "app or auth0"),
        ({"api_type": "firebase"}, "invalid_request", "firebase"),
    ],
)
async def test_request_that_is_wrong(legacy: World, fields: dict[str, str], code: str, words: str) -> None:
    """What is missing, unknown or not to be had is named."""
    browser = legacy.browser()
    response = await delegate(browser, **{"id_token": await id_token(browser), **fields})
    assert refusal(response) == (400, code)
    assert words in response.json()["error_description"]


async def test_parameters_in_the_address(legacy: World) -> None:
    """Tokens in the address are refused: addresses are kept by proxies and logs."""
    response = await legacy.browser().post("/delegation?id_token=x", data={"client_id": "web"})
    assert refusal(response) == (400, "invalid_request")


async def test_repeated_parameter(legacy: World) -> None:
    """A parameter that came twice is refused."""
    response = await legacy.browser().post(
        "/delegation",
        content="client_id=web&client_id=spa",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert refusal(response) == (400, "invalid_request")


async def refused(world: World, browser: Browser, token: str) -> str:
    """Why an id_token is refused."""
    response = await delegate(browser, id_token=token)
    assert refusal(response) == (400, "invalid_grant"), response.text
    words: str = response.json()["error_description"]
    entry = await newest_log(world, "fd")
    assert entry.client_id == "web"
    return words


async def test_expired(legacy: World) -> None:
    """An id_token that expired is refused to the second."""
    browser = legacy.browser()
    token = await id_token(browser)
    legacy.clock.advance(35_999)
    assert (await delegate(browser, id_token=token)).status_code == 200
    legacy.clock.advance(1)
    assert "expired" in await refused(legacy, browser, token)


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_tampered(legacy: World, part: int) -> None:
    """An id_token of which any part was changed is refused."""
    browser = legacy.browser()
    parts = (await id_token(browser)).split(".")
    parts[part] = parts[part][:-5] + parts[part][-5:].swapcase()
    await refused(legacy, browser, ".".join(parts))


@pytest.mark.parametrize("text", ["x", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30."])
async def test_no_token_at_all(legacy: World, text: str) -> None:
    """Text that is no token is refused."""
    await refused(legacy, legacy.browser(), text)


def forged(world: World, key: bytes, *, sub: str = "auth0|ada", **header: Any) -> str:
    now = world.clock.now()
    claims = {"iss": ISSUER, "sub": sub, "aud": "web", "iat": now, "exp": now + 60}
    return jwt.encode({"alg": "HS256", "typ": "JWT", **header}, claims, OctKey.import_key(key))


async def test_signed_with_another_secret(legacy: World) -> None:
    """An id_token signed with some other secret is refused."""
    assert "signature" in await refused(legacy, legacy.browser(), forged(legacy, b"x" * 40))


async def test_secret_of_the_client_is_not_enough(legacy: World) -> None:
    """Who has the client's secret cannot make an id_token about anybody that we believe."""
    await legacy.put_user("bob@example.test", subject="bob")
    browser = legacy.browser()
    token = forged(legacy, SECRET.encode(), sub="auth0|bob")
    assert "not issued here" in await refused(legacy, browser, token)
    assert refusal(await tokeninfo(browser, token)) == (401, "unauthorized")


@pytest.mark.parametrize("alter", [lambda seal: seal, lambda seal: seal[::-1], lambda seal: "é"])
async def test_seal_is_of_one_token(legacy: World, alter: Callable[[str], str]) -> None:
    """The seal of one id_token does not make another one good, and neither does anything in its place."""
    browser = legacy.browser()
    seal = alter(header_of(await id_token(browser))["kid"])
    token = forged(legacy, SECRET.encode(), sub="auth0|bob", kid=seal)
    assert "not issued here" in await refused(legacy, browser, token)


async def test_id_token_of_a_code_flow_for_an_api(legacy: World) -> None:
    """An HS256 id_token of the conformant pipeline has no seal."""
    token = (await legacy.browser().tokens(audience=API))["id_token"]
    assert header_of(token) == {"alg": "HS256", "typ": "JWT"}
    await refused(legacy, legacy.browser(), token)


async def test_public_key_is_no_secret(legacy: World) -> None:
    """A client set to RS256 takes no HS256 token, whatever it was signed with."""
    await legacy.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    browser = legacy.browser()
    key = (await browser.get("/.well-known/jwks.json")).json()["keys"][0]
    await refused(legacy, browser, forged(legacy, SECRET.encode()))
    await refused(legacy, browser, forged(legacy, key["n"].encode(), kid=key["kid"]))


async def test_unsigned(legacy: World) -> None:
    """A token with the algorithm none is refused."""
    token = await id_token(legacy.browser())
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + token.split(".")[1] + "."
    await refused(legacy, legacy.browser(), unsigned)


async def test_of_another_client(legacy: World) -> None:
    """An id_token for another client is refused, whoever's secret signed it."""
    await make_legacy(legacy, "third", is_first_party=True)
    await open_connection_to(legacy, "web", "third")
    browser = legacy.browser()
    response = await delegate(browser, client_id="third", id_token=await id_token(browser))
    assert refusal(response) == (400, "invalid_grant")


async def test_rs256_of_another_client(legacy: World) -> None:
    """With one key for all clients the audience still keeps them apart."""
    await legacy.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    await make_legacy(legacy, "third", is_first_party=True, jwt_configuration=JwtConfiguration(alg="RS256"))
    browser = legacy.browser()
    response = await delegate(browser, client_id="third", id_token=await id_token(browser))
    assert refusal(response) == (400, "invalid_grant")
    assert "audience" in response.json()["error_description"]


async def test_of_the_conformant_pipeline(legacy: World) -> None:
    """An id_token whose request named an audience is refused: it was given for less."""
    await legacy.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    browser = legacy.browser()
    token = (await browser.tokens(audience=API))["id_token"]
    assert "not of the legacy pipeline" in await refused(legacy, browser, token)


async def test_access_token(legacy: World) -> None:
    """An access token for an API that is called like the client is no id_token of the client."""
    await legacy.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    await legacy.put_api(Api(api_id="b" * 24, identifier="web", name="Called like a client"))
    browser = legacy.browser()
    tokens = await browser.tokens(audience="web", scope="email")
    assert claims_of(tokens["access_token"])["aud"] == "web"
    assert "access token" in await refused(legacy, browser, tokens["access_token"])


async def test_delegated_token_goes_no_further(legacy: World) -> None:
    """Who gets a token by delegation can neither trade it on nor renew it."""
    await make_legacy(legacy, "timesheets")
    await open_connection_to(legacy, "web", "timesheets")
    browser = legacy.browser()
    token = (await delegated(browser, id_token=await id_token(browser)))["id_token"]
    for target in ("web", "timesheets"):
        response = await delegate(browser, client_id="timesheets", target=target, id_token=token)
        assert refusal(response) == (400, "invalid_grant")
        assert "delegation" in response.json()["error_description"]


async def test_blocked_user(legacy: World) -> None:
    """A user who was blocked after sign-in is refused, by either token, in the words libraries look for."""
    browser = legacy.browser()
    found = await signed_in(browser, **LASTING)
    await legacy.change_user("auth0|ada", blocked=True)
    response = await delegate(browser, id_token=found["id_token"])
    assert refusal(response) == (401, "unauthorized")
    assert response.json()["error_description"] == "user is blocked"
    response = await delegate(browser, refresh_token=found["refresh_token"])
    assert refusal(response) == (400, "invalid_grant")


async def test_deleted_user(legacy: World) -> None:
    """A user who is gone is refused."""
    browser = legacy.browser()
    token = await id_token(browser)
    await legacy.platform.bus.commit(legacy.platform.stores.users.delete(legacy.tenant_id, "auth0|ada"))
    assert refusal(await delegate(browser, id_token=token)) == (401, "unauthorized")


async def test_password_changed_since(legacy: World) -> None:
    """An id_token from before a change of the password cannot be kept alive."""
    browser = legacy.browser()
    token = await id_token(browser)
    legacy.clock.advance(1)
    await legacy.change_user("auth0|ada", last_password_reset=legacy.clock.now())
    assert "password" in await refused(legacy, browser, token)


async def test_connection_closed_since(legacy: World) -> None:
    """When the user's connection is closed to the client, its tokens buy nothing more."""
    browser = legacy.browser()
    token = await id_token(browser)
    await open_connection_to(legacy, "spa")
    assert "connection" in await refused(legacy, browser, token)


async def test_target_without_a_secret(legacy: World) -> None:
    """A target that wants HS256 and has no secret gets nothing, and the refusal names it."""
    await legacy.change_client("timesheets", secrets=())
    browser = legacy.browser()
    response = await delegate(browser, id_token=await id_token(browser))
    assert refusal(response) == (400, "invalid_request")
    assert "timesheets" in response.json()["error_description"]


@pytest.mark.parametrize("token", ["x", "a.0.b"])
async def test_refresh_token_of_nobody(legacy: World, token: str) -> None:
    """A refresh token that was never issued is refused."""
    assert refusal(await delegate(legacy.browser(), refresh_token=token)) == (400, "invalid_grant")


async def test_refresh_token_of_another_client(legacy: World) -> None:
    """A refresh token of another client is refused."""
    await make_legacy(legacy, "third", is_first_party=True)
    browser = legacy.browser()
    response = await delegate(browser, client_id="third", refresh_token=await refresh_token(browser))
    assert refusal(response) == (400, "invalid_grant")


async def test_refresh_token_of_the_conformant_pipeline(legacy: World) -> None:
    """A refresh token whose request named an audience is for the token endpoint, where it still works."""
    browser = legacy.browser()
    tokens = await browser.tokens(audience=API, scope="openid offline_access")
    response = await delegate(browser, refresh_token=tokens["refresh_token"])
    assert refusal(response) == (400, "invalid_grant")
    assert "/oauth/token" in response.json()["error_description"]
    again = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.status_code == 200


async def test_revoked_refresh_token(legacy: World) -> None:
    """A refresh token that was given up gives nothing."""
    browser = legacy.browser()
    token = await refresh_token(browser)
    body = {"client_id": "web", "client_secret": SECRET, "token": token}
    assert (await browser.post("/oauth/revoke", data=body)).status_code == 200
    assert refusal(await delegate(browser, refresh_token=token)) == (400, "invalid_grant")


# What is told


async def test_success_is_on_record(legacy: World) -> None:
    """A delegation is in the audit log with the wire's code: who, for whom, by what."""
    browser = legacy.browser()
    await delegated(browser, id_token=await id_token(browser), scope="passthrough")
    entry = await newest_log(legacy, "sd")
    assert (entry.client_id, entry.user_id, entry.scope) == ("web", "auth0|ada", "passthrough")
    assert entry.details == {"target": "timesheets", "by": "id_token"}


async def test_refusal_is_on_record(legacy: World) -> None:
    """A refused delegation is in the audit log with the wire's code and the reason, without the token."""
    await delegate(legacy.browser(), id_token="a-token-that-is-none")
    entry = await newest_log(legacy, "fd")
    assert entry.details == {"target": "timesheets"}
    assert "a-token" not in entry.description


# How often


async def test_ten_a_minute(legacy: World) -> None:
    """Ten delegations a minute are for one user from one address; then a 429 says when to come back."""
    browser = legacy.browser()
    token = await id_token(browser)
    for _ in range(10):
        assert (await delegate(browser, id_token=token)).status_code == 200
    response = await delegate(browser, id_token=token)
    assert refusal(response) == (429, "too_many_attempts")
    assert response.headers["x-ratelimit-limit"] == "10"
    assert int(response.headers["retry-after"]) == 60
    legacy.clock.advance(60)
    assert (await delegate(browser, id_token=token)).status_code == 200


async def test_limit_is_of_one_user_at_one_address(legacy: World) -> None:
    """Another user, and another address, have ten of their own."""
    await legacy.put_user("bob@example.test", subject="bob")
    browser, elsewhere = legacy.browser(), legacy.browser(address="198.51.100.9")
    token = await id_token(browser)
    for _ in range(11):
        await delegate(browser, id_token=token)
    assert (await delegate(elsewhere, id_token=token)).status_code == 200
    other = legacy.browser()
    page = await other.sign_in("bob@example.test", response_type="token")
    of_bob = page.headers["location"].partition("id_token=")[2].partition("&")[0]
    assert (await delegate(other, id_token=of_bob)).status_code == 200


# Which scripts


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://app.example.test", True), ("https://stranger.test", False)]
)
async def test_scripts_of_the_client(legacy: World, origin: str, allowed: bool) -> None:
    """Scripts of the client's origins read the answer, and its refusals; others do not."""
    browser = legacy.browser()
    token = await id_token(browser)
    browser.client.headers["origin"] = origin
    for text in (token, "x"):
        response = await delegate(browser, id_token=text)
        assert response.headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert "access-control-allow-credentials" not in response.headers
