"""Refresh tokens: rotation, leeway, reuse alarm, expiry, narrowing (RFC 6749 §6, RFC 9700 §4.14.2)."""

from typing import Any

import pytest
from tests.support.protocol import (
    introspect,
    newest_log,
    open_connection_to,
    refresh,
    refusal,
    spa_tokens,
    userinfo,
)
from tests.support.world import API, SECRET, Browser, World, claims_of

from gatewright.clients import RefreshTokenSettings
from gatewright.protection import TOKEN_PER_IP

pytestmark = [pytest.mark.anyio, pytest.mark.wire("grant refresh_token")]

OFFLINE = "openid offline_access"
DAY = 86_400
ABSOLUTE, IDLE = 2_592_000, 1_296_000


async def family(world: World, **parameters: str) -> tuple[Browser, str]:
    """A browser, and the first refresh token of a new family."""
    browser = world.browser()
    tokens = await browser.tokens(**{"scope": OFFLINE, **parameters})
    return browser, tokens["refresh_token"]


async def next_of(browser: Browser, token: str) -> str:
    """The successor of a refresh token."""
    response = await refresh(browser, token)
    assert response.status_code == 200, response.text
    successor: str = response.json()["refresh_token"]
    return successor


async def settings(world: World, **fields: Any) -> None:
    await world.change_client("web", refresh_token=RefreshTokenSettings(**fields))


async def test_answer_of_a_refresh(world: World) -> None:
    """A refresh gives an access token, an id_token, the next refresh token and the scope, uncached."""
    browser, token = await family(world)
    response = await refresh(browser, token)
    assert set(response.json()) == {
        "access_token",
        "expires_in",
        "token_type",
        "scope",
        "id_token",
        "refresh_token",
    }
    assert response.headers["cache-control"] == "no-store"
    assert (await userinfo(browser, response.json()["access_token"])).json() == {"sub": "auth0|ada"}


async def test_each_use_gives_another(world: World) -> None:
    """A rotating family goes from token to token, each good for one use."""
    browser, token = await family(world)
    seen = [token]
    for _ in range(5):
        seen.append(await next_of(browser, seen[-1]))
    assert len(set(seen)) == 6


async def test_public_client_refreshes_without_a_secret(world: World) -> None:
    """A single-page application refreshes with its client_id alone, and its token rotates."""
    browser = world.browser()
    tokens = await spa_tokens(browser)
    response = await refresh(browser, tokens["refresh_token"], client_id="spa", client_secret="")
    assert response.json()["refresh_token"] != tokens["refresh_token"]


async def test_confidential_client_must_prove_itself(world: World) -> None:
    """Without its secret a confidential client's refresh token opens nothing, and stays good."""
    browser, token = await family(world)
    assert refusal(await refresh(browser, token, client_secret="")) == (401, "invalid_client")
    assert (await refresh(browser, token)).status_code == 200


@pytest.mark.parametrize("later", [0, 2])
async def test_leeway_gives_the_same_successor(world: World, later: int) -> None:
    """Within the leeway a replaced token gives the newest one again: a lost answer loses no session."""
    browser, token = await family(world)
    successor = await next_of(browser, token)
    world.clock.advance(later)
    assert await next_of(browser, token) == successor
    assert await next_of(browser, successor) not in (token, successor)


async def test_reuse_beyond_the_leeway(world: World) -> None:
    """A replaced token that comes again later revokes the family and every access token of it."""
    browser, token = await family(world)
    answered = (await refresh(browser, token)).json()
    world.clock.advance(3)
    response = await refresh(browser, token)
    assert refusal(response) == (400, "invalid_grant")
    assert response.json()["error_description"] == "Unknown or invalid refresh token."
    assert refusal(await refresh(browser, answered["refresh_token"])) == (400, "invalid_grant")
    assert refusal(await userinfo(browser, answered["access_token"])) == (401, "invalid_token")


async def test_reuse_of_an_ancestor(world: World) -> None:
    """A token two generations old is reuse even within the leeway."""
    browser, token = await family(world)
    newest = await next_of(browser, await next_of(browser, token))
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")
    assert refusal(await refresh(browser, newest)) == (400, "invalid_grant")


