"""Every place that checks a secret passes the attempt limiter (invariant 5, CVE-2026-9798)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.embedded.pages import authenticate, redeem
from tests.support.legacy import delegate, make_legacy, own, own_by_id_token
from tests.support.passwordless import CY, WRONG, put_passwordless, start, verify
from tests.support.passwordless import redeem as redeem_code
from tests.support.protocol import basic, bearer
from tests.support.world import CONNECTION, ISSUER, Browser, World, forms, text_of

from gatewright.clients import JwtConfiguration
from gatewright.connections import DatabaseConnection
from gatewright.embedded.tickets import LoginTickets
from gatewright.login.one_time_code_proof import OneTimeCodeProof
from gatewright.login.steps.mailed_link import MailedLinks
from gatewright.oauth.bearer import BearerTokens
from gatewright.oauth.client_auth import ClientAuthentication
from gatewright.oauth.grants import AuthorizationCodeGrant, RefreshTokenGrant
from gatewright.oauth.legacy.id_tokens import LegacyIdTokens
from gatewright.protection import CLIENT_SECRET, CODE, PASSWORD, TICKET_PER_IP, TOKEN_PER_IP, Limit
from gatewright.web.routing import Route

pytestmark = pytest.mark.anyio

Attempt = Callable[[Browser], Awaitable[httpx2.Response]]

CHECKERS = (
    AuthorizationCodeGrant,
    BearerTokens,
    ClientAuthentication,
    DatabaseConnection,
    LegacyIdTokens,
    MailedLinks,
    LoginTickets,
    OneTimeCodeProof,
    RefreshTokenGrant,
)
"""Whoever compares something an attacker could guess: a new one belongs into this list."""


async def wrong_password(browser: Browser) -> httpx2.Response:
    page = await browser.authorize()
    fields = {**forms(page)[0]["fields"], "username": "ada@example.test", "password": "wrong"}
    return await browser.post("/u/login", data=fields)


async def wrong_password_by_application(browser: Browser) -> httpx2.Response:
    return await browser.bring_password(password="wrong")


async def wrong_password_of_old(browser: Browser) -> httpx2.Response:
    return await own(browser, password="wrong")


async def wrong_id_token_to_sign_in(browser: Browser) -> httpx2.Response:
    return await own_by_id_token(browser, "wrong")


async def wrong_secret_at_token(browser: Browser) -> httpx2.Response:
    return await browser.token(grant_type="client_credentials", client_secret="wrong")


async def wrong_secret_in_header(browser: Browser) -> httpx2.Response:
    body = {"grant_type": "client_credentials"}
    return await browser.post("/oauth/token", data=body, headers=basic("web", "wrong"))


async def wrong_code(browser: Browser) -> httpx2.Response:
    return await browser.redeem("wrong")


async def wrong_refresh_token(browser: Browser) -> httpx2.Response:
    return await browser.token(grant_type="refresh_token", refresh_token="wrong")


async def wrong_secret_at_revocation(browser: Browser) -> httpx2.Response:
    return await browser.post("/oauth/revoke", data={"token": "x"}, headers=basic("web", "wrong"))


async def wrong_secret_at_introspection(browser: Browser) -> httpx2.Response:
    return await browser.post("/oauth/introspect", data={"token": "x"}, headers=basic("web", "wrong"))


async def wrong_bearer(browser: Browser) -> httpx2.Response:
    return await browser.get("/userinfo", headers=bearer("wrong"))


async def wrong_bearer_in_body(browser: Browser) -> httpx2.Response:
    return await browser.post("/userinfo", data={"access_token": "wrong"})


async def wrong_id_token(browser: Browser) -> httpx2.Response:
    return await browser.post("/tokeninfo", data={"id_token": "wrong"})


async def wrong_id_token_in_query(browser: Browser) -> httpx2.Response:
    return await browser.get("/tokeninfo?id_token=wrong")


async def wrong_id_token_to_delegate(browser: Browser) -> httpx2.Response:
    return await delegate(browser, target="", id_token="wrong")


async def wrong_refresh_token_to_delegate(browser: Browser) -> httpx2.Response:
    return await delegate(browser, target="", refresh_token="wrong")


async def wrong_password_to_validate(browser: Browser) -> httpx2.Response:
    fields = {
        "client_id": "web",
        "connection": CONNECTION,
        "username": "ada@example.test",
        "password": "wrong",
    }
    return await browser.post("/public/api/users/validate_userpassword", data=fields)


async def wrong_verification_link(browser: Browser) -> httpx2.Response:
    return await browser.get("/u/email-verification?ticket=wrong")


async def wrong_reset_link(browser: Browser) -> httpx2.Response:
    return await browser.get("/u/reset-verify?ticket=wrong")


async def wrong_reset_form(browser: Browser) -> httpx2.Response:
    return await browser.post("/u/reset-verify", data={"ticket": "wrong", "password": "x"})


async def wrong_verification_form(browser: Browser) -> httpx2.Response:
    return await browser.post("/u/email-verification", data={"ticket": "wrong"})


async def wrong_link_to_renew(browser: Browser) -> httpx2.Response:
    return await browser.post("/u/email-verification", data={"ticket": "wrong", "action": "again"})


async def wrong_password_on_a_page_of_the_application(browser: Browser) -> httpx2.Response:
    return await authenticate(browser, password="wrong")


async def wrong_login_ticket(browser: Browser) -> httpx2.Response:
    return await redeem(browser, "wrong")


async def wrong_state_to_verify(browser: Browser) -> httpx2.Response:
    return await browser.post("/co/verify", data={"state": "wrong"}, headers={"origin": ISSUER[:-1]})


async def wrong_password_for_a_form(browser: Browser) -> httpx2.Response:
    body = {"client_id": "web", "username": "ada@example.test", "password": "wrong"}
    return await browser.post("/usernamepassword/login", json=body)


async def wrong_form(browser: Browser) -> httpx2.Response:
    body = {"wa": "wsignin1.0", "wresult": "wrong", "wctx": "{}"}
    return await browser.post("/login/callback", data=body)


async def wrong_password_in_a_popup(browser: Browser) -> httpx2.Response:
    page = await browser.get("/sso_dbconnection_popup/web")
    fields = {**forms(page)[0]["fields"], "username": "ada@example.test", "password": "wrong"}
    return await browser.post("/sso_dbconnection_popup/web", data=fields)


async def wrong_one_time_code(browser: Browser) -> httpx2.Response:
    return await redeem_code(browser, WRONG)


async def wrong_one_time_code_on_the_page(browser: Browser) -> httpx2.Response:
    page = await browser.authorize(connection="email", login_hint=CY)
    page = await browser.get(f"/u/login/email/code?state={forms(page)[0]['fields']['state']}")
    return await browser.post("/u/login/email/code", data={**forms(page)[0]["fields"], "code": WRONG})


async def wrong_one_time_code_to_verify(browser: Browser) -> httpx2.Response:
    return await verify(browser, WRONG)


async def wrong_secret_of_a_link_to_verify(browser: Browser) -> httpx2.Response:
    return await verify(browser, "x" * 43)


async def wrong_secret_at_start(browser: Browser) -> httpx2.Response:
    return await start(browser, client_secret="wrong")


ATTEMPTS: dict[Attempt, tuple[str, Limit]] = {
    wrong_password: ("/u/login", PASSWORD),
    wrong_password_by_application: ("/oauth/token", PASSWORD),
    wrong_password_of_old: ("/oauth/ro", PASSWORD),
    wrong_id_token_to_sign_in: ("/oauth/ro", TOKEN_PER_IP),
    wrong_one_time_code: ("/oauth/token", CODE),
    wrong_one_time_code_on_the_page: ("/u/login/email/code", CODE),
    wrong_one_time_code_to_verify: ("/passwordless/verify", CODE),
    wrong_secret_of_a_link_to_verify: ("/passwordless/verify", TICKET_PER_IP),
    wrong_secret_at_start: ("/passwordless/start", CLIENT_SECRET),
    wrong_secret_at_token: ("/oauth/token", CLIENT_SECRET),
    wrong_secret_in_header: ("/oauth/token", CLIENT_SECRET),
    wrong_code: ("/oauth/token", TOKEN_PER_IP),
    wrong_refresh_token: ("/oauth/token", TOKEN_PER_IP),
    wrong_secret_at_revocation: ("/oauth/revoke", CLIENT_SECRET),
    wrong_secret_at_introspection: ("/oauth/introspect", CLIENT_SECRET),
    wrong_bearer: ("/userinfo", TOKEN_PER_IP),
    wrong_bearer_in_body: ("/userinfo", TOKEN_PER_IP),
    wrong_id_token: ("/tokeninfo", TOKEN_PER_IP),
    wrong_id_token_in_query: ("/tokeninfo", TOKEN_PER_IP),
    wrong_id_token_to_delegate: ("/delegation", TOKEN_PER_IP),
    wrong_refresh_token_to_delegate: ("/delegation", TOKEN_PER_IP),
    wrong_password_to_validate: ("/public/api/users/validate_userpassword", PASSWORD),
    wrong_verification_link: ("/u/email-verification", TICKET_PER_IP),
    wrong_verification_form: ("/u/email-verification", TICKET_PER_IP),
    wrong_link_to_renew: ("/u/email-verification", TICKET_PER_IP),
    wrong_reset_link: ("/u/reset-verify", TICKET_PER_IP),
    wrong_reset_form: ("/u/reset-verify", TICKET_PER_IP),
    wrong_password_on_a_page_of_the_application: ("/co/authenticate", PASSWORD),
    wrong_login_ticket: ("/authorize", TOKEN_PER_IP),
    wrong_state_to_verify: ("/co/verify", TOKEN_PER_IP),
    wrong_password_for_a_form: ("/usernamepassword/login", PASSWORD),
    wrong_form: ("/login/callback", TOKEN_PER_IP),
    wrong_password_in_a_popup: ("/sso_dbconnection_popup/{client_id}", PASSWORD),
}
OTHER_REFUSALS = {
    wrong_password_on_a_page_of_the_application: 403,
    wrong_login_ticket: 302,
    wrong_password_in_a_popup: 200,
}
"""How those answer a wrong secret whose own shape is neither 400 nor 401."""
NAMES = [attempt.__name__ for attempt in ATTEMPTS]


def check_refused(response: httpx2.Response, world: World, limit: Limit, waited: int) -> None:
    """A 429 in the route's own shape that says when to come back."""
    if "popup" in str(response.url):
        # a pop-up answers its opener, which reads no headers
        assert '"code":"too_many_attempts"' in response.text
        assert '"status":429' in response.text
        return
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= limit.window - waited
    if response.headers["content-type"].startswith("text/html"):
        assert "Too many attempts" in text_of(response)
        return
    body = response.json()
    assert body.get("error", body.get("code")) == "too_many_attempts"
    assert response.headers["x-ratelimit-limit"] == str(limit.attempts)
    assert response.headers["x-ratelimit-remaining"] == "0"
    ends = world.clock.now() + int(response.headers["retry-after"])
    assert response.headers["x-ratelimit-reset"] == str(ends)


