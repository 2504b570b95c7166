"""Authorization codes: one use, sixty seconds, one client, one redirect URI (RFC 6749 §4.1.2)."""

from typing import Any

import pytest
from tests.support.protocol import (
    PKCE,
    SPA,
    introspect,
    newest_log,
    open_connection_to,
    refresh,
    refusal,
    spa_redeem,
    userinfo,
)
from tests.support.world import API, CALLBACK, SECRET, World, claims_of

from gatewright.oauth.vocabulary import CODE_LIFETIME, CODE_MEMORY
from gatewright.protection import TOKEN_PER_IP

pytestmark = [pytest.mark.anyio, pytest.mark.wire("grant authorization_code")]

OFFLINE = "openid offline_access"


async def test_code_works_once(world: World) -> None:
    """The second use of a code is an invalid_grant."""
    browser = world.browser()
    code = await browser.code()
    assert (await browser.redeem(code)).status_code == 200
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


@pytest.mark.parametrize("later", [0, 30, CODE_LIFETIME, CODE_MEMORY])
@pytest.mark.parametrize("audience", ["", API])
async def test_reuse_revokes_what_the_code_gave(world: World, later: int, audience: str) -> None:
    """However late a used code comes again, the tokens it gave are dead afterwards (RFC 6749 §4.1.2)."""
    await world.change_api(API, token_lifetime=2 * CODE_MEMORY)
    browser = world.browser()
    code = await browser.code(scope=OFFLINE, audience=audience)
    tokens: dict[str, Any] = (await browser.redeem(code)).json()
    world.clock.advance(later)
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")
    assert refusal(await userinfo(browser, tokens["access_token"])) == (401, "invalid_token")
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")
    assert await introspect(browser, tokens["access_token"]) == {"active": False}


async def test_reuse_revokes_what_was_refreshed(world: World) -> None:
    """Reuse of the code kills the newest tokens of the family, not just the first."""
    browser = world.browser()
    code = await browser.code(scope=OFFLINE)
    first = (await browser.redeem(code)).json()
    second = (await refresh(browser, first["refresh_token"])).json()
    await browser.redeem(code)
    assert refusal(await refresh(browser, second["refresh_token"])) == (400, "invalid_grant")
    assert refusal(await userinfo(browser, second["access_token"])) == (401, "invalid_token")


async def test_reuse_leaves_other_grants_alone(world: World) -> None:
    """Tokens of another code of the same person and client live on."""
    browser = world.browser()
    code = await browser.code(scope=OFFLINE)
    await browser.redeem(code)
    other = await browser.tokens(scope=OFFLINE)
    await browser.redeem(code)
    assert (await userinfo(browser, other["access_token"])).status_code == 200
    assert (await refresh(browser, other["refresh_token"])).status_code == 200


async def test_reuse_is_on_record(world: World) -> None:
    """Reuse of a code is in the audit log, as an alarm of its own."""
    browser = world.browser()
    code = await browser.code()
    await browser.redeem(code)
    await browser.redeem(code)
    entry = next(e for e in await world.logs() if e.event == "CodeReused")
    assert (entry.client_id, entry.user_id) == ("web", "auth0|ada")
    assert code not in str(await world.logs())


@pytest.mark.parametrize(
    ("age", "status"), [(0, 200), (CODE_LIFETIME - 1, 200), (CODE_LIFETIME, 400), (86_400, 400)]
)
async def test_code_expires(world: World, age: int, status: int) -> None:
    """A code can be redeemed for sixty seconds."""
    browser = world.browser()
    code = await browser.code()
    world.clock.advance(age)
    response = await browser.redeem(code)
    assert response.status_code == status
    if status == 400:
        assert response.json()["error"] == "invalid_grant"


async def test_code_of_another_client(world: World) -> None:
    """A code given to one client is an invalid_grant to another, and stays good for its own."""
    browser = world.browser()
    code = await browser.code()
    stolen = await browser.redeem(code, client_id="third", client_secret=SECRET)
    assert refusal(stolen) == (400, "invalid_grant")
    assert (await browser.redeem(code)).status_code == 200


async def test_code_of_another_client_is_told_like_an_unknown_one(world: World) -> None:
    """Another client learns nothing of whether a code exists."""
    browser = world.browser()
    foreign = await browser.redeem(await browser.code(), client_id="third", client_secret=SECRET)
    unknown = await browser.redeem("nonsense", client_id="third", client_secret=SECRET)
    assert foreign.json() == unknown.json()


@pytest.mark.parametrize("code", ["x", "a" * 43, "a" * 5_000, "\u2713", "a.b.c", "' OR 1=1 --"])
async def test_made_up_code(world: World, code: str) -> None:
    """A code that was never issued is an invalid_grant."""
    assert refusal(await world.browser().redeem(code)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.test/other",
        CALLBACK + "/",
        CALLBACK + "?",
        CALLBACK.upper(),
        "https://evil.example.test/",
        " " + CALLBACK,
        "",
    ],
)
async def test_other_redirect_uri(world: World, uri: str) -> None:
    """The redirect URI of the request must come again, to the character (RFC 6749 §4.1.3)."""
    browser = world.browser()
    response = await browser.redeem(await browser.code(), redirect_uri=uri)
    assert refusal(response) == (400, "invalid_grant")
    assert "redirect_uri" in response.json()["error_description"]