async def test_reuse_leaves_other_families_alone(world: World) -> None:
    """The alarm of one family does not end another sign-in of the same person."""
    browser, token = await family(world)
    _, other = await family(world)
    await next_of(browser, token)
    world.clock.advance(4)
    await refresh(browser, token)
    assert (await refresh(browser, other)).status_code == 200


async def test_reuse_is_on_record(world: World) -> None:
    """Reuse is in the audit log under its own code, without the token."""
    browser, token = await family(world)
    await next_of(browser, token)
    world.clock.advance(4)
    await refresh(browser, token)
    entry = await newest_log(world, "ferrt")
    assert (entry.client_id, entry.user_id) == ("web", "auth0|ada")
    assert token not in str(await world.logs())


async def test_leeway_of_the_client(world: World) -> None:
    """The client decides how long the leeway is."""
    await settings(world, leeway=60)
    browser, token = await family(world)
    await next_of(browser, token)
    world.clock.advance(59)
    assert (await refresh(browser, token)).status_code == 200
    world.clock.advance(1)
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


async def test_leeway_does_not_grow_with_use(world: World) -> None:
    """Using a replaced token within the leeway does not prolong the leeway."""
    browser, token = await family(world)
    await next_of(browser, token)
    for _ in range(2):
        world.clock.advance(1)
        assert (await refresh(browser, token)).status_code == 200
    world.clock.advance(1)
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


async def test_no_leeway(world: World) -> None:
    """With a leeway of nothing a replaced token is reuse in the very same second."""
    await settings(world, leeway=0)
    browser, token = await family(world)
    await next_of(browser, token)
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


async def test_token_of_another_client(world: World) -> None:
    """A refresh token in the hands of another client opens nothing, alarms nobody and stays good."""
    browser, token = await family(world)
    stolen = await refresh(browser, token, client_id="third", client_secret=SECRET)
    assert refusal(stolen) == (400, "invalid_grant")
    assert (await refresh(browser, token)).status_code == 200


async def test_replaced_token_of_another_client(world: World) -> None:
    """Another client cannot end a family by presenting its replaced tokens."""
    browser, token = await family(world)
    successor = await next_of(browser, token)
    world.clock.advance(100)
    await refresh(browser, token, client_id="third", client_secret=SECRET)
    assert (await refresh(browser, successor)).status_code == 200


def tampered(token: str) -> dict[str, str]:
    secret, generation, mac = token.split(".")
    return {
        "next generation": f"{secret}.{int(generation) + 1}.{mac}",
        "other family": f"{'a' * len(secret)}.{generation}.{mac}",
        "other signature": f"{secret}.{generation}.{'a' * len(mac)}",
        "signature cut": f"{secret}.{generation}.{mac[:-1]}",
        "no signature": f"{secret}.{generation}.",
        "only the family": secret,
        "generation spelled otherwise": f"{secret}.0{generation}.{mac}",
        "generation in other digits": f"{secret}.\u0660.{mac}",
        "negative generation": f"{secret}.-1.{mac}",
        "endless generation": f"{secret}.{'9' * 400}.{mac}",
        "more parts": f"{token}.x",
        "space": f" {token}",
        "nonsense": "nonsense",
        "long": "x" * 10_000,
    }


@pytest.mark.parametrize("how", tampered("s.0.m"))
async def test_tampered_token(world: World, how: str) -> None:
    """A token that was not issued is an invalid_grant, and does not touch the family."""
    browser, token = await family(world)
    response = await refresh(browser, tampered(token)[how])
    assert refusal(response) == (400, "invalid_grant")
    assert (await refresh(browser, token)).status_code == 200


async def test_guessed_tokens_are_counted(world: World) -> None:
    """Guessing refresh tokens is stopped by address."""
    browser = world.browser()
    for _ in range(TOKEN_PER_IP.attempts):
        assert refusal(await refresh(browser, "guess")) == (400, "invalid_grant")
    assert refusal(await refresh(browser, "guess")) == (429, "too_many_attempts")