@pytest.fixture(autouse=True)
async def all_doors(world: World) -> None:
    """The web client is let through the doors of the legacy pipeline and of sign-in by mail too."""
    await put_passwordless(world)
    await make_legacy(world, jwt_configuration=JwtConfiguration())


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=NAMES)
async def test_guessing_is_stopped(world: World, attempt: Attempt) -> None:
    """Once the limit is passed every further guess is a 429 that says when to come back."""
    _, limit = ATTEMPTS[attempt]
    browser = world.browser()
    for _ in range(limit.attempts):
        status = (await attempt(browser)).status_code
        assert (
            status == OTHER_REFUSALS[attempt] if attempt in OTHER_REFUSALS else status in (400, 401, 403, 404)
        )
    for waited in (0, 1):
        check_refused(await attempt(browser), world, limit, waited)
        world.clock.advance(1)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=NAMES)
async def test_limit_is_on_record(world: World, attempt: Attempt) -> None:
    """Passing a limit is in the audit log, once, with the limit's name and the address."""
    _, limit = ATTEMPTS[attempt]
    browser = world.browser()
    for _ in range(limit.attempts + 3):
        await attempt(browser)
    told = [entry for entry in await world.logs(1_000) if entry.event == "LimitReached"]
    assert [(entry.details["limit"], entry.ip) for entry in told] == [(limit.name, "203.0.113.7")]


