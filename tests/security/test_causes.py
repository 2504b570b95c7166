"""One regression test at least for each cause in the field's security record, named after it.

The numbers are rows of the checklist; the CVE is the best known case of each.
Rows about what does not exist here (SAML, social login, uploads, code of tenants) have no test yet.
"""

import re

import httpx2
import msgspec
import pytest
from tests.security.raw import send
from tests.support.protocol import (
    PKCE,
    SPA,
    THIRD,
    basic,
    bearer,
    encoded,
    introspect,
    is_login_page,
    is_shown,
    open_connection_to,
    posted_form,
    refresh,
    refusal,
    sign_in_to,
    spa_redeem,
    userinfo,
)
from tests.support.world import (
    API,
    CALLBACK,
    CONNECTION,
    ISSUER,
    PASSWORD,
    SECRET,
    Browser,
    World,
    answer,
    claims_of,
    forms,
    request_of,
    text_of,
)

from gatewright.jose import sign_with_secret
from gatewright.users import email_identifier
from gatewright.web.address import client_address

pytestmark = pytest.mark.anyio

OFFLINE = "openid offline_access"
EVE = "eve@example.test"


async def test_01_redirect_uri_compared_by_prefix(world: World) -> None:
    """CVE-2024-8883: what begins like a registered redirect URI is not one."""
    for uri in (CALLBACK + ".evil.test", CALLBACK + "@evil.test", CALLBACK + "/../../evil"):
        assert is_shown(await world.browser().authorize(redirect_uri=uri))


async def test_01_redirect_uri_read_as_a_pattern(world: World) -> None:
    """CVE-2024-52289: a dot in a registered redirect URI stands for a dot."""
    assert is_shown(await world.browser().authorize(redirect_uri="https://appXexample.test/callback"))


async def test_02_open_redirect_after_logout(world: World) -> None:
    """CVE-2021-43812: logout leads to registered addresses alone."""
    for target in ("https://evil.test/", "//evil.test", "/\\evil.test", "https:evil.test"):
        response = await world.browser().get("/v2/logout", params={"client_id": "web", "returnTo": target})
        assert is_shown(response)


async def test_02_home_of_the_application_is_where_its_callback_is(world: World) -> None:
    """A request cannot choose where the pages of a finished login lead."""
    browser = world.browser()
    page = await browser.authorize(initiate_login_uri="https://evil.test/", home_url="https://evil.test/")
    state = forms(page)[0]["fields"]["state"]
    await sign_in_to(browser, page)
    again = await browser.get(f"/u/login?state={state}")
    assert "evil.test" not in again.text
    assert 'href="https://app.example.test' in again.text


async def test_03_parameter_pollution(world: World) -> None:
    """CVE-2026-9689: a second redirect_uri is not taken instead of the first, nor the first instead of it."""
    query = httpx2.QueryParams(request_of())
    for first, second in ((CALLBACK, "https://evil.test/"), ("https://evil.test/", CALLBACK)):
        asked = str(query.set("redirect_uri", first)) + f"&redirect_uri={second}"
        assert is_shown(await world.browser().get(f"/authorize?{asked}"))


async def test_04_script_scheme(world: World) -> None:
    """CVE-2024-21637: no redirect runs a script, registered or not."""
    await world.change_client("web", callbacks=("javascript:alert(1)",))
    assert is_shown(await world.browser().authorize(redirect_uri="javascript:alert(1)"))


async def test_04_form_post_reflects_markup(world: World) -> None:
    """CVE-2026-42849: a state full of markup stays a value."""
    state = "'\"><img src=x onerror=alert(1)>"
    page = await world.browser().authorize(response_mode="form_post", prompt="none", state=state)
    assert "<img" not in page.text
    assert posted_form(page)[1]["state"] == state