async def test_redirect_uri_that_was_not_sent(world: World) -> None:
    """Where the authorization request left redirect_uri out, so may the token request."""
    await world.change_client("web", callbacks=(CALLBACK,))
    browser = world.browser()
    code = await browser.code(redirect_uri="")
    response = await browser.token(grant_type="authorization_code", code=code)
    assert response.status_code == 200, response.text


async def test_wrong_redirect_uri_spends_the_code(world: World) -> None:
    """A redirect URI that does not match tells of a stolen code: the code is dead afterwards."""
    browser = world.browser()
    code = await browser.code()
    await browser.redeem(code, redirect_uri="https://app.example.test/other")
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


async def test_code_of_a_blocked_user(world: World) -> None:
    """A user who was blocked after signing in gets no tokens."""
    browser = world.browser()
    code = await browser.code()
    await world.change_user("auth0|ada", blocked=True)
    response = await browser.redeem(code)
    assert refusal(response) == (400, "invalid_grant")
    assert "user is blocked" in response.json()["error_description"]


async def test_code_of_a_sign_in_before_the_new_password(world: World) -> None:
    """A code that was issued under the old password is worth nothing once there is a new one."""
    browser = world.browser()
    code = await browser.code()
    world.clock.advance(1)
    await world.change_user("auth0|ada", last_password_reset=world.clock.now())
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


async def test_code_of_a_sign_in_with_the_new_password(world: World) -> None:
    """A sign-in in the very second of the new password counts as one with it."""
    browser = world.browser()
    code = await browser.code()
    await world.change_user("auth0|ada", last_password_reset=world.clock.now())
    assert (await browser.redeem(code)).status_code == 200


async def test_code_of_a_deleted_user(world: World) -> None:
    """A user who was deleted after signing in gets no tokens."""
    browser = world.browser()
    code = await browser.code()
    await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


async def test_code_of_a_closed_connection(world: World) -> None:
    """When the connection was closed to the client after the sign-in there are no tokens."""
    browser = world.browser()
    code = await browser.code()
    await open_connection_to(world, "spa")
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


async def test_code_of_a_removed_api(world: World) -> None:
    """When the API was removed after the sign-in there is no token for it."""
    browser = world.browser()
    code = await browser.code(audience=API)
    await world.commit(world.platform.stores.apis.delete(world.tenant_id, "a" * 24))
    assert refusal(await browser.redeem(code)) == (403, "access_denied")


async def test_code_says_nothing_itself(world: World) -> None:
    """Nothing of the request can be changed at the token endpoint: scope and audience stay as granted."""
    browser = world.browser()
    code = await browser.code(scope="openid")
    response = await browser.redeem(code, scope="openid read:timesheets", audience=API)
    assert response.json()["scope"] == "openid"
    assert "." not in response.json()["access_token"]


async def test_exchange_is_on_record(world: World) -> None:
    """A code that became tokens is in the audit log with client, user, scope and session."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid email")
    entry = await newest_log(world, "seacft")
    assert (entry.client_id, entry.user_id, entry.scope) == ("web", "auth0|ada", "openid email")
    assert entry.session_id == claims_of(tokens["id_token"])["sid"]


async def test_guessed_codes_are_counted(world: World) -> None:
    """Guessing codes is stopped by address."""
    browser = world.browser()
    for _ in range(TOKEN_PER_IP.attempts):
        assert refusal(await browser.redeem("guess")) == (400, "invalid_grant")
    assert refusal(await browser.redeem("guess")) == (429, "too_many_attempts")


async def test_expired_codes_are_no_guesses(world: World) -> None:
    """A back end with many late users is not taken for an attacker."""
    browser = world.browser()
    code = await browser.code()
    world.clock.advance(CODE_LIFETIME)
    for _ in range(TOKEN_PER_IP.attempts + 2):
        assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


async def test_public_client_redeems_without_a_secret_only(world: World) -> None:
    """A code of a public client cannot be redeemed with a secret nobody gave it."""
    browser = world.browser()
    code = await browser.code(**SPA, **PKCE)
    assert refusal(await spa_redeem(browser, code, client_secret=SECRET)) == (401, "invalid_client")


async def test_used_code_survives_housekeeping(world: World) -> None:
    """Housekeeping does not make us forget a used code while its reuse must still raise the alarm."""
    browser = world.browser()
    code = await browser.code(scope=OFFLINE)
    tokens = (await browser.redeem(code)).json()
    world.clock.advance(CODE_MEMORY)
    await world.platform.housekeeping.sweep()
    await browser.redeem(code)
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")


async def test_revocation_is_remembered_as_long_as_tokens_live(world: World) -> None:
    """Housekeeping does not bring the long-lived token of a reused code back to life."""
    await world.change_api(API, token_lifetime=2_592_000)
    browser = world.browser()
    code = await browser.code(audience=API)
    token = (await browser.redeem(code)).json()["access_token"]
    await browser.redeem(code)
    world.clock.advance(2_591_999)
    await world.platform.housekeeping.sweep()
    assert refusal(await userinfo(browser, token)) == (401, "invalid_token")