async def test_each_marked_route_is_tried(world: World) -> None:
    """Each route that checks a secret is among those whose limit is tried here."""
    marked = {route.path for route in world.app.router.routes.values() if route.checks_secret}
    assert marked == {path for path, _ in ATTEMPTS.values()}


def held_by(thing: object, depth: int = 4) -> Iterator[object]:
    """The thing and what it holds: bound objects, closures, attributes, mappings."""
    yield thing
    if depth == 0:
        return
    held: list[Any] = list(getattr(thing, "__dict__", {}).values())
    held += [getattr(thing, name) for name in getattr(type(thing), "__slots__", ()) if hasattr(thing, name)]
    held += [cell.cell_contents for cell in getattr(thing, "__closure__", None) or ()]
    held += [getattr(thing, "__self__", None)]
    held += list(thing.values()) if isinstance(thing, dict) else []
    for each in held:
        if type(each).__module__.startswith("gatewright") or isinstance(each, dict) or callable(each):
            yield from held_by(each, depth - 1)


def checks_a_secret(route: Route) -> bool:
    return any(isinstance(held, CHECKERS) for end in route.methods.values() for held in held_by(end))


async def test_no_route_checks_a_secret_unmarked(world: World) -> None:
    """A route whose endpoint holds something that checks secrets carries the mark, and no other does."""
    routes = world.app.router.routes.values()
    found = {route.path for route in routes if checks_a_secret(route)}
    assert found == {route.path for route in routes if route.checks_secret}


