"""Every way to a page that tells a person of an error, as the browser of that person goes it."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import httpx2
from tests.login.visits import NEWCOMER, ask_for_reset, last_mail, link_in, sign_up, sign_up_page, state_of
from tests.support.protocol import THIRD, encoded
from tests.support.world import ISSUER, PASSWORD, Browser, World, request_of

from gatewright.clients import Client
from gatewright.clients.model import JwtConfiguration
from gatewright.jose import Signer, sign_with_secret
from gatewright.jose.keys import generate_private, private_pem
from gatewright.login.tickets import LIFETIMES
from gatewright.login.transaction import LIFETIME
from gatewright.protection import TICKET_PER_IP
from gatewright.web.parameters import LARGEST_BODY, LARGEST_QUERY, MOST_PARAMETERS

Visit = Callable[[World, Browser], Awaitable[httpx2.Response]]

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_HOME = "https://app.example.test/"
_EVIL = "https://evil.example.test/"


def authorized(**parameters: str) -> Visit:
    """Comes from an application with these parameters."""

    async def visit(world: World, browser: Browser) -> httpx2.Response:
        return await browser.authorize(**parameters)

    return visit


def opened(path: str, **headers: str) -> Visit:
    """Opens an address."""

    async def visit(world: World, browser: Browser) -> httpx2.Response:
        return await browser.get(path, headers=headers)

    return visit


def posted(path: str, content: bytes, headers: dict[str, str]) -> Visit:
    """Sends a body."""

    async def visit(world: World, browser: Browser) -> httpx2.Response:
        return await browser.post(path, content=content, headers=headers)

    return visit


def hinted(make: Callable[[Signer, dict[str, Any]], str]) -> Visit:
    """Signs out with the id_token that ``make`` makes of the server's signer and good claims."""

    async def visit(world: World, browser: Browser) -> httpx2.Response:
        now = world.clock.now()
        good = {"iss": ISSUER, "aud": "web", "sub": "auth0|ada", "exp": now + 60, "iat": now}
        signer = await world.platform.keys.signer(world.tenant_id, "RS256")
        return await browser.get("/oidc/logout?" + urlencode({"id_token_hint": make(signer, good)}))

    return visit


def _foreign(claims: dict[str, Any], kid: str) -> str:
    return Signer(kid=kid, alg="RS256", pem=private_pem(generate_private("RS256"))).sign(claims)


async def no_callbacks(world: World, browser: Browser) -> httpx2.Response:
    await world.change_client("third", callbacks=())
    page = await browser.authorize(**THIRD)
    await world.change_client("third", callbacks=(THIRD["redirect_uri"],))
    return page


async def popup_to_nobody(world: World, browser: Browser) -> httpx2.Response:
    native = "com.example.app:/callback"
    await world.change_client("third", callbacks=(native,))
    page = await browser.authorize(client_id="third", redirect_uri=native, owp="true")
    await world.change_client("third", callbacks=(THIRD["redirect_uri"],))
    return page


async def hint_of_a_client_without_a_key(world: World, browser: Browser) -> httpx2.Response:
    third = await world.platform.clients.get(world.tenant_id, "third")
    assert third is not None
    await world.change_client("third", secrets=(), jwt_configuration=JwtConfiguration(alg="HS256"))
    hint = sign_with_secret({"iss": ISSUER, "aud": "third", "sub": "auth0|ada"}, b"k" * 32)
    page = await browser.get(f"/oidc/logout?id_token_hint={hint}")
    await world.put_client(third)
    return page


async def hint_of_another(world: World, browser: Browser) -> httpx2.Response:
    hint = (await browser.tokens())["id_token"]
    return await browser.get(f"/oidc/logout?client_id=third&id_token_hint={hint}")


async def still_signed_in(world: World, browser: Browser) -> httpx2.Response:
    await browser.sign_in()
    return await browser.submit(await browser.get("/oidc/logout"), action="deny")


async def field_twice(world: World, browser: Browser) -> httpx2.Response:
    return await browser.post("/u/login", content=b"username=a&username=b", headers=_FORM)


async def signup_closed(world: World, browser: Browser) -> httpx2.Response:
    page = await sign_up_page(browser)
    await world.change_connection(disable_signup=True)
    closed = await browser.submit(page, email=NEWCOMER, password=PASSWORD)
    await world.change_connection(disable_signup=False)
    return closed


