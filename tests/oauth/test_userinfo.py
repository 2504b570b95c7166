"""Userinfo: three ways to ask, and every way to be refused (OIDC Core §5.3, RFC 6750)."""

import re
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs
from tests.support.protocol import bearer, encoded, refresh, refusal, userinfo
from tests.support.world import API, ISSUER, SECRET, World, claims_of

from gatewright.protection import TOKEN_PER_IP
from gatewright.users import User

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /userinfo", "POST /userinfo")]

LIBRARY = {"auth0-client": "eyJuYW1lIjoicGFzc3BvcnQtYXV0aDAifQ=="}

FULL: dict[str, Any] = {
    "name": "Ada Example",
    "given_name": "Ada",
    "family_name": "Example",
    "middle_name": "King",
    "nickname": "ada",
    "preferred_username": "ada",
    "profile": "https://example.test/ada",
    "picture": "https://example.test/ada.png",
    "website": "https://ada.example.test",
    "gender": "female",
    "birthdate": "1815-12-10",
    "zoneinfo": "Europe/London",
    "locale": "en-GB",
    "email_verified": True,
    "phone_number": "+44 20 7946 0000",
    "phone_verified": True,
    "address": {"locality": "London", "country": "UK"},
}


async def access_token(world: World, **parameters: str) -> str:
    found: str = (await world.browser().tokens(**parameters))["access_token"]
    return found


def challenge(response: httpx2.Response) -> dict[str, str]:
    """The parameters of the Bearer challenge."""
    scheme, _, rest = response.headers["www-authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


async def test_get(world: World) -> None:
    """GET with a bearer header answers JSON that nobody keeps."""
    response = await userinfo(world.browser(), await access_token(world))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {"sub": "auth0|ada"}


async def test_post_with_header(world: World) -> None:
    """POST with a bearer header answers the same."""
    response = await world.browser().post("/userinfo", headers=bearer(await access_token(world)))
    assert response.json() == {"sub": "auth0|ada"}


async def test_post_with_body(world: World) -> None:
    """POST with the token in a form body answers the same (RFC 6750 §2.2)."""
    response = await world.browser().post("/userinfo", data={"access_token": await access_token(world)})
    assert response.json() == {"sub": "auth0|ada"}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_scheme_in_any_case(world: World, scheme: str) -> None:
    """The scheme's name is case-insensitive (RFC 9110 §11.1)."""
    header = {"authorization": f"{scheme} {await access_token(world)}"}
    assert (await world.browser().get("/userinfo", headers=header)).status_code == 200


async def test_jwt_with_openid(world: World) -> None:
    """A JWT for an API that was granted openid opens userinfo as well."""
    token = await access_token(world, audience=API, scope="openid email")
    found = (await userinfo(world.browser(), token)).json()
    assert found == {"sub": "auth0|ada", "email": "ada@example.test", "email_verified": True}


SCOPES = {
    "profile": {
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    },
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("audience", ["", API])
async def test_claims_of_each_scope(world: World, scope: str, audience: str) -> None:
    """Each scope tells its claims of OIDC Core §5.4, all of them and no others."""
    await world.change_user("auth0|ada", **FULL)
    token = await access_token(world, scope=f"openid {scope}", audience=audience)
    assert set((await userinfo(world.browser(), token)).json()) == {"sub", *SCOPES[scope]}


async def test_types_of_claims(world: World) -> None:
    """Verified flags are booleans, updated_at a number, address an object."""
    await world.change_user("auth0|ada", **FULL)
    token = await access_token(world, scope="openid profile email address phone")
    found = (await userinfo(world.browser(), token)).json()
    assert found["email_verified"] is True
    assert found["phone_number_verified"] is True
    assert found["updated_at"] == world.clock.now()
    assert found["address"] == FULL["address"]


async def test_what_is_not_known_is_left_out(world: World) -> None:
    """A claim without a value is left out, never null or empty (OIDC Core §5.3.2)."""
    token = await access_token(world, scope="openid profile email address phone")
    found = (await userinfo(world.browser(), token)).json()
    assert all(value not in (None, "", {}, []) for value in found.values())


async def test_newest_values(world: World) -> None:
    """Userinfo tells what is known now, not what was known at sign-in."""
    token = await access_token(world, scope="openid name")
    await world.change_user("auth0|ada", name="Ada Lovelace")
    assert (await userinfo(world.browser(), token)).json()["name"] == "Ada Lovelace"


async def test_no_token(world: World) -> None:
    """Without a token the challenge names no error (RFC 6750 §3.1)."""
    response = await world.browser().get("/userinfo")
    assert response.status_code == 401
    assert challenge(response) == {"realm": "Users"}


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Basic d2ViOng="},
        {"authorization": ""},
        {"authorization": "Token abc"},
        {"cookie": "access_token=abc"},
    ],
)
async def test_header_without_a_token(world: World, headers: dict[str, str]) -> None:
    """A header that holds no bearer token is none."""
    response = await world.browser().get("/userinfo", headers=headers)
    assert response.status_code == 401
    assert challenge(response) == {"realm": "Users"}