async def test_04_error_page_reflects_markup(world: World) -> None:
    """GO-2026-4861: what a request says is text on the error page."""
    page = await world.browser().authorize(client_id="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in page.text
    assert "<img src=x onerror=alert(1)>" in text_of(page)


async def reset_link(world: World, browser: Browser, email: str = "ada@example.test") -> str:
    """The link that a person who forgot the password finds in the mail."""
    state = forms(await browser.authorize(prompt="login"))[0]["fields"]["state"]
    await browser.submit(await browser.get(f"/u/reset-password?state={state}"), email=email)
    link = re.search(r"https?://\S+ticket=\S+", (await world.mails())[-1]["text"])
    assert link is not None
    return link[0]


async def test_05_password_set_without_the_mailed_secret(world: World) -> None:
    """CVE-2026-18963: no form sets a password unless it carries the mailed secret."""
    browser = world.browser()
    link = await reset_link(world, browser)
    fields = forms(await browser.get(link))[0]["fields"]
    new = "A-Stolen-Password-1"
    for ticket in ("", "a" * 43, fields["ticket"][:-1], fields["ticket"] + "x"):
        body = {**fields, "ticket": ticket, "password": new}
        assert (await browser.post("/u/reset-verify", data=body)).status_code == 400
    with_right = await world.browser().sign_in(password=PASSWORD)
    assert "code" in answer(with_right)


async def test_05_reset_link_follows_the_host_header(world: World) -> None:
    """GHSA-2wmj-46rj-qm2w: mailed links come from configuration, not from a header."""
    browser = world.browser()
    browser.client.headers.update({"x-forwarded-host": "evil.test", "forwarded": "host=evil.test"})
    assert (await reset_link(world, browser)).startswith(ISSUER)


async def test_05_reset_link_used_twice(world: World) -> None:
    """A reset link sets one password."""
    browser = world.browser()
    page = await browser.get(await reset_link(world, browser))
    first = await browser.submit(page, password="A-New-Password-1")
    assert first.status_code == 200
    second = await browser.submit(page, password="A-New-Password-2")
    assert second.status_code == 400
    assert "code" in answer(await world.browser().sign_in(password="A-New-Password-1"))


async def test_06_accounts_linked_by_address(world: World) -> None:
    """CVE-2026-15571: the same address in another connection is another person."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    staff = msgspec.structs.replace(connection, connection_id="con_staff", name="staff")
    await world.commit(world.platform.stores.connections.put(world.tenant_id, staff))
    user = world.platform.users.database_user("staff", email="ada@example.test", subject="staff-ada")
    digest = await world.platform.hasher.hash("Staff-Password-1")
    await world.platform.users.add(world.tenant_id, user, (email_identifier("ada@example.test"),), digest)
    seen = set()
    for name, password in ((CONNECTION, PASSWORD), ("staff", "Staff-Password-1")):
        browser = world.browser()
        page = await browser.authorize(connection=name)
        code = answer(await browser.submit(page, username="ada@example.test", password=password))["code"]
        seen.add(claims_of((await browser.redeem(code)).json()["id_token"])["sub"])
    assert seen == {"auth0|ada", "auth0|staff-ada"}


async def test_07_mutable_name_as_key(world: World) -> None:
    """CVE-2025-65431: a changed address or name does not make another person of anybody."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    await world.change_user("auth0|ada", email="new@example.test", name="New", preferred_username="new")
    refreshed = (await refresh(browser, tokens["refresh_token"])).json()
    assert claims_of(refreshed["id_token"])["sub"] == "auth0|ada"


async def test_10_user_enumeration_by_text(world: World) -> None:
    """An unknown address and a wrong password are told alike."""
    told = set()
    for email in ("ada@example.test", EVE):
        browser = world.browser()
        page = await browser.submit(await browser.authorize(), username=email, password="Wrong-1")
        told.add(text_of(page).replace(email, ""))
    assert len(told) == 1


async def test_11_session_fixation(world: World) -> None:
    """CVE-2024-7341: a session cookie planted before the login is not the one after it."""
    browser = world.browser()
    planted = "p" * 43
    browser.client.cookies.set("__Host-gw_session", planted, domain="id.example.test")
    await browser.sign_in()
    attacker = world.browser()
    attacker.client.cookies.set("__Host-gw_session", planted, domain="id.example.test")
    assert answer(await attacker.authorize(prompt="none"))["error"] == "login_required"


async def test_11_session_id_changes_with_each_login(world: World) -> None:
    """A new proof makes a new session, and the old cookie is dead."""
    browser = world.browser()
    await browser.sign_in()
    old = dict(browser.client.cookies)
    await sign_in_to(browser, await browser.authorize(prompt="login"))
    assert dict(browser.client.cookies)["__Host-gw_session"] != old["__Host-gw_session"]
    thief = world.browser()
    thief.client.cookies.update(old)
    assert answer(await thief.authorize(prompt="none"))["error"] == "login_required"


async def test_11_login_csrf(world: World) -> None:
    """A login begun in the attacker's browser cannot be finished in the victim's."""
    attacker, victim = world.browser(), world.browser()
    fields = forms(await attacker.authorize())[0]["fields"]
    await victim.authorize()
    body = {**fields, "username": "ada@example.test", "password": PASSWORD}
    response = await victim.post("/u/login", data=body)
    assert "__Host-gw_session" not in victim.client.cookies
    assert "code=" not in response.headers.get("location", "")


async def test_12_code_used_twice(world: World) -> None:
    """CVE-2026-4282: a code works once, and its reuse takes back what it gave."""
    browser = world.browser()
    code = await browser.code()
    token = (await browser.redeem(code)).json()["access_token"]
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")
    assert refusal(await userinfo(browser, token)) == (401, "invalid_token")


async def test_13_refresh_token_used_twice(world: World) -> None:
    """CVE-2026-1035: a replaced refresh token ends its family."""
    browser = world.browser()
    token = (await browser.tokens(scope=OFFLINE))["refresh_token"]
    newest = (await refresh(browser, token)).json()["refresh_token"]
    world.clock.advance(60)
    assert refusal(await refresh(browser, token)) == (400, "invalid_grant")
    assert refusal(await refresh(browser, newest)) == (400, "invalid_grant")


async def test_14_pkce_skipped(world: World) -> None:
    """CVE-2024-23647: a code asked for with a challenge is not given without its verifier."""
    browser = world.browser()
    code = await browser.code(**SPA, **PKCE)
    assert refusal(await spa_redeem(browser, code, code_verifier="")) == (400, "invalid_grant")


async def test_14_pkce_downgraded(world: World) -> None:
    """CVE-2023-48228: plain is no method, and an empty challenge none."""
    for method in ("plain", "PLAIN", "s256", ""):
        found = answer(await world.browser().authorize(**{**PKCE, "code_challenge_method": method}))
        assert found["error"] == "invalid_request"
    found = answer(await world.browser().authorize(**SPA, code_challenge="", code_challenge_method="S256"))
    assert found["error"] == "invalid_request"


async def test_15_policy_checked_only_at_the_start(world: World) -> None:
    """CVE-2026-7571: what was allowed when the login began, and is not any more, is refused at its end."""
    browser = world.browser()
    page = await browser.authorize()
    await world.change_client("web", callbacks=("https://app.example.test/other",))
    assert is_shown(await browser.submit(page, username="ada@example.test", password=PASSWORD))


async def test_15_client_deleted_during_the_login(world: World) -> None:
    """A client that is deleted while a person signs in gets no code."""
    browser = world.browser()
    page = await browser.authorize()
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "web"))
    response = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert "code=" not in response.headers.get("location", "")


