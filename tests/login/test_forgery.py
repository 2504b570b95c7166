"""Forms from elsewhere, and bodies no page of ours sends."""

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.world import ISSUER, PASSWORD, Browser, World, forms

from gatewright.web.routing import Route

from .visits import ADA, heading, is_done, reset_link, state_of, value_of, verification_link

pytestmark = pytest.mark.anyio
FORM = {"content-type": "application/x-www-form-urlencoded"}

_NO_COOKIES = {
    "/oauth/token": "the caller brings its own credentials",
    "/oauth/revoke": "the caller brings its own credentials",
    "/oauth/introspect": "the caller brings its own credentials",
    "/userinfo": "the caller brings a token",
    "/tokeninfo": "the caller brings a token",
    "/delegation": "the caller brings a token",
    "/oauth/ro": "the caller brings a password or a token",
    "/oauth/access_token": "the caller brings a token",
    "/dbconnections/signup": "makes an account that only its own mailbox confirms, and signs nobody in",
    "/dbconnections/change_password": "mails the owner of the address, and sets nothing",
    "/dbconnections/signup/challenge": "answers the same to everybody",
    "/dbconnections/change_password/challenge": "answers the same to everybody",
    "/passwordless/challenge": "answers the same to everybody",
    "/public/api/users/validate_userpassword": "the caller brings the password, and signs nobody in",
    "/passwordless/start": "acts on no cookie, and mails within limits",
    "/passwordless/verify": "acts on no cookie, and tells no more than a guess does",
    "/authorize": "begins a sign-in, like a link does",
    "/co/authenticate": "the caller brings its own credentials, from a page of the client",
    "/co/verify": "demands an Origin of ours: the page may stand where cookies are blocked",
    "/usernamepassword/login": "the caller brings its own credentials, from a page of ours or of the client",
    "/usernamepassword/challenge": "changes nothing",
    "/login/callback": "the form is bound to the page and the browser that brought the password",
    "/sso_dbconnection_popup/{client_id}": "a form of ours, under the address that the wire gives it",
    "/oidc/logout": "asks the person, unless an id_token proves the application",
}
"""Addresses that take POST without a form of ours, and why that is safe."""


def posting(world: World) -> list[Route]:
    return [route for route in world.app.router.routes.values() if "POST" in route.methods]


async def test_every_posting_route_is_a_form_of_ours_or_excused(world: World) -> None:
    """Each address that takes POST is a page of ours under /u/ or stands in the list of excuses."""
    others = {route.path for route in posting(world) if not route.path.startswith("/u/")}
    assert others <= set(_NO_COOKIES)


async def everything(world: World) -> tuple[Browser, dict[str, str]]:
    """A browser with a session, a transaction and tickets, and the fields that any form might read."""
    browser = world.browser()
    await browser.sign_in()
    reset, verify = await reset_link(world), await verification_link(world)
    page = await browser.authorize(prompt="login")
    return browser, {
        "state": state_of(page),
        "username": ADA,
        "code": "123456",
        "email": "new@example.test",
        "password": PASSWORD,
        "action": "accept",
        "session": "current",
        "reset": reset.partition("ticket=")[2].partition("&")[0],
        "verify": verify.partition("ticket=")[2].partition("&")[0],
    }


def what_matters(world: World) -> dict[str, list[tuple[object, ...]]]:
    tables = ("users", "passwords", "sessions", "consents", "outbox")
    return {table: world.rows(f"SELECT * FROM {table}") for table in tables}


async def test_no_form_works_without_proof(world: World) -> None:
    """CVE class "cross-site request forgery": no form of ours changes anything without its proof."""
    browser, fields = await everything(world)
    before = what_matters(world)
    for route in posting(world):
        if route.path in _NO_COOKIES:
            continue
        ticket = fields["reset"] if "reset" in route.path else fields["verify"]
        for proof in ({}, {"_csrf": "guess"}):
            answered = await browser.post(route.path, data={**fields, "ticket": ticket, **proof})
            assert answered.status_code in (200, 302, 303, 400), route.path
            assert what_matters(world) == before, route.path