async def test_token_in_the_url(world: World) -> None:
    """A token in the URL is not read (RFC 6750 §2.3)."""
    token = await access_token(world)
    assert (await world.browser().get(f"/userinfo?access_token={token}")).status_code == 401


async def test_token_in_the_url_of_the_vendors_library(world: World) -> None:
    """passport-auth0 knows no other way, and names itself in a header that no link can send."""
    token, browser = await access_token(world), world.browser()
    response = await browser.get(f"/userinfo?access_token={token}", headers=LIBRARY)
    assert response.json()["sub"] == "auth0|ada"
    assert response.headers["cache-control"] == "no-store"
    assert (await browser.get("/userinfo?access_token=wrong", headers=LIBRARY)).status_code == 401


@pytest.mark.parametrize("again", ["header", "query"])
async def test_token_of_the_vendors_library_sent_twice(world: World, again: str) -> None:
    """A token that came in two ways, or twice in one, is refused from the library too."""
    token = await access_token(world)
    query = f"access_token={token}" + (f"&access_token={token}" if again == "query" else "")
    headers = {**LIBRARY, **(bearer(token) if again == "header" else {})}
    response = await world.browser().get(f"/userinfo?{query}", headers=headers)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"


async def test_token_in_the_url_of_a_post(world: World) -> None:
    """A posted request has a body for its token, from the library too."""
    token = await access_token(world)
    response = await world.browser().post(f"/userinfo?access_token={token}", headers=LIBRARY)
    assert response.status_code == 401


async def test_token_sent_twice(world: World) -> None:
    """A token in header and body at once is an invalid_request (RFC 6750 §2)."""
    token = await access_token(world)
    response = await world.browser().post("/userinfo", headers=bearer(token), data={"access_token": token})
    assert refusal(response) == (400, "invalid_request")
    assert challenge(response)["error"] == "invalid_request"


async def test_token_repeated_in_the_body(world: World) -> None:
    """A token that stands twice in the body is an invalid_request."""
    response = await world.browser().post(
        "/userinfo",
        content="access_token=a&access_token=a",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert refusal(response) == (400, "invalid_request")


@pytest.mark.parametrize("content", [b"access_token=%ff", b"access_token=a%00", b"a=" + b"x" * 70_000])
async def test_body_that_cannot_be_read(world: World, content: bytes) -> None:
    """A body that cannot be read is an invalid_request."""
    response = await world.browser().post(
        "/userinfo", content=content, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert refusal(response) == (400, "invalid_request")


async def test_token_in_a_json_body(world: World) -> None:
    """A token in a JSON body is not one of the ways of RFC 6750."""
    response = await world.browser().post("/userinfo", json={"access_token": await access_token(world)})
    assert response.status_code == 401


async def wrong_tokens(world: World) -> dict[str, str]:
    browser = world.browser()
    tokens = await browser.tokens(scope="openid offline_access read:timesheets", audience=API)
    jwt = tokens["access_token"]
    header, payload, signature = jwt.split(".")
    claims = claims_of(jwt)
    machine = await browser.token(grant_type="client_credentials", audience=API)
    api_only = await browser.tokens(scope="read:timesheets", audience=API)
    return {
        "unknown": "a" * 43,
        "short": "x",
        "two words": "a b",
        "id_token": tokens["id_token"],
        "refresh token": tokens["refresh_token"],
        "for an API alone": api_only["access_token"],
        "of a client": machine.json()["access_token"],
        "tampered": f"{header}.{encoded({**claims, 'sub': 'auth0|bob'})}.{signature}",
        "unsigned": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "HS256": f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{payload}.{signature}",
        "critical header": f"{encoded({'alg': 'RS256', 'crit': ['x'], 'x': 1})}.{payload}.{signature}",
        "no JSON": f"{header}.{encoded(b'nonsense')}.{signature}",
        "empty parts": "..",
        "five parts": "a.b.c.d.e",
        "very long": "a." * 10_000,
        "longest unknown": "x" * 20_000,
        "not ASCII": "\u00e9" * 43,
    }


async def test_wrong_tokens(world: World) -> None:
    """Whatever is no access token for userinfo is an invalid_token, in JSON and in the challenge."""
    browser = world.browser()
    for kind, token in (await wrong_tokens(world)).items():
        response = await browser.get("/userinfo", headers=[(b"authorization", b"Bearer " + token.encode())])
        assert refusal(response) == (401, "invalid_token"), kind
        assert challenge(response)["error"] == "invalid_token", kind
        assert len(response.headers["www-authenticate"]) < 1_000, kind


async def test_endless_token(world: World) -> None:
    """A token longer than any we issue is told so, and not looked up."""
    response = await userinfo(world.browser(), "x" * 20_000)
    assert "longer than any" in response.json()["error_description"]


async def test_expired_token(world: World) -> None:
    """An opaque token lives for a day."""
    token = await access_token(world)
    world.clock.advance(86_399)
    assert (await userinfo(world.browser(), token)).status_code == 200
    world.clock.advance(1)
    assert refusal(await userinfo(world.browser(), token)) == (401, "invalid_token")


async def test_expired_jwt(world: World) -> None:
    """A JWT is refused from its last second on."""
    await world.change_api(API, token_lifetime=60)
    token = await access_token(world, audience=API)
    world.clock.advance(60)
    assert refusal(await userinfo(world.browser(), token)) == (401, "invalid_token")


async def test_token_without_openid(world: World) -> None:
    """An opaque token without openid is good, but not for this (RFC 6750 §3.1)."""
    response = await userinfo(world.browser(), await access_token(world, scope="email"))
    assert refusal(response) == (403, "insufficient_scope")
    assert challenge(response)["error"] == "insufficient_scope"


@pytest.mark.parametrize("audience", ["", API])
async def test_blocked_user(world: World, audience: str) -> None:
    """The tokens of a blocked user stop working at once."""
    token = await access_token(world, audience=audience)
    await world.change_user("auth0|ada", blocked=True)
    assert refusal(await userinfo(world.browser(), token)) == (401, "invalid_token")


@pytest.mark.parametrize("audience", ["", API])
async def test_deleted_user(world: World, audience: str) -> None:
    """The tokens of a deleted user stop working at once."""
    token = await access_token(world, audience=audience)
    await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert refusal(await userinfo(world.browser(), token)) == (401, "invalid_token")


@pytest.mark.parametrize("audience", ["", API])
async def test_deleted_client(world: World, audience: str) -> None:
    """The tokens of a deleted client stop working at once."""
    token = await access_token(world, audience=audience)
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "web"))
    assert refusal(await userinfo(world.browser(), token)) == (401, "invalid_token")


