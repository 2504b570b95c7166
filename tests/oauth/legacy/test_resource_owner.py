"""``/oauth/ro``: a password becomes tokens of the legacy pipeline (the wire §2.17)."""

import asyncio

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.support.legacy import OF_PROTOCOL, delegate, make_legacy, own, owned, tokeninfo
from tests.support.protocol import introspect, newest_log, open_connection_to, refresh, refusal, userinfo
from tests.support.world import CONNECTION, ISSUER, PASSWORD, SECRET, World, claims_of

from gatewright.cli.workshop import explainer_of
from gatewright.clients import DELEGATION_BY_REFRESH_TOKEN, RESOURCE_OWNER
from gatewright.connections import Connection
from gatewright.consents import Consent
from gatewright.oauth.policy import WHOLE_PROFILE
from gatewright.users.passwords import Verdict

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/ro")]

LASTING = {"scope": "openid offline_access", "device": "Ada's phone"}


async def test_answer(legacy: World) -> None:
    """The answer has the names of the wire, the type in small letters, and a lifetime in seconds."""
    found = await owned(legacy.browser())
    assert set(found) == {"access_token", "id_token", "token_type", "expires_in"}
    assert (found["token_type"], found["expires_in"]) == ("bearer", 86_400)


async def test_id_token(legacy: World) -> None:
    """The id_token is signed with the client's secret and says what the words of the scope name."""
    await legacy.change_user("auth0|ada", user_metadata={"favorite_color": "green"})
    found = await owned(legacy.browser(), scope="openid email favorite_color")
    now = legacy.clock.now()
    claims = jwt.decode(found["id_token"], OctKey.import_key(SECRET), algorithms=["HS256"]).claims
    assert claims == {
        "iss": ISSUER,
        "sub": "auth0|ada",
        "aud": "web",
        "iat": now,
        "exp": now + 36_000,
        "email": "ada@example.test",
        "favorite_color": "green",
    }


async def test_id_token_is_of_the_legacy_pipeline(legacy: World) -> None:
    """The other legacy endpoints believe the id_token."""
    browser = legacy.browser()
    token = (await owned(browser))["id_token"]
    assert (await tokeninfo(browser, token)).json()["user_id"] == "auth0|ada"
    assert (await delegate(browser, id_token=token)).status_code == 200


async def test_without_openid(legacy: World) -> None:
    """Without the word ``openid`` there is no id_token."""
    assert "id_token" not in await owned(legacy.browser(), scope="email")


async def test_access_token(legacy: World) -> None:
    """The access token is opaque and opens the whole profile at userinfo, as long as it lives."""
    browser = legacy.browser()
    token = (await owned(browser))["access_token"]
    assert "." not in token
    assert {"user_id", "clientID", "identities"} <= (await userinfo(browser, token)).json().keys()
    legacy.clock.advance(86_400)
    assert (await userinfo(browser, token)).status_code == 401


async def test_refresh_token(legacy: World) -> None:
    """With offline_access a device gets a refresh token, good at both doors of the legacy pipeline."""
    browser = legacy.browser()
    token = (await owned(browser, **LASTING))["refresh_token"]
    assert (await delegate(browser, refresh_token=token)).status_code == 200
    fresh = (await refresh(browser, token)).json()
    assert set(claims_of(fresh["id_token"])) == OF_PROTOCOL


async def test_device_is_remembered(legacy: World) -> None:
    """The name of the device is kept with the grant, for whoever asks about the token, and is on record."""
    found = await owned(legacy.browser(), **LASTING)
    tenant = await legacy.platform.tenants.get(legacy.tenant_id)
    told = await explainer_of(legacy.platform).explain(tenant, found["refresh_token"])
    assert dict(told.facts)["device"] == "Ada's phone"
    assert (await newest_log(legacy, "sepft")).details == {"device": "Ada's phone"}


async def test_no_refresh_token_without_its_word(legacy: World) -> None:
    """A device alone gets no refresh token."""
    assert "refresh_token" not in await owned(legacy.browser(), device="phone")