async def test_16_mix_up(world: World) -> None:
    """Each answer names its issuer, success and refusal alike (RFC 9207)."""
    assert answer(await world.browser().sign_in())["iss"] == ISSUER
    assert answer(await world.browser().authorize(prompt="none"))["iss"] == ISSUER


async def test_17_algorithm_taken_from_the_token(world: World) -> None:
    """CVE-2024-37568: a token signed with the public key as a shared secret is refused."""
    browser = world.browser()
    token = (await browser.tokens(audience=API))["access_token"]
    keys = (await browser.get("/.well-known/jwks.json")).json()["keys"]
    for material in (keys[0]["n"], keys[0]["x5c"][0], keys[0]["kid"], ""):
        forged = sign_with_secret(claims_of(token), material.encode())
        assert refusal(await userinfo(browser, forged)) == (401, "invalid_token")


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "HS256", "RS1"])
async def test_17_unsigned_token(world: World, name: str) -> None:
    """CVE-2026-28802: no spelling of an algorithm makes an unsigned token good."""
    browser = world.browser()
    token = (await browser.tokens(audience=API))["access_token"]
    forged = f"{encoded({'alg': name, 'typ': 'JWT'})}.{token.split('.')[1]}."
    assert refusal(await userinfo(browser, forged)) == (401, "invalid_token")
    assert await introspect(browser, forged) == {"active": False}


async def test_17_key_that_the_token_brings(world: World) -> None:
    """A key in the token's own header is not looked at."""
    browser = world.browser()
    token = (await browser.tokens(audience=API))["access_token"]
    _, payload, signature = token.split(".")
    for extra in (
        {"jwk": {"kty": "oct", "k": "AA"}},
        {"jku": "https://evil.test/"},
        {"x5u": "https://evil.test/"},
    ):
        header = encoded({"alg": "RS256", "typ": "JWT", **extra})
        assert refusal(await userinfo(browser, f"{header}.{payload}.{signature}")) == (401, "invalid_token")