@pytest.mark.parametrize("audience", ["", API])
async def test_revoked_with_its_refresh_token(world: World, audience: str) -> None:
    """Revoking the refresh token of a grant ends its access tokens (RFC 7009 §2.1)."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid offline_access", audience=audience)
    body = {"client_id": "web", "client_secret": SECRET, "token": tokens["refresh_token"]}
    assert (await browser.post("/oauth/revoke", data=body)).status_code == 200
    assert refusal(await userinfo(browser, tokens["access_token"])) == (401, "invalid_token")
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")


async def test_guessed_tokens_are_counted(world: World) -> None:
    """Guessing access tokens is stopped by address, and the answer says for how long."""
    browser = world.browser()
    for _ in range(TOKEN_PER_IP.attempts):
        assert (await userinfo(browser, "guess")).status_code == 401
    response = await userinfo(browser, "guess")
    assert refusal(response) == (429, "too_many_attempts")
    assert response.headers["retry-after"] == "60"


async def test_expired_tokens_are_no_guesses(world: World) -> None:
    """A back end with many late tokens is not taken for an attacker."""
    await world.change_api(API, token_lifetime=60)
    browser = world.browser()
    token = await access_token(world, audience=API)
    world.clock.advance(60)
    for _ in range(TOKEN_PER_IP.attempts + 2):
        assert (await userinfo(browser, token)).status_code == 401


async def test_issuer_of_another_tenant(world: World) -> None:
    """A token of another issuer is refused, whatever else it says."""
    token = await access_token(world, audience=API)
    header, _, signature = token.split(".")
    foreign = f"{header}.{encoded({**claims_of(token), 'iss': 'https://other.test/'})}.{signature}"
    response = await userinfo(world.browser(), foreign)
    assert refusal(response) == (401, "invalid_token")
    assert ISSUER in response.json()["error_description"]


def test_every_standard_claim_is_a_field() -> None:
    """The user model has a place for each claim of the tests' full user."""
    assert set(FULL) <= set(User.__struct_fields__)


async def test_a_refused_token_is_diagnosed_in_the_log(world: World) -> None:
    """The log says what was seen, what was expected and what to change, and does not hold the token."""
    browser = world.browser()
    await browser.sign_in()
    token = (await browser.tokens(scope="openid"))["id_token"]
    with capture_logs() as lines:
        assert (await userinfo(browser, token)).status_code == 401
    (line,) = [each for each in lines if each["event"] == "token refused"]
    assert line["code"] == "id_token_sent"
    assert {"seen", "expected", "change"} <= line.keys()
    assert token.rpartition(".")[2] not in str(lines)