async def test_no_refresh_token_without_a_use_for_it(legacy: World) -> None:
    """A client that may refresh nowhere gets no refresh token, and is refused nothing."""
    await legacy.change_client("web", grant_types=(RESOURCE_OWNER,))
    assert "refresh_token" not in await owned(legacy.browser(), **LASTING)
    await legacy.change_client("web", grant_types=(RESOURCE_OWNER, DELEGATION_BY_REFRESH_TOKEN))
    assert "refresh_token" in await owned(legacy.browser(), **LASTING)


async def test_json(legacy: World) -> None:
    """The same request as JSON has the same answer."""
    body = {
        "client_id": "web",
        "grant_type": "password",
        "connection": CONNECTION,
        "username": "ada@example.test",
        "password": PASSWORD,
        "device": None,
    }
    response = await legacy.browser().post("/oauth/ro", json=body)
    assert claims_of(response.json()["id_token"])["sub"] == "auth0|ada"


async def test_what_old_libraries_send_besides(legacy: World) -> None:
    """Parameters that auth0.js 4 to 7 send along mean nothing here."""
    extra = {"response_type": "token", "sso": "false", "mfa_code": "123456", "email": "x", "popup": "true"}
    assert (await own(legacy.browser(), **extra)).status_code == 200


async def test_answer_is_kept_by_nobody(legacy: World) -> None:
    """The answer is for no cache."""
    assert (await own(legacy.browser())).headers["cache-control"] == "no-store"


async def test_no_session(legacy: World) -> None:
    """No session begins, and no cookie is set."""
    response = await own(legacy.browser())
    assert "set-cookie" not in response.headers
    assert legacy.rows("SELECT * FROM sessions") == []


async def test_sign_in_is_noted(legacy: World) -> None:
    """The sign-in counts among the user's, and is on record with client, connection and scope."""
    await owned(legacy.browser(), scope="openid name")
    user = await legacy.platform.users.get(legacy.tenant_id, "auth0|ada")
    assert user is not None
    assert (user.logins_count, user.last_login) == (1, legacy.clock.now())
    entry = await newest_log(legacy, "sepft")
    assert (entry.client_id, entry.user_id, entry.connection) == ("web", "auth0|ada", CONNECTION)
    assert entry.scope == "openid name"


async def test_tenant_with_a_default_audience(legacy: World) -> None:
    """The endpoint stays in the legacy pipeline where other requests mean the tenant's default API."""
    await legacy.change_tenant(default_audience="https://api.example.test/timesheets")
    found = await owned(legacy.browser())
    assert "." not in found["access_token"]
    assert "sid" not in claims_of(found["id_token"])


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://app.example.test", "https://app.example.test"), ("https://stranger.test", None)],
)
async def test_scripts(legacy: World, origin: str, allowed: str | None) -> None:
    """Scripts of the client's own origins may read the answer, refusals too, and no others."""
    for fields in ({}, {"password": "wrong"}):
        body = {"client_id": "web", "grant_type": "password", "connection": CONNECTION}
        typed = {"username": "ada@example.test", "password": PASSWORD, **fields}
        headers = {"origin": origin}
        response = await legacy.browser().post("/oauth/ro", data={**body, **typed}, headers=headers)
        assert response.headers.get("access-control-allow-origin") == allowed


# Which clients may


async def test_conformant_clients_may_not(legacy: World) -> None:
    """A conformant client is refused, whatever it lists, and learns why."""
    await legacy.change_client("web", oidc_conformant=True)
    response = await own(legacy.browser())
    assert refusal(response) == (403, "unauthorized_client")
    assert "OIDC-conformant" in response.json()["error_description"]


async def test_clients_that_do_not_list_the_grant(legacy: World) -> None:
    """A legacy client must list the grant type."""
    await legacy.change_client("web", grant_types=("authorization_code", "password"))
    response = await own(legacy.browser())
    assert refusal(response) == (403, "unauthorized_client")
    assert RESOURCE_OWNER in response.json()["error_description"]


async def test_unknown_client(legacy: World) -> None:
    """A client that nobody registered is refused in the wire's words."""
    response = await own(legacy.browser(), client_id="nobody")
    assert refusal(response) == (403, "unauthorized_client")
    assert response.json()["error_description"] == "invalid client"


