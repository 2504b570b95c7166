"""Which scripts may read which answers (the wire §1.4)."""

import httpx2
import pytest
from tests.support.protocol import bearer, refresh, spa_tokens
from tests.support.world import SECRET, World

from gatewright.web.cors import CrossOrigin
from gatewright.web.routing import Route

pytestmark = pytest.mark.anyio

SPA_ORIGIN = "https://spa.example.test"
STRANGER = "https://stranger.test"
WANTED = (
    "Content-Type",
    "Authorization",
    "Auth0-Client",
    "X-Request-Language",
    "DPoP",
    "Auth0-Custom-Domain",
)
READ_BY_SDKS = (
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "DPoP-Nonce",
    "WWW-Authenticate",
)


def routes(world: World, kind: CrossOrigin) -> list[Route]:
    return [route for route in world.app.router.routes.values() if route.cross_origin is kind]


def allowed(response: httpx2.Response) -> str | None:
    origin: str | None = response.headers.get("access-control-allow-origin")
    return origin


async def test_which_routes_scripts_may_call(world: World) -> None:
    """Scripts may call what gives or takes tokens or codes, userinfo, documents and own forms; no page."""
    assert {route.path for route in routes(world, CrossOrigin.CLIENT)} == {
        "/oauth/token",
        "/oauth/revoke",
        "/delegation",
        "/dbconnections/signup",
        "/dbconnections/change_password",
        "/public/api/users/validate_userpassword",
        "/oauth/ro",
        "/oauth/access_token",
        "/usernamepassword/login",
        "/passwordless/start",
        "/passwordless/verify",
    }
    assert {route.path for route in routes(world, CrossOrigin.COOKIES_OF_CLIENT)} == {
        "/user/ssodata",
        "/user/ssodata/",
        "/co/authenticate",
    }
    assert {route.path for route in routes(world, CrossOrigin.ANY)} == {
        "/userinfo",
        "/tokeninfo",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        *("/pem", "/cer", "/pb7", "/rawpem"),
        "/dbconnections/signup/challenge",
        "/dbconnections/change_password/challenge",
        "/passwordless/challenge",
        "/public/api/{client_id}/connections",
        "/user/geoloc/country",
    }


async def test_preflight(world: World) -> None:
    """A preflight is answered with the origin, the methods and every header that SDKs send."""
    for route in (*routes(world, CrossOrigin.CLIENT), *routes(world, CrossOrigin.ANY)):
        headers = {"origin": SPA_ORIGIN, "access-control-request-method": "POST"}
        response = await world.browser().client.options(route.path, headers=headers)
        assert response.status_code == 204
        assert allowed(response) == SPA_ORIGIN
        assert response.headers["access-control-allow-methods"] == ", ".join(sorted(route.methods))
        names = response.headers["access-control-allow-headers"].lower().split(", ")
        assert {name.lower() for name in WANTED} <= set(names)
        assert response.headers["vary"] == "Origin"


async def test_pages_answer_no_preflight(world: World) -> None:
    """No page and no cookie-bound endpoint can be called by a script of another origin."""
    for route in routes(world, CrossOrigin.NONE):
        headers = {"origin": SPA_ORIGIN, "access-control-request-method": "POST"}
        response = await world.browser().client.options(route.path, headers=headers)
        assert response.status_code == 405
        assert allowed(response) is None


async def test_no_answer_allows_credentials(world: World) -> None:
    """No answer lets scripts of other origins send the browser's cookies, but where they bring a password.

    There a client's own pages are told why they may not, whoever the browser's cookies belong to.
    """
    for route in world.app.router.routes.values():
        if route.path == "/co/authenticate":
            continue
        for method in ("OPTIONS", *route.methods):
            response = await world.browser().client.request(
                method, route.path, headers={"origin": SPA_ORIGIN}
            )
            assert "access-control-allow-credentials" not in response.headers


