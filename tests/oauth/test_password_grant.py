"""A password becomes tokens without a page (RFC 6749 §4.3, the wire §2.3)."""

from typing import Any

import pytest
from tests.support.protocol import (
    THIRD,
    introspect,
    newest_log,
    refresh,
    refusal,
    sign_in_to,
    userinfo,
)
from tests.support.world import (
    API,
    CONNECTION,
    ISSUER,
    PASSWORD,
    PASSWORD_GRANT,
    REALM_GRANT,
    SECRET,
    Browser,
    World,
    claims_of,
)

from gatewright.kernel.errors import Unavailable
from gatewright.users.passwords import Verdict

pytestmark = [pytest.mark.anyio, pytest.mark.wire("grant password", "grant password-realm")]

ADA = "ada@example.test"
KIOSK = {"client_id": "kiosk"}


@pytest.fixture(params=[PASSWORD_GRANT, REALM_GRANT], ids=["password", "realm"])
async def grant_type(request: pytest.FixtureRequest, world: World) -> str:
    """Either grant, at a tenant that has what each needs."""
    await world.change_tenant(default_directory=CONNECTION)
    kind: str = request.param
    return kind


async def tokens(browser: Browser, **fields: str) -> dict[str, Any]:
    response = await browser.bring_password(**fields)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def check_refused(world: World, code: str, words: str, **fields: str) -> None:
    """The refusal of the protocol, in these words, and on record."""
    response = await world.browser().bring_password(**fields)
    assert refusal(response)[1] == code
    assert words in response.json()["error_description"]
    assert words in (await newest_log(world, "fepft")).description


async def test_access_token_for_an_api(world: World, grant_type: str) -> None:
    """The access token is the user's, for the API, and names the grant; there is no session to name."""
    found = await tokens(world.browser(), grant_type=grant_type, audience=API, scope="openid read:timesheets")
    claims = claims_of(found["access_token"])
    assert claims.pop("jti")
    now = world.clock.now()
    assert claims == {
        "iss": ISSUER,
        "sub": "auth0|ada",
        "aud": [API, ISSUER + "userinfo"],
        "azp": "kiosk",
        "iat": now,
        "exp": now + 86_400,
        "scope": "openid read:timesheets",
        "gty": "password",
    }


async def test_answer(world: World, grant_type: str) -> None:
    """The answer has the names of every token answer, and no more than was asked for."""
    found = await tokens(world.browser(), grant_type=grant_type, scope="openid email")
    assert set(found) == {"access_token", "id_token", "expires_in", "token_type", "scope"}
    assert (found["token_type"], found["expires_in"], found["scope"]) == ("Bearer", 86_400, "openid email")


async def test_id_token(world: World, grant_type: str) -> None:
    """The id_token speaks of the user to the client, and of no session."""
    found = await tokens(world.browser(), grant_type=grant_type, scope="openid email")
    now = world.clock.now()
    assert claims_of(found["id_token"]) == {
        "iss": ISSUER,
        "sub": "auth0|ada",
        "aud": "kiosk",
        "iat": now,
        "exp": now + 36_000,
        "email": ADA,
        "email_verified": True,
    }


async def test_userinfo(world: World, grant_type: str) -> None:
    """Without an API the access token opens userinfo."""
    browser = world.browser()
    found = await tokens(browser, grant_type=grant_type, scope="openid profile")
    told = (await userinfo(browser, found["access_token"])).json()
    assert (told["sub"], told["name"]) == ("auth0|ada", "Ada Example")


async def test_json(world: World, grant_type: str) -> None:
    """A JSON body with what SDKs put into it is read: null for what is not given, and a device."""
    body = {
        "client_id": "kiosk",
        "client_secret": SECRET,
        "grant_type": grant_type,
        "realm": None,
        "audience": None,
        "username": ADA,
        "password": PASSWORD,
        "scope": "openid",
        "device": "a telephone",
    }
    response = await world.browser().post("/oauth/token", json=body)
    assert response.status_code == 200
    assert "refresh_token" not in response.json()


async def test_scope_left_out(world: World, grant_type: str) -> None:
    """Without a scope the client learns who it is, as at the authorization endpoint, and no more."""
    found = await tokens(world.browser(), grant_type=grant_type, audience=API, scope="")
    assert found["scope"] == "openid"


