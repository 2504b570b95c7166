"""A proof begins a session: its cookie, its lifetimes, its end."""

from http.cookies import SimpleCookie

import httpx2
import msgspec
import pytest
from tests.support.world import PASSWORD, Browser, World, claims_of, forms

from gatewright.tenants.model import SessionCookie

from .visits import ADA, heading, is_done

pytestmark = pytest.mark.anyio
HOUR = 3_600
SESSION, COPY = "__Host-gw_session", "__Host-gw_session_compat"


async def proof(browser: Browser, **parameters: str) -> httpx2.Response:
    """The answer to the sign-in form itself, which sets the cookies."""
    page = await browser.authorize(**parameters)
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    return await browser.post("/u/login", data=data)


def cookies_of(response: httpx2.Response) -> dict[str, dict[str, str]]:
    """The cookies an answer sets, by name, with their attributes in lower case."""
    found = {}
    for line in response.headers.get_list("set-cookie"):
        ((name, morsel),) = SimpleCookie(line).items()
        found[name] = {"value": morsel.value} | {key: str(value) for key, value in morsel.items() if value}
    return found


async def test_cookie_is_out_of_reach_of_scripts_and_other_hosts(world: World) -> None:
    """CVE-2025-48947: the session cookie is HttpOnly, Secure, host-only, and its answer is not cached."""
    answered = await proof(world.browser())
    cookie = cookies_of(answered)[SESSION]
    assert (cookie["httponly"], cookie["secure"], cookie["path"]) == ("True", "True", "/")
    assert "domain" not in cookie
    assert answered.headers["cache-control"] == "no-store"


async def test_cookie_works_in_frames_of_applications(world: World) -> None:
    """Silent authentication needs SameSite=None; a copy without the attribute serves older browsers."""
    cookies = cookies_of(await proof(world.browser()))
    assert cookies[SESSION]["samesite"] == "none"
    assert "samesite" not in cookies[COPY]
    assert cookies[SESSION]["value"] == cookies[COPY]["value"]


async def test_copy_alone_is_enough(world: World) -> None:
    """A browser that drops the SameSite=None cookie stays signed in by the copy."""
    browser = world.browser()
    await browser.sign_in()
    browser.client.cookies.delete(SESSION)
    assert is_done(await browser.authorize())


async def test_cookie_holds_nothing_but_a_secret(world: World) -> None:
    """CVE-2024-4540: the cookie is an opaque secret whose hash alone is stored."""
    cookie = cookies_of(await proof(world.browser()))[SESSION]["value"]
    assert len(cookie) == 43
    assert cookie not in "\n".join(world.dump())


async def test_persistent_cookie_outlives_the_browser(world: World) -> None:
    """By default the cookie lives as long as the session at most."""
    cookie = cookies_of(await proof(world.browser()))[SESSION]
    assert cookie["max-age"] == str(168 * HOUR)


async def test_non_persistent_cookie_ends_with_the_browser(world: World) -> None:
    """With session_cookie.mode "non-persistent" the cookie has no age."""
    await world.change_tenant(session_cookie=SessionCookie(mode="non-persistent"))
    cookie = cookies_of(await proof(world.browser()))[SESSION]
    assert "max-age" not in cookie
    assert "expires" not in cookie


async def test_id_changes_at_each_sign_in(world: World) -> None:
    """CVE-2026-7507: each proof begins a session of its own, and the browser's earlier one is over."""
    browser = world.browser()
    first = cookies_of(await proof(browser))[SESSION]["value"]
    second = cookies_of(await proof(browser, prompt="login"))[SESSION]["value"]
    assert first != second
    thief = world.browser()
    thief.client.cookies.set(SESSION, first, domain="id.example.test")
    assert heading(await thief.authorize()) == "Sign in to Web App"


async def test_planted_cookie_becomes_nobody_s_session(world: World) -> None:
    """CVE class "session fixation": a session id that was planted before is not the one signed in."""
    browser = world.browser()
    browser.client.cookies.set(SESSION, "A" * 43, domain="id.example.test")
    answered = await proof(browser)
    assert cookies_of(answered)[SESSION]["value"] != "A" * 43
    assert world.rows("SELECT count(*) FROM sessions") == [(1,)]


async def test_wrong_password_leaves_the_session_alone(world: World) -> None:
    """A failed sign-in neither ends nor renews the session there was."""
    browser = world.browser()
    await browser.sign_in()
    page = await browser.authorize(prompt="login")
    refused = await browser.submit(page, username=ADA, password="wrong")
    assert "set-cookie" not in refused.headers
    assert is_done(await browser.authorize())