async def test_revoked_tokens_are_no_guesses(world: World) -> None:
    """A back end with many signed-out users is not taken for an attacker."""
    browser, token = await family(world)
    await browser.post("/oauth/revoke", data={"client_id": "web", "client_secret": SECRET, "token": token})
    for _ in range(TOKEN_PER_IP.attempts + 2):
        assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


async def test_non_rotating(world: World) -> None:
    """A non-rotating refresh token is used again and again, and no other is given."""
    await settings(world, rotation_type="non-rotating")
    browser, token = await family(world)
    for _ in range(3):
        world.clock.advance(100)
        response = await refresh(browser, token)
        assert response.status_code == 200
        assert "refresh_token" not in response.json()


@pytest.mark.parametrize("rotation", ["rotating", "non-rotating"])
async def test_idle_expiry(world: World, rotation: str) -> None:
    """A refresh token that nobody used for its idle lifetime is dead."""
    await settings(world, rotation_type=rotation)
    browser, token = await family(world)
    world.clock.advance(IDLE)
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


@pytest.mark.parametrize("rotation", ["rotating", "non-rotating"])
async def test_use_prolongs_the_idle_lifetime(world: World, rotation: str) -> None:
    """Each use begins a new idle lifetime."""
    await settings(world, rotation_type=rotation)
    browser, token = await family(world)
    for _ in range(2):
        world.clock.advance(IDLE - 1)
        token = (await refresh(browser, token)).json().get("refresh_token", token)


@pytest.mark.parametrize("rotation", ["rotating", "non-rotating"])
async def test_absolute_expiry(world: World, rotation: str) -> None:
    """However often it is used, a family ends with its absolute lifetime."""
    await settings(world, rotation_type=rotation)
    browser, token = await family(world)
    for _ in range(2):
        world.clock.advance(ABSOLUTE // 2 - 1)
        response = await refresh(browser, token)
        assert response.status_code == 200
        token = response.json().get("refresh_token", token)
    world.clock.advance(2)
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("fields", "age", "is_good"),
    [
        ({"expiration_type": "non-expiring"}, 4_000 * DAY, True),
        ({"infinite_token_lifetime": True, "infinite_idle_token_lifetime": True}, 4_000 * DAY, True),
        ({"infinite_idle_token_lifetime": True}, ABSOLUTE - 1, True),
        ({"infinite_idle_token_lifetime": True}, ABSOLUTE, False),
        ({"infinite_token_lifetime": True}, IDLE, False),
        ({"idle_token_lifetime": 60}, 60, False),
        ({"idle_token_lifetime": 60}, 59, True),
        ({"token_lifetime": 60}, 60, False),
    ],
)
async def test_lifetimes_of_the_client(world: World, fields: dict[str, Any], age: int, is_good: bool) -> None:
    """The client decides about idle and absolute lifetime, each of which can be endless."""
    await settings(world, **fields)
    browser, token = await family(world)
    world.clock.advance(age)
    assert (await refresh(browser, token)).status_code == (200 if is_good else 400)


async def test_endless_family_survives_housekeeping(world: World) -> None:
    """A family that never expires is not swept away."""
    await settings(world, expiration_type="non-expiring")
    browser, token = await family(world)
    world.clock.advance(10_000 * DAY)
    await world.platform.housekeeping.sweep()
    assert (await refresh(browser, token)).status_code == 200


async def test_expired_token_is_no_reuse(world: World) -> None:
    """An expired token is refused without an alarm."""
    browser, token = await family(world)
    world.clock.advance(ABSOLUTE)
    await refresh(browser, token)
    assert "RefreshReused" not in [entry.event for entry in await world.logs()]


async def test_fewer_scopes(world: World) -> None:
    """A refresh may ask for fewer scopes, and the family keeps all of them (RFC 6749 §6)."""
    everything = "openid profile offline_access"
    browser, token = await family(world, scope=everything)
    less = (await refresh(browser, token, scope="openid")).json()
    assert less["scope"] == "openid"
    again = (await refresh(browser, less["refresh_token"])).json()
    assert again["scope"] == everything