async def test_without_openid(world: World, grant_type: str) -> None:
    """A request for the API alone gets no id_token, and a token that userinfo does not know."""
    browser = world.browser()
    found = await tokens(browser, grant_type=grant_type, audience=API, scope="read:timesheets")
    assert "id_token" not in found
    assert claims_of(found["access_token"])["aud"] == API
    assert (await userinfo(browser, found["access_token"])).status_code in (401, 403)


async def test_scopes_that_exist(world: World, grant_type: str) -> None:
    """What neither OpenID Connect nor the API has is left out."""
    asked = "openid read:timesheets delete:timesheets write:everything"
    found = await tokens(world.browser(), grant_type=grant_type, audience=API, scope=asked)
    assert found["scope"] == "openid read:timesheets"


async def test_permissions_bound_the_scopes(world: World, grant_type: str) -> None:
    """Where the API asks for permissions the user's own bound what is granted."""
    await world.change_api(API, enforce_policies=True, token_dialect="access_token_authz")
    asked = {"grant_type": grant_type, "audience": API, "scope": "read:timesheets create:timesheets"}
    assert "scope" not in await tokens(world.browser(), **asked)
    await world.commit(world.platform.stores.roles.assign(world.tenant_id, "auth0|ada", "rol_reader"))
    found = await tokens(world.browser(), **asked)
    assert found["scope"] == "read:timesheets"
    assert claims_of(found["access_token"])["permissions"] == ["read:timesheets"]


async def test_default_audience(world: World, grant_type: str) -> None:
    """Without an audience the tenant's default one is taken."""
    await world.change_tenant(default_audience=API, default_directory=CONNECTION)
    found = await tokens(world.browser(), grant_type=grant_type, scope="read:timesheets")
    assert claims_of(found["access_token"])["aud"] == API


async def test_auth_time(world: World, grant_type: str) -> None:
    """A client that always wants to know when the user proved themselves is told (OIDC Core §2)."""
    await world.change_client("kiosk", default_max_age=60)
    found = await tokens(world.browser(), grant_type=grant_type, scope="openid")
    assert claims_of(found["id_token"])["auth_time"] == world.clock.now()


async def test_rfc9068_dialect(world: World, grant_type: str) -> None:
    """In the dialect of RFC 9068 the token tells when the user proved themselves, and of no session."""
    await world.change_api(API, token_dialect="rfc9068_profile")
    found = await tokens(world.browser(), grant_type=grant_type, audience=API, scope="openid")
    claims = claims_of(found["access_token"])
    assert (claims["client_id"], claims["auth_time"]) == ("kiosk", world.clock.now())
    assert "sid" not in claims


async def test_refresh(world: World, grant_type: str) -> None:
    """offline_access gives a refresh token, which gives new tokens of the same scopes."""
    browser = world.browser()
    asked = {"grant_type": grant_type, "audience": API, "scope": "openid offline_access read:timesheets"}
    first = await tokens(browser, **asked)
    response = await refresh(browser, first["refresh_token"], **KIOSK)
    assert response.status_code == 200
    assert response.json()["scope"] == first["scope"] == asked["scope"]
    assert response.json()["refresh_token"] != first["refresh_token"]
    entry = await newest_log(world, "sertft")
    assert (entry.user_id, entry.session_id) == ("auth0|ada", None)


async def test_refresh_token_of_whom_it_is_not_for(world: World, grant_type: str) -> None:
    """Neither a client without the refresh grant nor an API without offline access gets a refresh token."""
    asked = {"grant_type": grant_type, "audience": API, "scope": "openid offline_access"}
    await world.change_api(API, allow_offline_access=False)
    found = await tokens(world.browser(), **asked)
    assert (found["scope"], found.get("refresh_token")) == ("openid", None)
    await world.change_api(API, allow_offline_access=True)
    await world.change_client("kiosk", grant_types=(grant_type,))
    found = await tokens(world.browser(), **asked)
    assert (found["scope"], found.get("refresh_token")) == ("openid", None)


async def test_no_session(world: World, grant_type: str) -> None:
    """Nobody is signed in by a password that an application brought."""
    browser = world.browser()
    response = await browser.bring_password(grant_type=grant_type)
    assert "set-cookie" not in response.headers
    assert await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada") == []


async def test_sign_in_is_noted(world: World, grant_type: str) -> None:
    """The user's last login is counted, with time and address."""
    await tokens(world.browser(), grant_type=grant_type)
    user = await world.platform.users.get(world.tenant_id, "auth0|ada")
    assert user is not None
    assert (user.logins_count, user.last_login, user.last_ip) == (1, world.clock.now(), "203.0.113.7")


