"""Revocation: a client gives up a token (RFC 7009)."""

from typing import Any

import httpx2
import pytest
from tests.support.protocol import (
    THIRD,
    basic,
    encoded,
    newest_log,
    refresh,
    refusal,
    spa_tokens,
    userinfo,
)
from tests.support.world import API, CALLBACK, ISSUER, SECRET, Browser, World, answer, claims_of

from gatewright.jose import sign_with_secret
from gatewright.tenants.model import TenantFlags

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/revoke")]

OFFLINE = "openid offline_access"


async def revoke(browser: Browser, token: str, client: str = "web", **fields: str) -> httpx2.Response:
    return await browser.post("/oauth/revoke", data={"token": token, **fields}, headers=basic(client, SECRET))


async def test_refresh_token(world: World) -> None:
    """A revoked refresh token, and the access tokens of its grant, are dead; the answer is empty."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    response = await revoke(browser, tokens["refresh_token"])
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["cache-control"] == "no-store"
    refused = await refresh(browser, tokens["refresh_token"])
    assert refusal(refused) == (400, "invalid_grant")
    assert refused.json()["error_description"] == "Unknown or invalid refresh token."
    assert refusal(await userinfo(browser, tokens["access_token"])) == (401, "invalid_token")


async def test_replaced_refresh_token(world: World) -> None:
    """Revoking a replaced token revokes its family: whoever holds the newest one holds nothing."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    newer = (await refresh(browser, tokens["refresh_token"])).json()
    await revoke(browser, tokens["refresh_token"])
    assert refusal(await refresh(browser, newer["refresh_token"])) == (400, "invalid_grant")


async def test_opaque_access_token(world: World) -> None:
    """A revoked access token is dead, and the refresh token of its grant lives on."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    await revoke(browser, tokens["access_token"], token_type_hint="access_token")
    assert refusal(await userinfo(browser, tokens["access_token"])) == (401, "invalid_token")
    assert (await refresh(browser, tokens["refresh_token"])).status_code == 200


API_SECRET = "an-api-secret-of-more-than-32-bytes!"


async def jwt_access_token(world: World, **api: Any) -> tuple[Browser, str]:
    """A browser, and a JWT access token of the web client."""
    if api:
        await world.put_api(await world.change_api(API, **api), secret=API_SECRET)
    browser = world.browser()
    tokens = await browser.tokens(scope="openid read:timesheets", audience=API)
    return browser, tokens["access_token"]


@pytest.mark.parametrize(
    "api",
    [{}, {"token_dialect": "rfc9068_profile"}, {"signing_alg": "HS256"}],
    ids=["wire", "rfc9068", "HS256"],
)
async def test_jwt_access_token(world: World, api: dict[str, str]) -> None:
    """A JWT access token is refused with what to do instead, for nobody can revoke it (RFC 7009 §2.2.1)."""
    browser, token = await jwt_access_token(world, **api)
    response = await revoke(browser, token, token_type_hint="access_token")
    assert refusal(response) == (400, "unsupported_token_type")
    assert response.headers["cache-control"] == "no-store"
    for word in ("JWT", "token_lifetime", "refresh token"):
        assert word in response.json()["error_description"]


async def test_jwt_access_token_of_the_client_itself(world: World) -> None:
    """A token that a client got for itself cannot be revoked either."""
    browser = world.browser()
    token = (await browser.token(grant_type="client_credentials", audience=API)).json()["access_token"]
    assert refusal(await revoke(browser, token)) == (400, "unsupported_token_type")


async def test_jwt_access_token_after_its_refresh_token(world: World) -> None:
    """Revoking the refresh token first does not make the JWT revocable: APIs believe it still."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid offline_access read:timesheets", audience=API)
    assert (await revoke(browser, tokens["refresh_token"])).status_code == 200
    assert refusal(await revoke(browser, tokens["access_token"])) == (400, "unsupported_token_type")


async def test_jwt_access_token_of_another_client(world: World) -> None:
    """Another client learns nothing of a JWT access token, not even that it is one."""
    browser, token = await jwt_access_token(world)
    response = await revoke(browser, token, "third")
    assert (response.status_code, response.content) == (200, b"")


async def test_expired_jwt_access_token(world: World) -> None:
    """An expired token needs no revocation, and is answered like a revoked one."""
    browser, token = await jwt_access_token(world)
    world.clock.advance(86_399)
    assert (await revoke(browser, token)).status_code == 400
    world.clock.advance(1)
    assert (await revoke(browser, token)).status_code == 200


async def test_id_token(world: World) -> None:
    """An id_token is none of the tokens that are revoked here."""
    browser = world.browser()
    assert (await revoke(browser, (await browser.tokens())["id_token"])).status_code == 200