async def test_18_critical_header(world: World) -> None:
    """CVE-2025-59420: a token with a critical header we do not know is refused."""
    browser = world.browser()
    _, payload, signature = (await browser.tokens(audience=API))["access_token"].split(".")
    header = encoded({"alg": "RS256", "crit": ["exp"], "exp": 1})
    assert refusal(await userinfo(browser, f"{header}.{payload}.{signature}")) == (401, "invalid_token")


async def test_18_endless_token(world: World) -> None:
    """CVE-2025-61920: a token of absurd size is refused before anything is decoded."""
    browser = world.browser()
    assert await introspect(browser, "e30." * 15_000) == {"active": False}
    assert refusal(await userinfo(browser, "e30." * 15_000)) == (401, "invalid_token")


async def test_20_forwarded_headers_of_strangers(world: World) -> None:
    """CVE-2024-47070: a caller cannot choose its own address, scheme or host."""
    names = (b"x-forwarded-for", b"x-real-ip", b"cf-connecting-ip", b"true-client-ip", b"x-client-ip")
    headers = [(name, b"10.0.0.1") for name in names]
    headers += [
        (b"forwarded", b"for=10.0.0.1"),
        (b"x-forwarded-proto", b"http"),
        (b"x-forwarded-host", b"e.test"),
    ]
    await send(world, "GET", "/authorize", query=b"client_id=nobody", headers=headers)
    assert (await world.logs())[0].ip == "203.0.113.7"
    found = await send(world, "GET", "/.well-known/openid-configuration", headers=headers)
    assert found.json()["issuer"] == ISSUER


def test_20_forwarded_header_without_listed_proxies() -> None:
    """Without listed proxies the peer is the client, whatever it says."""
    scope = {"client": ("203.0.113.7", 1), "headers": [(b"x-forwarded-for", b"10.0.0.1")]}
    assert client_address(scope, ()) == "203.0.113.7"


@pytest.mark.parametrize("cookie", ["\x80", "=", "a" * 9_000, '"\\000"', "a" * 43 + "; __Host-gw_session=b"])
async def test_21_malformed_cookie_passes(world: World, cookie: str) -> None:
    """CVE-2026-25748: a cookie that cannot be read is no session."""
    query = "&".join(f"{name}={value}" for name, value in request_of(prompt="none").items()).encode()
    raw = b"__Host-gw_session=" + cookie.encode("latin-1")
    response = await send(world, "GET", "/authorize", query=query, headers=[(b"cookie", raw)])
    assert "error=login_required" in response.headers["location"]


async def test_22_step_skipped_by_an_empty_form(world: World) -> None:
    """CVE-2026-49443: an empty form passes no step."""
    browser = world.browser()
    page = await browser.authorize(**THIRD)
    fields = forms(page)[0]["fields"]
    for path in ("/u/login", "/u/consent", "/u/select-account"):
        await browser.post(path, data={"state": fields["state"], "_csrf": fields["_csrf"]})
    response = await browser.follow(await browser.get(f"/authorize/resume?state={fields['state']}"))
    assert is_login_page(response)


async def test_22_consent_before_the_login(world: World) -> None:
    """Consent cannot be given before it is known who gives it."""
    browser = world.browser()
    fields = forms(await browser.authorize(**THIRD))[0]["fields"]
    await browser.post("/u/consent", data={**fields, "action": "accept"})
    response = await browser.follow(await browser.get(f"/authorize/resume?state={fields['state']}"))
    assert is_login_page(response)


@pytest.mark.parametrize("audience", ["", API])
async def test_26_disabled_user_keeps_access(world: World, audience: str) -> None:
    """CVE-2025-65430: a blocked user is shut out at userinfo, refresh, introspection and sign-in at once."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE, audience=audience)
    code = await browser.code()
    await world.change_user("auth0|ada", blocked=True)
    assert refusal(await userinfo(browser, tokens["access_token"])) == (401, "invalid_token")
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")
    assert await introspect(browser, tokens["access_token"]) == {"active": False}
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"
    assert is_login_page(await world.browser().sign_in())


async def test_26_disabled_connection_keeps_access(world: World) -> None:
    """CVE-2025-64717: a connection closed to a client is closed at authorize, token and refresh at once."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    code = await browser.code()
    await open_connection_to(world, "spa")
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