async def test_success_is_on_record(world: World, grant_type: str) -> None:
    """The audit log tells who got what through which connection, with the wire's code."""
    await tokens(world.browser(), grant_type=grant_type, audience=API, scope="openid read:timesheets")
    entry = await newest_log(world, "sepft")
    assert (entry.client_id, entry.user_id, entry.connection) == ("kiosk", "auth0|ada", CONNECTION)
    assert (entry.audience, entry.scope) == (API, "openid read:timesheets")


@pytest.mark.parametrize("email", [ADA, "nobody@example.test"])
async def test_wrong_password(world: World, grant_type: str, email: str) -> None:
    """A wrong password and an unknown user are one invalid_grant in the wire's words."""
    response = await world.browser().bring_password(email, "wrong", grant_type=grant_type)
    assert response.status_code == 400
    assert response.json() == {
        "error": "invalid_grant",
        "error_description": "Wrong email or password.",
    }


async def test_wrong_password_is_on_record(world: World, grant_type: str) -> None:
    """A wrong password is told of as at the hosted pages, and as a failed exchange."""
    await world.browser().bring_password(ADA, "wrong", grant_type=grant_type)
    wrong = await newest_log(world, "fp")
    assert (wrong.client_id, wrong.connection, wrong.user_name) == ("kiosk", CONNECTION, ADA)
    assert (await newest_log(world, "fepft")).description == "Wrong email or password."
    assert [entry.type for entry in await world.logs()][:2] == ["fepft", "fp"]


async def test_blocked_user(world: World, grant_type: str) -> None:
    """A blocked user who knows their password is told so, in the words that SDKs look for."""
    await world.change_user("auth0|ada", blocked=True)
    await check_refused(world, "invalid_grant", "user is blocked", grant_type=grant_type)
    assert (await newest_log(world, "f")).user_id == "auth0|ada"


async def test_user_blocked_later(world: World, grant_type: str) -> None:
    """Blocking the user ends what the password gave."""
    browser = world.browser()
    found = await tokens(browser, grant_type=grant_type, scope="openid offline_access")
    await world.change_user("auth0|ada", blocked=True)
    assert (await userinfo(browser, found["access_token"])).status_code == 401
    assert refusal(await refresh(browser, found["refresh_token"], **KIOSK)) == (400, "invalid_grant")


async def test_revoked(world: World, grant_type: str) -> None:
    """A client that gives up its refresh token ends everything the password gave."""
    browser = world.browser()
    found = await tokens(browser, grant_type=grant_type, scope="openid offline_access")
    assert (await introspect(browser, found["refresh_token"], "kiosk"))["active"] is True
    body = {"client_id": "kiosk", "client_secret": SECRET, "token": found["refresh_token"]}
    assert (await browser.post("/oauth/revoke", data=body)).status_code == 200
    assert (await userinfo(browser, found["access_token"])).status_code == 401
    assert refusal(await refresh(browser, found["refresh_token"], **KIOSK)) == (400, "invalid_grant")


async def test_unverified_address(world: World, grant_type: str) -> None:
    """Whoever has not verified their address comes in as at the hosted pages, and the tokens say so."""
    await world.put_user("bob@example.test", subject="bob")
    found = await tokens(
        world.browser(), email="bob@example.test", grant_type=grant_type, scope="openid email"
    )
    assert claims_of(found["id_token"])["email_verified"] is False


async def test_grant_must_be_listed(world: World, grant_type: str) -> None:
    """A client that does not list the grant may not bring passwords, and none is compared."""
    response = await world.browser().bring_password(grant_type=grant_type, client_id="web")
    assert refusal(response) == (400, "unauthorized_client")
    assert grant_type in response.json()["error_description"]


async def test_listing_one_grant_is_not_listing_the_other(world: World, grant_type: str) -> None:
    """The two grants are listed one by one."""
    (other,) = {PASSWORD_GRANT, REALM_GRANT} - {grant_type}
    await world.change_client("kiosk", grant_types=(other,))
    assert refusal(await world.browser().bring_password(grant_type=grant_type)) == (
        400,
        "unauthorized_client",
    )


async def test_client_without_a_secret(world: World, grant_type: str) -> None:
    """A public client that lists the grant may use it, from the origins of its scripts."""
    await world.change_client("spa", grant_types=(grant_type,))
    response = await world.browser().post(
        "/oauth/token",
        data={"client_id": "spa", "grant_type": grant_type, "username": ADA, "password": PASSWORD},
        headers={"origin": "https://spa.example.test"},
    )
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "https://spa.example.test"