@pytest.mark.parametrize("how", ["tampered", "unsigned", "HS256 with another secret", "audience of nobody"])
async def test_forged_jwt_access_token(world: World, how: str) -> None:
    """A JWT that was not issued here is as unknown as any other text."""
    browser, token = await jwt_access_token(world, signing_alg="HS256")
    claims, signature = claims_of(token), token.rpartition(".")[2]
    forged = {
        "tampered": f"{token.split('.')[0]}.{encoded({**claims, 'exp': claims['exp'] + 1})}.{signature}",
        "unsigned": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims)}.",
        "HS256 with another secret": sign_with_secret(claims, b"k" * 32),
        "audience of nobody": sign_with_secret({**claims, "aud": "\0"}, API_SECRET.encode()),
    }[how]
    assert (await revoke(browser, forged)).status_code == 200


async def test_jwt_of_another_issuer(world: World) -> None:
    """A JWT with the right signature and another issuer's name is not ours."""
    browser, token = await jwt_access_token(world, signing_alg="HS256")
    foreign = sign_with_secret({**claims_of(token), "iss": ISSUER[:-1]}, API_SECRET.encode())
    assert (await revoke(browser, foreign)).status_code == 200


async def test_public_client(world: World) -> None:
    """A single-page application revokes with its client_id alone, by form and by JSON."""
    for how in ("data", "json"):
        browser = world.browser()
        tokens = await spa_tokens(browser)
        body = {"client_id": "spa", "token": tokens["refresh_token"]}
        assert (await browser.post("/oauth/revoke", **{how: body})).status_code == 200
        response = await refresh(browser, tokens["refresh_token"], client_id="spa", client_secret="")
        assert refusal(response) == (400, "invalid_grant")


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
async def test_token_of_another_client(world: World, kind: str) -> None:
    """A token of another client is left alone, with the same answer."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    assert (await revoke(browser, tokens[kind], "third")).status_code == 200
    assert (await userinfo(browser, tokens["access_token"])).status_code == 200
    assert (await refresh(browser, tokens["refresh_token"])).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "s.0.m", "a" * 43, "\u2713", "x" * 20_000])
async def test_unknown_token(world: World, token: str) -> None:
    """An unknown token is answered like a revoked one (RFC 7009 §2.2)."""
    response = await revoke(world.browser(), token)
    assert (response.status_code, response.content) == (200, b"")


async def test_twice(world: World) -> None:
    """Revoking again changes nothing."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    for _ in range(2):
        assert (await revoke(browser, tokens["refresh_token"])).status_code == 200


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense"])
async def test_hint_is_a_hint(world: World, hint: str) -> None:
    """A wrong token_type_hint does not keep a token alive (RFC 7009 §2.1)."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    await revoke(browser, tokens["refresh_token"], token_type_hint=hint)
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")


async def test_other_sign_ins_live_on(world: World) -> None:
    """Revoking one grant leaves the user's others alone."""
    browser = world.browser()
    one, other = await browser.tokens(scope=OFFLINE), await browser.tokens(scope=OFFLINE, audience=API)
    await revoke(browser, one["refresh_token"])
    assert (await refresh(browser, other["refresh_token"])).status_code == 200
    assert (await userinfo(browser, other["access_token"])).status_code == 200


READ = {**THIRD, "audience": API, "scope": "openid offline_access read:timesheets"}


async def allowed(world: World, browser: Browser, **parameters: str) -> str:
    """A refresh token of the third-party client, after the person allowed what it asks."""
    response = await browser.sign_in(**{**READ, **parameters})
    if response.status_code == 200:
        response = await browser.submit(response, action="accept")
    redeemed = await browser.redeem(
        answer(response)["code"], client_id="third", redirect_uri=THIRD["redirect_uri"]
    )
    token: str = redeemed.json()["refresh_token"]
    return token


async def asks_again(browser: Browser, **parameters: str) -> bool:
    """Whether a silent request of the third-party client finds that the person would have to agree."""
    found = answer(await browser.authorize(**{**READ, **parameters}, prompt="none"))
    assert ("code" in found) != (found.get("error") == "consent_required"), found
    return "error" in found


@pytest.mark.parametrize("is_on", [True, False])
async def test_consent_goes_with_the_refresh_token(world: World, is_on: bool) -> None:
    """With revoke_refresh_token_grant the consent goes with the token; without it stays."""
    await world.change_tenant(flags=TenantFlags(revoke_refresh_token_grant=is_on))
    browser = world.browser()
    token = await allowed(world, browser)
    assert not await asks_again(browser)
    assert (await revoke(browser, token, "third")).status_code == 200
    assert await asks_again(browser) == is_on
    told = (await newest_log(world, "srrt")).description
    assert ("consent was withdrawn" in told) == is_on