async def test_idle_lifetime(world: World) -> None:
    """A session that nobody uses ends after its idle lifetime; use extends it."""
    await world.change_tenant(idle_session_lifetime=2, session_lifetime=24)
    browser = world.browser()
    await browser.sign_in()
    for _ in range(3):
        world.clock.advance(int(1.5 * HOUR))
        assert is_done(await browser.authorize())
    world.clock.advance(2 * HOUR)
    assert heading(await browser.authorize()) == "Sign in to Web App"


async def test_absolute_lifetime(world: World) -> None:
    """A session ends after its absolute lifetime however much it is used."""
    await world.change_tenant(idle_session_lifetime=2, session_lifetime=4)
    browser = world.browser()
    await browser.sign_in()
    for _ in range(3):
        world.clock.advance(HOUR)
        assert is_done(await browser.authorize())
    world.clock.advance(HOUR)
    assert heading(await browser.authorize()) == "Sign in to Web App"


async def test_auth_time_stays_while_a_session_is_used(world: World) -> None:
    """auth_time is that of the proof, to the second, however often the session is used."""
    browser = world.browser()
    first = claims_of((await browser.tokens(max_age="9999"))["id_token"])
    world.clock.advance(600)
    second = claims_of((await browser.tokens(max_age="9999"))["id_token"])
    assert (first["auth_time"], first["sid"]) == (second["auth_time"], second["sid"])
    assert second["auth_time"] == world.clock.now() - 600


async def test_session_remembers_its_applications(world: World) -> None:
    """A session knows each application that took part in it, once."""
    browser = world.browser()
    await browser.sign_in()
    await browser.authorize()
    page = await browser.authorize(client_id="third", redirect_uri="https://third.example.test/callback")
    await browser.submit(page, action="accept")
    (session,) = await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada")
    assert session.clients == ("web", "third")
    assert (session.ip, session.amr) == ("203.0.113.7", ("pwd",))


@pytest.mark.parametrize("what", ["blocked", "deleted"])
async def test_user_who_is_shut_out_has_no_session(world: World, what: str) -> None:
    """CVE-2025-65430: the session of a blocked or deleted user opens nothing from that moment on."""
    browser = world.browser()
    await browser.sign_in()
    if what == "blocked":
        await world.change_user("auth0|ada", blocked=True)
    else:
        await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert heading(await browser.authorize()) == "Sign in to Web App"


async def test_deleting_a_user_ends_sessions_and_refresh_tokens(world: World) -> None:
    """Who is deleted leaves no session and no refresh token behind."""
    browser = world.browser()
    tokens = await browser.tokens(scope="openid offline_access")
    await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada") == []
    answered = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answered.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "A" * 5_000, "ü", "%00", '"', "a=b"])
async def test_tampered_session_cookie_is_none(world: World, cookie: str) -> None:
    """CVE-2026-25748: a session cookie that is not ours is as good as none."""
    browser = world.browser()
    page = await browser.get(
        "/authorize?client_id=web&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.test%2Fcallback",
        headers=[(b"cookie", f"{SESSION}={cookie}".encode())],
    )
    assert page.headers["location"].startswith("/u/login?state=")


async def test_browsers_have_sessions_of_their_own(world: World) -> None:
    """Signing out in one browser leaves the other signed in."""
    one, other = world.browser(), world.browser()
    await one.sign_in()
    await other.sign_in()
    await one.get("/v2/logout")
    assert heading(await one.authorize()) == "Sign in to Web App"
    assert is_done(await other.authorize())


async def test_plain_http_on_this_machine_works_too(world: World) -> None:
    """A tenant on plain http signs people in with cookies that need no TLS."""
    tenant = await world.platform.tenants.get(world.tenant_id)
    plain = msgspec.structs.replace(tenant, issuer="http://id.example.test/")
    await world.platform.bus.commit(world.platform.stores.tenants.put(plain))
    browser = world.browser(base=plain.issuer)
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    answered = await browser.post("/u/login", data=data, headers={"origin": "http://id.example.test"})
    (session,) = answered.headers.get_list("set-cookie")
    assert session.startswith("gw_session=")
    assert "secure" not in session.lower()
    assert is_done(await browser.follow(answered))
    assert is_done(await browser.authorize())