@pytest.mark.parametrize("name", ["username", "password"])
async def test_missing_parameter(world: World, grant_type: str, name: str) -> None:
    """A request without username or password is an invalid_request that names it."""
    fields = {"email": ""} if name == "username" else {"password": ""}
    await check_refused(world, "invalid_request", name, grant_type=grant_type, **fields)


async def test_unknown_api(world: World, grant_type: str) -> None:
    """An API nobody registered is refused before the password is looked at."""
    await check_refused(
        world,
        "access_denied",
        "https://no.test",
        grant_type=grant_type,
        audience="https://no.test",
        password="x",
    )
    assert "fp" not in [entry.type for entry in await world.logs()]


async def test_malformed_scope(world: World, grant_type: str) -> None:
    """A scope that is none is refused before the password is looked at."""
    await check_refused(world, "invalid_scope", "scope", grant_type=grant_type, scope='a"b', password="x")


async def test_overload(world: World, grant_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many passwords wait to be compared the answer is a 503 that says when to come back."""

    async def full(password: str, stored: str | None) -> Verdict:
        raise Unavailable("too many sign-ins at once; try again in a moment", retry_after=1)

    monkeypatch.setattr(world.platform.hasher, "check", full)
    response = await world.browser().bring_password(grant_type=grant_type)
    assert refusal(response) == (503, "temporarily_unavailable")
    assert response.headers["retry-after"] == "1"


async def third_party(browser: Browser, grant_type: str, scope: str) -> tuple[int, str]:
    """How the third-party client's request ends: the status, and the error or the scope."""
    response = await browser.bring_password(
        client_id="third", grant_type=grant_type, audience=API, scope=scope
    )
    body = response.json()
    return response.status_code, body.get("error", body.get("scope"))


async def test_third_party_without_consent(world: World, grant_type: str) -> None:
    """A third-party client gets what the user has allowed on a page before, and nothing beyond it."""
    await world.change_client("third", grant_types=(grant_type, "authorization_code"))
    asked = "openid read:timesheets"
    browser = world.browser()
    assert await third_party(browser, grant_type, asked) == (400, "consent_required")
    consent = await sign_in_to(browser, await browser.authorize(**THIRD, audience=API, scope=asked))
    await browser.submit(consent, action="accept")
    assert await third_party(browser, grant_type, asked) == (200, asked)
    assert await third_party(browser, grant_type, "openid") == (200, "openid")
    more = f"{asked} create:timesheets"
    assert await third_party(browser, grant_type, more) == (400, "consent_required")


async def test_missing_consent_says_what_to_do(world: World, grant_type: str) -> None:
    """The refusal names the scopes, and where the user can be asked."""
    await world.change_client("third", grant_types=(grant_type,))
    response = await world.browser().bring_password(client_id="third", grant_type=grant_type, scope="openid")
    assert "allowed this client: openid." in response.json()["error_description"]
    assert "authorization endpoint" in response.json()["error_description"]
    assert world.rows("SELECT * FROM token_families") == world.rows("SELECT * FROM access_tokens") == []


async def test_api_that_wants_consent_of_everybody(world: World, grant_type: str) -> None:
    """An API may want consent even for first-party clients."""
    await world.change_api(API, skip_consent_for_verifiable_first_party_clients=False)
    browser = world.browser()
    response = await browser.bring_password(grant_type=grant_type, audience=API, scope="read:timesheets")
    assert refusal(response) == (400, "consent_required")
    assert (await browser.bring_password(grant_type=grant_type)).status_code == 200


async def test_discovery(world: World) -> None:
    """Both grants stand in the metadata."""
    document = (await world.browser().get("/.well-known/openid-configuration")).json()
    assert {PASSWORD_GRANT, REALM_GRANT} <= set(document["grant_types_supported"])


async def test_refresh_token_belongs_to_its_client(world: World, grant_type: str) -> None:
    """What the password gave can be refreshed by the client that brought it, and by no other."""
    browser = world.browser()
    found = await tokens(browser, grant_type=grant_type, scope="openid offline_access")
    assert refusal(await refresh(browser, found["refresh_token"])) == (400, "invalid_grant")
    assert (await refresh(browser, found["refresh_token"], **KIOSK)).status_code == 200