@pytest.fixture
async def withdrawing(world: World) -> World:
    """A tenant whose consents go with the refresh tokens."""
    await world.change_tenant(flags=TenantFlags(revoke_refresh_token_grant=True))
    return world


async def test_consents_for_other_audiences_stay(withdrawing: World) -> None:
    """What the person allowed the client elsewhere stays allowed."""
    browser = withdrawing.browser()
    await allowed(withdrawing, browser, audience="", scope="openid offline_access")
    token = await allowed(withdrawing, withdrawing.browser())
    await revoke(browser, token, "third")
    assert await asks_again(browser)
    assert not await asks_again(browser, audience="", scope="openid offline_access")


async def test_consents_to_other_clients_and_of_other_people_stay(withdrawing: World) -> None:
    """Neither another client's consent nor another person's goes."""
    await withdrawing.put_user("bob@example.test", subject="bob")
    await withdrawing.change_client("web", is_first_party=False)
    token = await allowed(withdrawing, withdrawing.browser())
    web, ada = {"client_id": "web", "redirect_uri": CALLBACK}, withdrawing.browser()
    await ada.submit(await ada.sign_in(**{**READ, **web}), action="accept")
    bob = withdrawing.browser()
    await bob.submit(await bob.sign_in("bob@example.test", **READ), action="accept")
    before = withdrawing.rows("SELECT user_id, client_id FROM consents ORDER BY 1, 2")
    await revoke(bob, token, "third")
    after = withdrawing.rows("SELECT user_id, client_id FROM consents ORDER BY 1, 2")
    assert [row for row in before if row not in after] == [("auth0|ada", "third")]
    assert after == [("auth0|ada", "web"), ("auth0|bob", "third")]


async def test_new_consent_outlives_the_old_token(withdrawing: World) -> None:
    """Revoking an already revoked token again does not take the consent that was given since."""
    browser = withdrawing.browser()
    old = await allowed(withdrawing, browser)
    await revoke(browser, old, "third")
    await allowed(withdrawing, withdrawing.browser())
    await revoke(browser, old, "third")
    assert not await asks_again(browser)


async def test_access_token_takes_no_consent_along(withdrawing: World) -> None:
    """Revoking an access token is no revocation of the grant behind it."""
    browser = withdrawing.browser()
    response = await browser.submit(await browser.sign_in(**THIRD), action="accept")
    redeemed = await browser.redeem(
        answer(response)["code"], client_id="third", redirect_uri=THIRD["redirect_uri"]
    )
    await revoke(browser, redeemed.json()["access_token"], "third")
    assert not await asks_again(browser, audience="", scope="openid")


async def test_other_clients_withdraw_nothing(withdrawing: World) -> None:
    """Another client that sends the token takes neither token nor consent."""
    browser = withdrawing.browser()
    token = await allowed(withdrawing, browser)
    await revoke(browser, token, "web")
    assert not await asks_again(browser)


async def test_on_record(world: World) -> None:
    """A revocation is in the audit log with client and user, without the token."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    await revoke(browser, tokens["refresh_token"])
    entry = await newest_log(world, "srrt")
    assert (entry.client_id, entry.user_id) == ("web", "auth0|ada")
    assert tokens["refresh_token"] not in str(await world.logs())


async def test_no_token(world: World) -> None:
    """A request without a token is an invalid_request."""
    response = await world.browser().post("/oauth/revoke", data={"a": "b"}, headers=basic("web", SECRET))
    assert refusal(response) == (400, "invalid_request")


async def test_no_client(world: World) -> None:
    """A request without a client is an invalid_request."""
    assert refusal(await world.browser().post("/oauth/revoke", data={"token": "x"})) == (
        400,
        "invalid_request",
    )


async def test_wrong_secret(world: World) -> None:
    """Whoever does not prove to be the client revokes nothing."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    body = {"client_id": "web", "client_secret": "wrong", "token": tokens["refresh_token"]}
    assert refusal(await browser.post("/oauth/revoke", data=body)) == (401, "invalid_client")
    assert (await refresh(browser, tokens["refresh_token"])).status_code == 200


async def test_confidential_client_without_its_secret(world: World) -> None:
    """A confidential client cannot revoke with its client_id alone."""
    response = await world.browser().post("/oauth/revoke", data={"client_id": "web", "token": "x"})
    assert refusal(response) == (401, "invalid_client")