async def test_client_reads_its_tokens(world: World) -> None:
    """The origin of a client's callback or web origin reads the token answer."""
    browser = world.browser()
    tokens = await spa_tokens(browser)
    browser.client.headers["origin"] = SPA_ORIGIN
    response = await refresh(browser, tokens["refresh_token"], client_id="spa", client_secret="")
    assert response.status_code == 200
    assert allowed(response) == SPA_ORIGIN
    assert response.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    [
        STRANGER,
        "https://spa.example.test:8443",
        "http://spa.example.test",
        "https://SPA.example.test",
        "https://spa.example.test.evil.test",
        "https://spa.example.test/",
        "null",
        "",
        "https://app.example.test",
    ],
)
async def test_strangers_read_nothing(world: World, origin: str) -> None:
    """An origin that is not the client's reads no token answer."""
    browser = world.browser()
    tokens = await spa_tokens(browser)
    browser.client.headers["origin"] = origin
    response = await refresh(browser, tokens["refresh_token"], client_id="spa", client_secret="")
    assert allowed(response) is None


@pytest.mark.parametrize("field", ["web_origins", "allowed_origins"])
async def test_listed_origins(world: World, field: str) -> None:
    """Origins that the client lists read its answers, with or without a slash in the list."""
    await world.change_client("spa", **{field: ("https://listed.example.test/",)})
    browser = world.browser()
    browser.client.headers["origin"] = "https://listed.example.test"
    response = await refresh(browser, "x", client_id="spa", client_secret="")
    assert allowed(response) == "https://listed.example.test"


async def test_callback_origins(world: World) -> None:
    """The origins of a client's callbacks read its answers, native schemes aside."""
    await world.change_client("spa", callbacks=("http://localhost:3000/cb", "com.app:/cb"), web_origins=())
    browser = world.browser()
    browser.client.headers["origin"] = "http://localhost:3000"
    assert allowed(await refresh(browser, "x", client_id="spa", client_secret="")) == "http://localhost:3000"


async def test_client_reads_why_it_was_refused(world: World) -> None:
    """A script reads the refusal of its own client, wrong secrets included: else nobody finds the mistake."""
    browser = world.browser()
    browser.client.headers["origin"] = "https://app.example.test"
    response = await refresh(browser, "x", client_secret="wrong")
    assert response.status_code == 401
    assert allowed(response) == "https://app.example.test"


async def test_refusal_before_the_client_is_known(world: World) -> None:
    """Where no client is known nobody's script reads the answer."""
    response = await world.browser().post("/oauth/token", data={"a": "b"}, headers={"origin": SPA_ORIGIN})
    assert response.status_code == 400
    assert allowed(response) is None
    assert response.headers["vary"] == "Origin"


async def test_revocation(world: World) -> None:
    """The revocation endpoint's answer is read by the client's origins."""
    response = await world.browser().post(
        "/oauth/revoke", data={"client_id": "spa", "token": "x"}, headers={"origin": SPA_ORIGIN}
    )
    assert response.status_code == 200
    assert allowed(response) == SPA_ORIGIN


async def test_introspection_is_not_for_scripts(world: World) -> None:
    """No script reads what introspection answers: its clients have secrets."""
    response = await world.browser().post(
        "/oauth/introspect",
        data={"client_id": "web", "client_secret": SECRET, "token": "x"},
        headers={"origin": "https://app.example.test"},
    )
    assert response.status_code == 200
    assert allowed(response) is None


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_userinfo_refusals_are_readable(world: World, token: str) -> None:
    """A script of any origin reads userinfo's answers, refusals and their challenge included."""
    response = await world.browser().get("/userinfo", headers={**bearer(token), "origin": STRANGER})
    assert response.status_code == 401
    assert allowed(response) == "*"
    exposed = response.headers["access-control-expose-headers"].split(", ")
    assert set(READ_BY_SDKS) <= set(exposed)


async def test_userinfo(world: World) -> None:
    """A script of any origin reads userinfo with a token it has."""
    browser = world.browser()
    token = (await browser.tokens())["access_token"]
    response = await browser.get("/userinfo", headers={**bearer(token), "origin": STRANGER})
    assert (response.status_code, allowed(response)) == (200, "*")


async def test_refused_method_is_readable(world: World) -> None:
    """A script reads that it used the wrong method."""
    response = await world.browser().client.put("/userinfo", headers={"origin": STRANGER})
    assert (response.status_code, allowed(response)) == (405, "*")


async def test_server_without_a_browser(world: World) -> None:
    """An answer to a caller without an origin has no CORS headers."""
    response = await world.browser().token(grant_type="x")
    assert allowed(response) is None
    assert "vary" not in response.headers
