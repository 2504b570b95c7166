"""``/oauth/ro`` by an id_token of an earlier sign-in, for a device (the wire §2.17, RFC 7523 §2.1)."""

import pytest
from tests.support.legacy import (
    delegated,
    make_legacy,
    own,
    own_by_id_token,
    owned,
    put_target,
)
from tests.support.protocol import newest_log, open_connection_to, refresh, refusal, userinfo
from tests.support.world import API, CONNECTION, World, claims_of

from gatewright.clients import RESOURCE_OWNER, RESOURCE_OWNER_BY_ID_TOKEN
from gatewright.protection import DELEGATION

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/ro")]

LASTING = {"scope": "openid name offline_access"}


async def test_tokens(legacy: World) -> None:
    """The client's own id_token becomes an access token and a fresh id_token of the scope asked for."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    legacy.clock.advance(1_000)
    found = (await own_by_id_token(browser, token, scope="openid name")).json()
    assert set(found) == {"access_token", "id_token", "token_type", "expires_in"}
    claims = claims_of(found["id_token"])
    assert (claims["name"], claims["iat"]) == ("Ada Example", legacy.clock.now())
    assert (await userinfo(browser, found["access_token"])).json()["user_id"] == "auth0|ada"


async def test_refresh_token(legacy: World) -> None:
    """With offline_access the device gets a refresh token that keeps its name."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    found = (await own_by_id_token(browser, token, **LASTING)).json()
    assert (await refresh(browser, found["refresh_token"])).status_code == 200
    entry = await newest_log(legacy, "s")
    assert (entry.event, entry.details) == ("SignedInByIdToken", {"device": "phone"})


async def test_sign_in_is_noted(legacy: World) -> None:
    """It counts among the sign-ins of the user, by the connection they are of."""
    browser = legacy.browser()
    await own_by_id_token(browser, (await owned(browser))["id_token"])
    user = await legacy.platform.users.get(legacy.tenant_id, "auth0|ada")
    assert user is not None
    assert user.logins_count == 2
    assert (await newest_log(legacy, "s")).connection == CONNECTION


async def test_time_of_the_sign_in_is_that_of_the_token(legacy: World) -> None:
    """A client that is told when its user signed in learns when the id_token was given, not now."""
    await legacy.change_client("web", default_max_age=3_600)
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    legacy.clock.advance(500)
    found = (await own_by_id_token(browser, token)).json()
    assert claims_of(found["id_token"])["auth_time"] == claims_of(token)["iat"]


@pytest.mark.parametrize("missing", ["device", "id_token"])
async def test_missing_parameter(legacy: World, missing: str) -> None:
    """Both the id_token and the device are needed."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    response = await own_by_id_token(browser, token, **{missing: ""})
    assert refusal(response) == (400, "invalid_request")
    assert response.json()["error_description"] == f"missing {missing} parameter"


@pytest.mark.parametrize(
    ("listed", "by_password", "by_id_token"),
    [((RESOURCE_OWNER,), 200, 403), ((RESOURCE_OWNER_BY_ID_TOKEN,), 403, 200)],
)
async def test_grant_types(
    legacy: World, listed: tuple[str, ...], by_password: int, by_id_token: int
) -> None:
    """A client lists each of the two ways by itself."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    await legacy.change_client("web", grant_types=listed)
    one, other = await own(browser), await own_by_id_token(browser, token)
    assert (one.status_code, other.status_code) == (by_password, by_id_token)


async def test_token_of_another_client(legacy: World) -> None:
    """An id_token of another client signs nobody in."""
    await make_legacy(legacy, "kiosk")
    browser = legacy.browser()
    token = (await owned(browser, client_id="kiosk"))["id_token"]
    assert refusal(await own_by_id_token(browser, token)) == (400, "invalid_grant")


async def test_delegated_token(legacy: World) -> None:
    """An id_token got by delegation is for its target to read, and signs nobody in there."""
    await put_target(legacy, grant_types=(RESOURCE_OWNER_BY_ID_TOKEN,))
    await open_connection_to(legacy, "web", "timesheets")
    browser = legacy.browser()
    token = (await delegated(browser, id_token=(await owned(browser))["id_token"]))["id_token"]
    response = await own_by_id_token(browser, token, client_id="timesheets")
    assert refusal(response) == (400, "invalid_grant")
    assert "delegation" in response.json()["error_description"]


async def test_token_of_the_other_pipeline(legacy: World) -> None:
    """An id_token beside an access token for an API is of the other pipeline."""
    browser = legacy.browser()
    await browser.sign_in()
    token = (await browser.tokens(audience=API))["id_token"]
    assert refusal(await own_by_id_token(browser, token)) == (400, "invalid_grant")


async def test_access_token(legacy: World) -> None:
    """An access token is no id_token."""
    browser = legacy.browser()
    await browser.sign_in()
    token = (await browser.tokens(audience=API))["access_token"]
    assert refusal(await own_by_id_token(browser, token)) == (400, "invalid_grant")


async def test_expired(legacy: World) -> None:
    """An id_token whose time is over signs nobody in."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    legacy.clock.advance(36_000)
    response = await own_by_id_token(browser, token)
    assert refusal(response) == (400, "invalid_grant")
    assert "expired" in response.json()["error_description"]
    assert (await newest_log(legacy, "f")).event == "SignInByIdTokenFailed"


async def test_blocked_user(legacy: World) -> None:
    """A blocked user is told so, and gets nothing."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    await legacy.change_user("auth0|ada", blocked=True)
    assert refusal(await own_by_id_token(browser, token)) == (401, "unauthorized")


async def test_deleted_user(legacy: World) -> None:
    """A user who is gone gets nothing."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    await legacy.platform.users.delete(legacy.tenant_id, "auth0|ada")
    assert refusal(await own_by_id_token(browser, token)) == (401, "unauthorized")


async def test_changed_password(legacy: World) -> None:
    """An id_token of before the password was changed signs nobody in."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    await legacy.change_user("auth0|ada", last_password_reset=legacy.clock.now() + 1)
    assert refusal(await own_by_id_token(browser, token)) == (400, "invalid_grant")


async def test_closed_connection(legacy: World) -> None:
    """A user whose connection was closed to the client gets nothing."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    await open_connection_to(legacy, "spa")
    assert refusal(await own_by_id_token(browser, token)) == (400, "invalid_grant")


async def test_third_parties_need_consent_of_before(legacy: World) -> None:
    """An id_token does not stand for a consent."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    await legacy.change_client("web", is_first_party=False)
    assert refusal(await own_by_id_token(browser, token)) == (403, "access_denied")


async def test_limit(legacy: World) -> None:
    """So many sign-ins a minute are for one user from one address, and no more."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    for _ in range(DELEGATION.attempts):
        assert (await own_by_id_token(browser, token)).status_code == 200
    assert refusal(await own_by_id_token(browser, token)) == (429, "too_many_attempts")
    elsewhere = legacy.browser(address="198.51.100.9")
    assert (await own_by_id_token(elsewhere, token)).status_code == 200


async def test_password_changed_meanwhile(legacy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new password that commits between the reading of the id_token and the tokens wins."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    admit = legacy.platform.limiter.admit

    async def change_and_admit(*arguments: object) -> None:
        await legacy.change_user("auth0|ada", last_password_reset=legacy.clock.now() + 1)
        await admit(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(legacy.platform.limiter, "admit", change_and_admit)
    families = legacy.rows("SELECT * FROM token_families")
    assert refusal(await own_by_id_token(browser, token, **LASTING)) == (400, "invalid_grant")
    assert legacy.rows("SELECT * FROM token_families") == families