async def test_more_scopes(world: World) -> None:
    """Scopes that were not granted at sign-in are left out of a refresh: clients repeat themselves."""
    browser, token = await family(world)
    assert (await refresh(browser, token, scope="openid email fly")).json()["scope"] == "openid"


@pytest.mark.parametrize("scope", ["email", "fly", "OPENID", "email profile"])
async def test_only_other_scopes(world: World, scope: str) -> None:
    """A refresh for nothing that was granted is an invalid_scope, and the token is not spent by asking."""
    browser, token = await family(world)
    assert refusal(await refresh(browser, token, scope=scope)) == (400, "invalid_scope")
    assert (await refresh(browser, token)).status_code == 200


async def test_malformed_scope(world: World) -> None:
    """A scope that is none is an invalid_scope."""
    browser, token = await family(world)
    assert refusal(await refresh(browser, token, scope='openid "')) == (400, "invalid_scope")


async def test_without_openid_no_id_token(world: World) -> None:
    """A refresh that leaves openid out brings no id_token."""
    browser, token = await family(world, scope="openid profile offline_access")
    assert "id_token" not in (await refresh(browser, token, scope="profile")).json()


async def test_audience_stays(world: World) -> None:
    """A refreshed access token is for the same API, whatever audience is asked for now."""
    browser, token = await family(world, audience=API, scope="openid read:timesheets offline_access")
    response = await refresh(browser, token, audience="https://other.test")
    claims = claims_of(response.json()["access_token"])
    assert API in claims["aud"]
    assert claims["scope"] == "openid read:timesheets offline_access"


async def test_blocked_user(world: World) -> None:
    """A blocked user's refresh is refused in the words on which SDKs sign out."""
    browser, token = await family(world)
    await world.change_user("auth0|ada", blocked=True)
    response = await refresh(browser, token)
    assert refusal(response) == (400, "invalid_grant")
    assert "user is blocked" in response.json()["error_description"]


async def test_deleted_user(world: World) -> None:
    """A deleted user's refresh token is dead."""
    browser, token = await family(world)
    await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


async def test_deleted_client(world: World) -> None:
    """A deleted client cannot refresh."""
    browser, token = await family(world)
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "web"))
    assert refusal(await refresh(browser, token)) == (401, "invalid_client")


async def test_closed_connection(world: World) -> None:
    """When its connection is closed to the client, a user's refresh token stops working."""
    browser, token = await family(world)
    await open_connection_to(world, "spa")
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")


async def test_deleted_api(world: World) -> None:
    """When the API is removed there is no new token for it."""
    browser, token = await family(world, audience=API)
    await world.commit(world.platform.stores.apis.delete(world.tenant_id, "a" * 24))
    assert refusal(await refresh(browser, token)) == (403, "access_denied")


async def test_grant_taken_from_the_client(world: World) -> None:
    """A client that no longer lists refresh_token cannot use the tokens it has."""
    browser, token = await family(world)
    await world.change_client("web", grant_types=("authorization_code",))
    assert refusal(await refresh(browser, token)) == (400, "unauthorized_client")


async def test_logout_ends_the_session_alone(world: World) -> None:
    """Offline access outlives the browser's session (OIDC Core §11)."""
    browser, token = await family(world)
    await browser.get("/v2/logout")
    assert (await refresh(browser, token)).status_code == 200


async def test_refresh_is_on_record(world: World) -> None:
    """A refresh is in the audit log with client, user and scope, and without any token."""
    browser, token = await family(world)
    successor = await next_of(browser, token)
    entry = await newest_log(world, "sertft")
    assert (entry.client_id, entry.user_id, entry.scope) == ("web", "auth0|ada", OFFLINE)
    told = str(await world.logs())
    assert token not in told
    assert successor not in told


async def test_introspected(world: World) -> None:
    """The newest token of a family is active, a replaced one is not."""
    browser, token = await family(world)
    successor = await next_of(browser, token)
    assert await introspect(browser, token) == {"active": False}
    found = await introspect(browser, successor)
    assert found["active"] is True
    assert found["token_type"] == "refresh_token"
    assert found["exp"] == world.clock.now() + IDLE