async def test_26_deleted_client_keeps_access(world: World) -> None:
    """A deleted client's tokens, codes and secrets are dead at once."""
    browser = world.browser()
    tokens = await browser.tokens(scope=OFFLINE)
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "web"))
    assert refusal(await userinfo(browser, tokens["access_token"])) == (401, "invalid_token")
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (401, "invalid_client")
    assert is_shown(await browser.authorize())


async def test_27_scope_escalated_on_the_way(world: World) -> None:
    """CVE-2024-52287: neither the token request nor a refresh reaches beyond what was granted."""
    browser = world.browser()
    code = await browser.code(scope=OFFLINE, audience=API)
    tokens = (await browser.redeem(code, scope="openid create:timesheets")).json()
    assert tokens["scope"] == OFFLINE
    more = await refresh(browser, tokens["refresh_token"], scope="openid create:timesheets")
    assert "create:timesheets" not in more.json().get("scope", "")


async def test_29_answers_with_cookies_are_not_kept(world: World) -> None:
    """CVE-2025-48947: no answer that sets a cookie may be kept by a cache."""
    browser = world.browser()
    kept: list[str] = []

    async def watch(response: httpx2.Response) -> None:
        if "set-cookie" in response.headers and "no-store" not in response.headers.get("cache-control", ""):
            kept.append(str(response.url))

    browser.client.event_hooks = {"response": [watch]}
    await browser.sign_in()
    await browser.get("/v2/logout")
    assert kept == []


async def test_29_cookies_are_bound_to_the_host(world: World) -> None:
    """Every cookie is __Host-, Secure, HttpOnly and without a domain."""
    browser = world.browser()
    found: list[str] = []

    async def watch(response: httpx2.Response) -> None:
        found.extend(response.headers.get_list("set-cookie"))

    browser.client.event_hooks = {"response": [watch]}
    await browser.sign_in()
    assert len(found) >= 3
    for cookie in found:
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie
        assert "; HttpOnly" in cookie
        assert "; Path=/" in cookie
        assert "domain" not in cookie.lower()


async def test_30_confidential_values_in_cookies(world: World) -> None:
    """CVE-2024-4540: cookies hold random text and nothing of the request."""
    browser = world.browser()
    await browser.sign_in(nonce="a-nonce-to-find", login_hint="hint@example.test", state="a-state-to-find")
    for name, value in browser.client.cookies.items():
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", value), name


async def test_32_look_alike_addresses(world: World) -> None:
    """CVE-2026-19607: an address that only looks different is the same one, and taken."""
    for alike in ("ADA@EXAMPLE.TEST", "\uff41da@example.test", " ada@example.test "):
        browser = world.browser()
        page = await browser.authorize(screen_hint="signup")
        await browser.submit(page, email=alike, password="A-Good-Password-1")
    assert "code" in answer(await world.browser().sign_in("ADA@example.test"))
    fresh = [entry for entry in await world.logs(100) if entry.event == "UserSignedUp"]
    assert fresh == []


async def test_33_secrets_compared_by_fingerprint(world: World) -> None:
    """A client's secret is kept as a fingerprint and sealed, never in clear."""
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    assert SECRET not in str(msgspec.json.encode(client))
    assert (await world.browser().token(grant_type="client_credentials", audience=API)).status_code == 200


async def test_35_health_tells_nothing(world: World) -> None:
    """CVE-2024-52307: the health addresses tell that the process lives, and nothing about it."""
    for path in ("/healthz", "/readyz"):
        response = await world.browser().get(path)
        assert (response.status_code, response.text) == (200, "ok\n")


async def test_token_in_the_address(world: World) -> None:
    """A token in a URL, where logs and referrers find it, opens nothing (RFC 9700 §4.3.2)."""
    browser = world.browser()
    token = (await browser.tokens())["access_token"]
    assert (await browser.get(f"/userinfo?access_token={token}")).status_code == 401
    assert (await browser.get("/userinfo", headers=bearer(token))).status_code == 200


async def test_secret_in_the_address(world: World) -> None:
    """A secret in a URL authenticates nobody."""
    body = {"grant_type": "client_credentials", "audience": API}
    response = await world.browser().post(f"/oauth/token?client_id=web&client_secret={SECRET}", data=body)
    assert refusal(response) == (400, "invalid_request")
    assert (
        await world.browser().post("/oauth/token", data=body, headers=basic("web", SECRET))
    ).status_code == 200