async def test_switched_off(legacy: World) -> None:
    """The tenant's flag switches the endpoint off."""
    tenant = await legacy.platform.tenants.get(legacy.tenant_id)
    await legacy.change_tenant(flags=type(tenant.settings.flags)(allow_legacy_ro_grant_types=False))
    assert refusal(await own(legacy.browser())) == (404, "endpoint_disabled")


async def test_third_parties_need_consent_of_before(legacy: World) -> None:
    """Somebody else's client needs a stored consent to the whole profile, for nobody can be asked here."""
    await make_legacy(legacy, "third", is_first_party=False)
    assert refusal(await own(legacy.browser(), client_id="third")) == (403, "access_denied")
    for scopes, status in ((("openid",), 403), (("openid", WHOLE_PROFILE), 200)):
        consent = Consent(
            user_id="auth0|ada", client_id="third", audience="", scopes=frozenset(scopes), granted_at=1
        )
        await legacy.commit(legacy.platform.stores.consents.put(legacy.tenant_id, consent))
        assert (await own(legacy.browser(), client_id="third")).status_code == status


async def test_client_without_a_secret_to_sign_with(legacy: World) -> None:
    """A client whose id_tokens are HS256 and that has no secret is told so, and nobody is signed in."""
    await legacy.change_client("web", secrets=())
    response = await own(legacy.browser())
    assert refusal(response) == (400, "invalid_request")
    assert "HS256" in response.json()["error_description"]
    assert legacy.rows("SELECT * FROM access_tokens") == []


# What is refused


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"client_id": ""}, "missing client_id parameter"),
        ({"grant_type": ""}, "missing grant_type parameter"),
        ({"connection": ""}, "missing connection parameter"),
        ({"username": ""}, "missing username parameter"),
        ({"password": ""}, "missing password parameter"),
        ({"scope": "openid offline_access"}, "missing device parameter"),
        ({"connection": "nowhere"}, "the connection was not found"),
    ],
)
async def test_request_that_is_wrong(legacy: World, fields: dict[str, str], words: str) -> None:
    """What is missing or unknown is named in the wire's words, and is on record."""
    response = await own(legacy.browser(), **fields)
    assert refusal(response) == (400, "invalid_request")
    assert response.json()["error_description"] == words
    assert (await newest_log(legacy, "fepft")).description == words


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"grant_type": "client_credentials"}, "unsupported_grant_type", "password or urn:"),
        ({"scope": 'a"b'}, "invalid_scope", "scope is a list"),
        ({"device": "x" * 257}, "invalid_request", "device parameter is longer than 256"),
        ({"audience": "https://api.example.test/timesheets"}, "invalid_request", "/oauth/token"),
    ],
)
async def test_request_for_what_is_not_to_be_had(
    legacy: World, fields: dict[str, str], code: str, words: str
) -> None:
    """What the endpoint does not give is refused with a hint to where it is."""
    response = await own(legacy.browser(), **fields)
    assert refusal(response) == (400, code)
    assert words in response.json()["error_description"]


@pytest.mark.parametrize("scope", [["openid"], {"a": 1}, 1, True])
async def test_scope_that_is_no_text(legacy: World, scope: object) -> None:
    """A scope that is a list, as libraries of our days have it, is refused in the wire's words."""
    response = await legacy.browser().post("/oauth/ro", json={"client_id": "web", "scope": scope})
    assert refusal(response) == (400, "invalid_request")
    assert response.json()["error_description"] == "scope parameter must be a string"


async def test_password_in_the_address(legacy: World) -> None:
    """Parameters in the address are refused: addresses are kept by proxies and logs."""
    response = await legacy.browser().post("/oauth/ro?password=x", data={"client_id": "web"})
    assert refusal(response) == (400, "invalid_request")