async def nobody_can_sign_in(world: World, browser: Browser) -> httpx2.Response:
    await world.put_client(Client(client_id="lonely", name="Lonely", callbacks=(_HOME,)))
    return await browser.authorize(client_id="lonely", redirect_uri=_HOME)


async def nothing_to_show(world: World, browser: Browser) -> httpx2.Response:
    return await browser.get("/u/login?state=unknown")


async def without_its_cookie(world: World, browser: Browser) -> httpx2.Response:
    page = await browser.authorize()
    browser.client.cookies.clear()
    return await browser.follow(await browser.get("/u/login?state=" + state_of(page)))


async def no_cookies(world: World, browser: Browser) -> httpx2.Response:
    page = await without_its_cookie(world, browser)
    browser.client.cookies.clear()
    return await browser.get("/u/login?state=" + state_of(page))


async def of_another_browser(world: World, browser: Browser) -> httpx2.Response:
    page = await world.browser().authorize(ui_locales=browser.client.headers["accept-language"])
    await browser.authorize()
    return await browser.follow(await browser.get("/u/login?state=" + state_of(page)))


async def expired(world: World, browser: Browser) -> httpx2.Response:
    page = await browser.authorize()
    world.clock.advance(LIFETIME)
    return await browser.follow(await browser.get("/u/login?state=" + state_of(page)))


async def finished(world: World, browser: Browser) -> httpx2.Response:
    page = await browser.authorize()
    await browser.submit(page, username="ada@example.test", password=PASSWORD)
    return await browser.follow(await browser.get("/u/login?state=" + state_of(page)))


def mailed(path: str) -> Visit:
    """Follows a link that nobody was mailed."""
    return opened(f"{path}?ticket=unknown")


async def _verification(world: World, browser: Browser) -> str:
    """A link mailed in the language of the browser, to somebody new."""
    address = f"cy{world.rows('SELECT count(*) FROM users')[0][0]}@example.test"
    await sign_up(browser, address)
    return link_in(await last_mail(world))


async def old_verification(world: World, browser: Browser) -> httpx2.Response:
    link = await _verification(world, browser)
    world.clock.advance(LIFETIMES["verify_email"])
    return await browser.get(link)


async def another_verification(world: World, browser: Browser) -> httpx2.Response:
    return await browser.submit(await old_verification(world, browser), action="again")


async def another_verification_without_its_cookie(world: World, browser: Browser) -> httpx2.Response:
    page = await old_verification(world, browser)
    browser.client.cookies.clear()
    return await browser.submit(page, action="again")


async def form_of_a_lost_cookie(world: World, browser: Browser) -> httpx2.Response:
    page = await browser.get(await _verification(world, browser))
    browser.client.cookies.clear()
    return await browser.submit(page)


async def spent_reset(world: World, browser: Browser) -> httpx2.Response:
    """A newer link was asked for."""
    links = []
    for _ in range(2):
        await ask_for_reset(browser)
        links.append(link_in(await last_mail(world)))
        world.clock.advance(60)
    return await browser.get(links[0])


async def too_many_links(world: World, browser: Browser) -> httpx2.Response:
    guesser = world.browser(address="198.51.100.77")
    guesser.client.headers.update(browser.client.headers)
    for _ in range(TICKET_PER_IP.attempts):
        await guesser.get("/u/reset-verify?ticket=wrong")
    return await guesser.get("/u/reset-verify?ticket=wrong")


_TWICE = urlencode(request_of()) + "&state=again"
_BOTH = urlencode({"client_id": "web", "post_logout_redirect_uri": _EVIL})


async def popup_without_pages(world: World, browser: Browser) -> httpx2.Response:
    await world.put_client(Client(client_id="pageless", name="Pageless"))
    return await browser.authorize(client_id="pageless", owp="true", redirect_uri="")


async def popup_form_of_another_page(world: World, browser: Browser) -> httpx2.Response:
    await world.put_client(Client(client_id="asking", name="Asking", cross_origin_authentication=True))
    return await browser.post("/sso_dbconnection_popup/asking", data={"username": "ada"})


def of_our_own(path: str, content: bytes) -> Visit:
    """Sends a form as a page of ours does."""
    return posted(path, content, {**_FORM, "origin": ISSUER[:-1]})