async def test_limits_outlive_a_restart(world: World) -> None:
    """Attempts are counted in the database: a new process knows them."""
    for _ in range(PASSWORD.attempts):
        await wrong_password(world.browser())
    fresh = type(world.platform.limiter)(
        world.platform.stores.attempts, world.platform.bus, world.platform.clock
    )
    assert fresh is not world.platform.limiter
    response = await wrong_password(world.browser())
    assert response.status_code == 429


async def test_victim_is_not_locked_out(world: World) -> None:
    """Wrong passwords from one address do not keep the owner out at another (CVE-2021-3754)."""
    for _ in range(PASSWORD.attempts + 1):
        await wrong_password(world.browser())
    elsewhere = Browser(world.app)
    transport = httpx2.ASGITransport(app=world.app, client=("198.51.100.9", 5000))
    elsewhere.client = httpx2.AsyncClient(transport=transport, base_url="https://id.example.test")
    assert "code=" in (await elsewhere.sign_in()).headers["location"]


async def test_parallel_guesses_all_count(world: World) -> None:
    """A hundred guesses at once are a hundred attempts, not one."""
    answers = await asyncio.gather(*(wrong_password(world.browser()) for _ in range(30)))
    outcomes = sorted(response.status_code for response in answers)
    assert outcomes.count(400) == PASSWORD.attempts
    assert outcomes.count(429) == 30 - PASSWORD.attempts