async def test_no_form_works_from_a_foreign_origin(world: World) -> None:
    """CVE-2024-7341: a form with the right proof is refused when the browser names a foreign origin."""
    browser = world.browser()
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    answered = await browser.post("/u/login", data=data, headers={"origin": "https://evil.test"})
    assert answered.headers["location"].startswith("/authorize?")
    assert world.rows("SELECT count(*) FROM sessions") == [(0,)]


@pytest.mark.parametrize("origin", [None, "null", ISSUER[:-1]])
async def test_forms_work_from_our_own_pages(world: World, origin: str | None) -> None:
    """Browsers that hide the origin of our no-referrer pages, or send it, or know no origin, get in."""
    browser = world.browser()
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    answered = await browser.post("/u/login", data=data, headers={"origin": origin} if origin else {})
    assert is_done(await browser.follow(answered))


async def test_forms_are_not_sent_by_foreign_pages(world: World) -> None:
    """The browser's cookie stays at home when a foreign page posts: it is SameSite=Lax."""
    answered = await world.browser().get(
        "/authorize?client_id=web&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.test%2Fcallback"
    )
    (cookie,) = answered.headers.get_list("set-cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-gw_browser=")
    assert {each.lower() for each in attributes} == {"httponly", "path=/", "samesite=lax", "secure"}


PATHS = ["/u/login", "/u/signup", "/u/select-account", "/u/consent", "/u/reset-password"]
PATHS += ["/u/login/email", "/u/login/email/code"]
PATHS += ["/u/email-verification", "/u/reset-verify"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"state=x", {"content-type": "text/plain"}),
        (b'{"state":"x"}', {"content-type": "application/json"}),
        (b"state=x&state=y", FORM),
        (b"state=%ff%fe", FORM),
        (b"ticket=%00&state=%00", FORM),
        (b"state=" + b"a" * 2_000, FORM),
        (b"a" * 70_000, FORM),
        (b"&".join(b"f%d=1" % number for number in range(200)), FORM),
    ],
    ids=["empty", "text", "json", "repeated", "not utf-8", "nul", "long field", "large", "many fields"],
)
async def test_malformed_form_gets_a_page(world: World, body: bytes, headers: dict[str, str]) -> None:
    """A body that no page of ours sends is answered with a 4xx page, at every form."""
    for path in PATHS:
        answered = await world.browser().post(path, content=body, headers=headers)
        assert answered.status_code in (400, 404), path
        assert heading(answered), path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(world: World, method: str) -> None:
    """A method that a page does not have is refused with those it has."""
    answered = await world.browser().client.request(method, "/u/login")
    assert (answered.status_code, answered.headers["allow"]) == (405, "GET, POST")


words = st.text(max_size=200) | st.sampled_from(["", "\x00", "../", "{{7*7}}", "' OR 1=1 --", "ﷺ" * 50])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(username=words, password=words, email=words)
async def test_no_text_breaks_a_form(world: World, username: str, password: str, email: str) -> None:
    """Whatever is typed into sign-in and sign-up, the answer is a page or a redirect, never an accident."""
    await world.change_connection(brute_force_protection=False)
    browser = world.browser(address="198.51.100.1")
    page = await browser.authorize()
    signup = await browser.get("/u/signup?state=" + state_of(page))
    fields = {"username": username, "password": password, "email": email}
    for path, form in (("/u/login", page), ("/u/signup", signup), ("/u/reset-password", page)):
        data = {"_csrf": value_of(form, "_csrf"), "state": state_of(form), **fields}
        answered = await browser.client.request("POST", path, content=encoded(data), headers=FORM)
        assert answered.status_code in (200, 303, 400, 429), (path, answered.text[:500])
    world.clock.advance(4_000)


def encoded(data: dict[str, str]) -> bytes:
    return str(
        httpx2.QueryParams({name: value.encode("utf-8", "replace").decode() for name, value in data.items()})
    ).encode()