VISITS: dict[str, Visit] = {
    "pop-up without pages": popup_without_pages,
    "pop-up switched off": opened("/sso_dbconnection_popup/web"),
    "pop-up form of another page": popup_form_of_another_page,
    "form for nobody": posted("/login/callback", b"wa=wsignin1.0&wresult=x&wctx=y", _FORM),
    "form without fields": posted("/login/callback", b"wa=wsignin1.0", _FORM),
    "verification of nobody": of_our_own("/co/verify", b"state=x"),
    "verification from elsewhere": posted("/co/verify", b"state=x", _FORM),
    "verification twice": of_our_own("/co/verify", b"state=x&state=y"),
    "unknown application": authorized(client_id="nobody"),
    "no application": authorized(client_id=""),
    "callback mismatch": authorized(redirect_uri=_EVIL),
    "no callback": authorized(redirect_uri=""),
    "no callback registered": no_callbacks,
    "parameter twice": opened("/authorize?" + _TWICE),
    "web message to nobody": authorized(response_mode="web_message", **THIRD),
    "pop-up to nobody": popup_to_nobody,
    "query not UTF-8": opened("/authorize?client_id=%ff"),
    "query with NUL": opened("/authorize?client_id=%00"),
    "long query": opened("/authorize?state=" + "a" * LARGEST_QUERY),
    "many parameters": opened("/authorize?" + "&".join(f"p{n}=1" for n in range(MOST_PARAMETERS + 1))),
    "another content type": posted("/authorize", b"{}", {"content-type": "application/json"}),
    "no content type": posted("/authorize", b"{}", {}),
    "long body": posted("/authorize", b"a" * (LARGEST_BODY + 1), _FORM),
    "logout of nobody": opened("/v2/logout?client_id=nobody"),
    "logout to elsewhere": opened(f"/v2/logout?client_id=web&returnTo={_EVIL}"),
    "logout to elsewhere without application": opened(f"/v2/logout?returnTo={_EVIL}"),
    "logout parameter twice": opened("/v2/logout?client_id=web&client_id=third"),
    "logout to elsewhere by OIDC": opened("/oidc/logout?" + _BOTH),
    "logout form to elsewhere": posted("/u/logout", _BOTH.encode(), _FORM),
    "hint of another application": hint_of_another,
    "hint of a client without a key": hint_of_a_client_without_a_key,
    "unreadable hint": opened("/oidc/logout?id_token_hint=nonsense"),
    "hint of another type": hinted(lambda signer, claims: signer.sign(claims, typ="logout+jwt")),
    "hint of another algorithm": hinted(lambda signer, claims: sign_with_secret(claims, b"k" * 32)),
    "hint of another key": hinted(lambda signer, claims: _foreign(claims, "unknown")),
    "hint of another signature": hinted(lambda signer, claims: _foreign(claims, signer.kid)),
    "hint of another issuer": hinted(lambda signer, claims: signer.sign({**claims, "iss": _EVIL})),
    "hint without user": hinted(lambda signer, claims: signer.sign({**claims, "sub": ""})),
    "hint of tomorrow": hinted(lambda signer, claims: signer.sign({**claims, "iat": claims["iat"] + 86_400})),
    "bound hint": hinted(lambda signer, claims: signer.sign({**claims, "cnf": {"jkt": "x"}})),
    "hint not signed": hinted(lambda signer, claims: f"{encoded({'alg': 'none'})}.{encoded(claims)}."),
    "still signed in": still_signed_in,
    "unknown host": opened("/", host="other.example.test"),
    "no host": opened("/", host=""),
    "nothing to show": nothing_to_show,
    "form with a field twice": field_twice,
    "form with a long field": posted("/u/login", b"username=" + b"a" * 2_000, _FORM),
    "sign-up closed": signup_closed,
    "nobody can sign in": nobody_can_sign_in,
    "no cookies": no_cookies,
    "without its cookie": without_its_cookie,
    "of another browser": of_another_browser,
    "expired": expired,
    "finished": finished,
    "unknown verification link": mailed("/u/email-verification"),
    "unknown reset link": mailed("/u/reset-verify"),
    "old verification link": old_verification,
    "another verification link": another_verification,
    "another verification link without its cookie": another_verification_without_its_cookie,
    "form of a lost cookie": form_of_a_lost_cookie,
    "spent reset link": spent_reset,
    "too many links": too_many_links,
}
"""THE LIST of error pages, by what went wrong."""