async def test_repeated_parameter(legacy: World) -> None:
    """A parameter that came twice is refused."""
    response = await legacy.browser().post(
        "/oauth/ro",
        content="client_id=web&client_id=spa",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert refusal(response) == (400, "invalid_request")


async def test_connection_that_is_closed_to_the_client(legacy: World) -> None:
    """A connection that is not enabled is as unknown as any; that it is there is on record alone."""
    await open_connection_to(legacy, "spa")
    response = await own(legacy.browser())
    assert refusal(response) == (400, "invalid_request")
    assert response.json()["error_description"] == "the connection was not found"
    assert "enabled_clients" in (await newest_log(legacy, "fepft")).details["detail"]


async def test_connection_of_another_kind(legacy: World) -> None:
    """A connection that takes no password says so."""
    other = Connection(connection_id="con_other", name="github", strategy="github", enabled_clients=("web",))
    await legacy.commit(legacy.platform.stores.connections.put(legacy.tenant_id, other))
    response = await own(legacy.browser(), connection="github")
    assert refusal(response) == (400, "invalid_request")
    words = "specified strategy does not support requested operation"
    assert response.json()["error_description"] == words


@pytest.mark.parametrize(
    "fields", [{"password": "wrong"}, {"username": "nobody@example.test"}], ids=["password", "username"]
)
async def test_wrong_password(legacy: World, fields: dict[str, str]) -> None:
    """Whoever proves nobody is told the wire's words, which say nothing of the account."""
    response = await own(legacy.browser(), **fields)
    assert refusal(response) == (401, "invalid_user_password")
    assert response.json()["error_description"] == "Wrong email or password."
    assert (await newest_log(legacy, "fp")).client_id == "web"


async def test_blocked_user(legacy: World) -> None:
    """A blocked user who knows the password is told that they are blocked, and gets nothing."""
    await legacy.change_user("auth0|ada", blocked=True)
    response = await own(legacy.browser())
    assert refusal(response) == (401, "unauthorized")
    assert response.json()["error_description"] == "user is blocked"
    assert legacy.rows("SELECT * FROM access_tokens") == []


async def test_blocking_ends_what_was_given(legacy: World) -> None:
    """A user who is blocked afterwards loses access token and refresh token at once."""
    browser = legacy.browser()
    found = await owned(browser, **LASTING)
    await legacy.change_user("auth0|ada", blocked=True)
    assert (await userinfo(browser, found["access_token"])).status_code == 401
    assert (await refresh(browser, found["refresh_token"])).status_code == 400
    assert (await introspect(browser, found["access_token"])) == {"active": False}


# Races


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"blocked": True}, (401, "unauthorized")),
        ({"last_password_reset": 1_800_000_001}, (401, "invalid_user_password")),
    ],
    ids=["blocked", "new password"],
)
async def test_proof_that_no_longer_holds_gives_nothing(
    legacy: World, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], refused: tuple[int, str]
) -> None:
    """A block, or a new password, that commits between the comparison and the tokens wins."""
    verify = legacy.platform.hasher.check

    async def verify_then_change(password: str, stored: str | None) -> Verdict:
        matches = await verify(password, stored)
        await legacy.change_user("auth0|ada", **change)
        return matches

    monkeypatch.setattr(legacy.platform.hasher, "check", verify_then_change)
    assert refusal(await own(legacy.browser(), **LASTING)) == refused
    assert legacy.rows("SELECT * FROM token_families") == legacy.rows("SELECT * FROM access_tokens") == []


async def test_user_deleted_meanwhile(legacy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who is deleted between the comparison and the tokens gets none."""
    verify = legacy.platform.hasher.check

    async def verify_then_delete(password: str, stored: str | None) -> Verdict:
        matches = await verify(password, stored)
        await legacy.platform.users.delete(legacy.tenant_id, "auth0|ada")
        return matches

    monkeypatch.setattr(legacy.platform.hasher, "check", verify_then_delete)
    assert refusal(await own(legacy.browser())) == (401, "unauthorized")
    assert legacy.rows("SELECT * FROM access_tokens") == []


async def test_many_at_once(legacy: World) -> None:
    """Five sign-ins of one person at once all get tokens of their own, and all count."""
    answers = await asyncio.gather(*(owned(legacy.browser(), **LASTING) for _ in range(5)))
    assert len({answer["refresh_token"] for answer in answers}) == 5
    user = await legacy.platform.users.get(legacy.tenant_id, "auth0|ada")
    assert user is not None
    assert msgspec.structs.asdict(user)["logins_count"] == 5
