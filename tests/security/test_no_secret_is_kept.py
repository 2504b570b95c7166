"""No issued secret is in the database or the logs, in whatever encoding (invariant 1)."""

import base64
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from tests.embedded.pages import LOCATION, authenticate, enable, redeem, ticket
from tests.security.watching import WatchedBrowser
from tests.support.legacy import JWT_BEARER, delegate, make_legacy
from tests.support.passwordless import mailed_code, mailed_link, put_passwordless, verify
from tests.support.passwordless import redeem as redeem_code
from tests.support.protocol import PKCE, SPA, VERIFIER, basic, bearer
from tests.support.world import API, CALLBACK, CONNECTION, ISSUER, PASSWORD, SECRET, World, answer, forms

from gatewright.clients import JwtConfiguration
from gatewright.connections import Totp

pytestmark = pytest.mark.anyio

EVE = "eve@example.test"
CHOSEN, LATER = "A-Password-Of-Eve-1", "Another-Password-Of-Eve-2"
OWN = "A-Password-Of-Dee-1"
MASTER = b"k" * 32


def spellings(secret: str) -> Iterator[bytes]:
    """The forms in which a secret could lie about."""
    raw = secret.encode()
    yield raw
    yield raw[::-1]
    yield quote(secret, safe="").encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for shift in range(3):
        # Inside something longer, base64 has one of three looks; its edges mix with the neighbours.
        encoded = base64.b64encode(b"\0" * shift + raw)
        whole = encoded[4 if shift else 0 : -4]
        yield whole
        yield whole.translate(bytes.maketrans(b"+/", b"-_"))


def found_in(haystack: bytes, secrets: dict[str, str]) -> list[str]:
    """What the secrets are that the bytes hold."""
    return sorted({kind for secret, kind in secrets.items() if any(s in haystack for s in spellings(secret))})


async def link_of(world: World) -> str:
    """The link in the newest mail."""
    (newest,) = [mail for mail in await world.mails() if mail["to"] == EVE][-1:]
    return re.search(r"https://id\.example\.test(/u/\S+ticket=\S+)", newest["text"])[1]  # type: ignore[index]


async def sign_up(world: World, browser: WatchedBrowser) -> None:
    page = await browser.authorize(screen_hint="signup")
    await browser.submit(page, email=EVE, password=CHOSEN)
    await browser.submit(await browser.get(await link_of(world)))


async def tokens(browser: WatchedBrowser) -> None:
    """Signs in, redeems, refreshes, asks and gives up."""
    page = await browser.authorize(scope="openid email offline_access", audience=API)
    code = answer(await browser.submit(page, username=EVE, password=CHOSEN))["code"]
    first = (await browser.redeem(code)).json()
    second = (await browser.token(grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
    for token in (second["access_token"], second["refresh_token"]):
        await browser.post("/oauth/introspect", data={"token": token}, headers=basic("web", SECRET))
    opaque = await browser.tokens(scope="openid")
    await browser.get("/userinfo", headers=bearer(opaque["access_token"]))
    await browser.post("/userinfo", data={"access_token": opaque["access_token"]})
    library = {"auth0-client": "eyJuYW1lIjoicGFzc3BvcnQtYXV0aDAifQ=="}
    await browser.get(f"/userinfo?access_token={opaque['access_token']}", headers=library)
    await browser.authorize(prompt="login", id_token_hint=opaque["id_token"])
    await browser.authorize(prompt="consent", id_token_hint=opaque["id_token"])
    await browser.token(grant_type="client_credentials", audience=API)
    await browser.bring_password(EVE, CHOSEN, scope="openid offline_access")
    await browser.bring_password(EVE, CHOSEN, scope="openid offline_access", audience=API)
    await browser.redeem(code)
    body = {"client_id": "web", "client_secret": SECRET, "token": second["refresh_token"]}
    await browser.post("/oauth/revoke", data=body)


async def public_client(browser: WatchedBrowser) -> None:
    code = answer(await browser.authorize(**SPA, **PKCE, scope="openid offline_access"))["code"]
    body = {"grant_type": "authorization_code", "client_id": "spa", "code": code, "code_verifier": VERIFIER}
    await browser.post("/oauth/token", data={**body, "redirect_uri": SPA["redirect_uri"]})


async def in_front(world: World, browser: WatchedBrowser) -> None:
    await world.change_client("web", grant_types=("authorization_code", "implicit", "refresh_token"))
    await browser.authorize(response_type="code id_token token", nonce="n")


async def legacy(world: World, browser: WatchedBrowser) -> None:
    """An application of the legacy pipeline trades its tokens, and asks whom they speak of."""
    await make_legacy(world)
    asked = {"response_type": "token", "scope": "openid offline_access", "device": "phone"}
    found = answer(await browser.authorize(**asked))
    fresh = (await delegate(browser, target="", id_token=found["id_token"])).json()
    await delegate(browser, target="", refresh_token=found["refresh_token"])
    await browser.get("/tokeninfo", params={"id_token": fresh["id_token"]})
    await browser.get("/tokeninfo?id_token=a-wrong-id-token-nobody-should-read")
    await browser.post("/tokeninfo", json={"id_token": found["id_token"]})
    await delegate(browser, target="", refresh_token="a-wrong-refresh-token-nobody-should-read")
    own = {"client_id": "web", "grant_type": "password", "connection": CONNECTION, "username": EVE}
    kept = {"scope": "openid offline_access", "device": "phone"}
    await browser.post("/oauth/ro", data={**own, **kept, "password": CHOSEN})
    await browser.post("/oauth/ro", data={**own, "password": "a-wrong-password-of-old-nobody-should-read"})
    sent = {"client_id": "web", "grant_type": JWT_BEARER, **kept}
    await browser.post("/oauth/ro", data={**sent, "id_token": fresh["id_token"]})
    await browser.post("/oauth/ro", data={**sent, "id_token": "a-wrong-id-token-of-old-nobody-should-read"})
    social = {"client_id": "web", "access_token": "a-provider-token-nobody-should-read"}
    await browser.post("/oauth/access_token", data={**social, "connection": CONNECTION})
    await browser.get("/user/ssodata", headers={"origin": "https://app.example.test"})
    await world.change_client("web", oidc_conformant=True, jwt_configuration=JwtConfiguration())


async def own_forms(browser: WatchedBrowser) -> None:
    """An application's own forms: sign-up, forgotten password, and whether a password is right."""
    fields = {"client_id": "web", "connection": CONNECTION, "email": "dee@example.test"}
    await browser.post("/dbconnections/signup", json={**fields, "password": OWN})
    await browser.post("/dbconnections/signup", data={**fields, "password": OWN + "again"})
    await browser.post("/dbconnections/signup", json={**fields, "password": "weak-one-nobody-should-read"})
    await browser.post("/dbconnections/change_password", json={**fields, "password": OWN})
    await browser.post("/public/api/users/validate_userpassword", data={**fields, "password": OWN})


async def embedded(world: World, browser: WatchedBrowser) -> None:
    """The application's own page asks for the password, in each of the ways there are."""
    await enable(world, cross_origin_loc=LOCATION)
    found = await ticket(browser, username=EVE, password=CHOSEN)
    await redeem(browser, found["login_ticket"], state="s")
    hint = (await browser.tokens())["id_token"]
    for verifier in ("", "a-wrong-verifier-nobody-should-read"):
        found = await ticket(browser, username=EVE, password=CHOSEN)
        browser.client.cookies.delete("__Host-gw_co")
        page = await redeem(browser, found["login_ticket"], id_token_hint=hint, state="s")
        data = {**forms(page)[0]["fields"], "verifier": verifier or found["co_verifier"]}
        await browser.post("/co/verify", data=data, headers={"origin": ISSUER[:-1]})
    await redeem(browser, "a-wrong-login-ticket-nobody-should-read")
    await authenticate(browser, username=EVE, password="a-password-on-a-page-nobody-should-read")
    body = {"client_id": "web", "redirect_uri": CALLBACK, "response_type": "code", "username": EVE}
    page = await browser.post("/usernamepassword/login", json={**body, "password": CHOSEN})
    await browser.post("/login/callback", data=forms(page)[0]["fields"])
    await browser.submit(await browser.get("/sso_dbconnection_popup/web"), username=EVE, password=CHOSEN)


async def by_mail(world: World, browser: WatchedBrowser) -> str:
    """Somebody signs in by a link, and by codes at each door; returns a code, which is longer than usual."""
    await put_passwordless(world, totp=Totp(length=12))
    await browser.get(await mailed_link(world, EVE))  # looked at, and replaced by a newer one
    link = await mailed_link(world, EVE)
    await browser.submit(await browser.get(link))
    code = await mailed_code(world, EVE)
    await browser.get("/v2/logout")
    await verify(browser, code, EVE)
    await redeem_code(browser, code, EVE, scope="openid offline_access")
    page = await browser.submit(await browser.authorize(connection="email"), email=EVE)
    await browser.submit(page, code="a-wrong-code-on-the-page-nobody-should-read")
    await redeem_code(browser, "a-wrong-code-by-grant-nobody-should-read", EVE)
    return code


async def mistakes(browser: WatchedBrowser) -> None:
    """Secrets that were sent to the wrong place or were wrong."""
    page = await browser.authorize(prompt="login")
    await browser.submit(page, username=EVE, password="a-wrong-password-nobody-should-read")
    await browser.bring_password(EVE, "another-wrong-password-nobody-should-read")
    await browser.bring_password(EVE, "a-password-for-no-realm-nobody-should-read", realm="nowhere")
    await browser.token(grant_type="client_credentials", client_secret="a-wrong-secret-nobody-should-read")
    await browser.token(grant_type="refresh_token", refresh_token="a-wrong-token-nobody-should-read")
    await browser.redeem("a-wrong-code-nobody-should-read")
    await browser.get("/userinfo", headers=bearer("a-wrong-bearer-nobody-should-read"))
    await browser.get("/u/reset-verify?ticket=a-wrong-ticket-nobody-should-read")
    await browser.post("/oauth/token?client_secret=a-secret-in-the-url-nobody-should-read")
    await browser.get("/authorize?client_id=nobody&id_token_hint=a-wrong-hint-nobody-should-read")


async def reset(world: World, browser: WatchedBrowser) -> None:
    page = await browser.authorize(prompt="login")
    state = forms(page)[0]["fields"]["state"]
    await browser.submit(await browser.get(f"/u/reset-password?state={state}"), email=EVE)
    await browser.submit(await browser.get(await link_of(world)), password=LATER)
    await browser.get("/v2/logout")


async def journey(world: World) -> dict[str, str]:
    """Everything a person and an application do; returns every secret on the way."""
    browser = WatchedBrowser(world.app)
    await sign_up(world, browser)
    await tokens(browser)
    await public_client(browser)
    await in_front(world, browser)
    await legacy(world, browser)
    await own_forms(browser)
    await embedded(world, browser)
    code = await by_mail(world, browser)
    await mistakes(browser)
    await reset(world, browser)
    known = {
        code: "one-time code",
        SECRET: "client secret",
        PASSWORD: "password of another",
        CHOSEN: "password",
        LATER: "password",
    }
    known |= dict.fromkeys((OWN, OWN + "again", "weak-one-nobody-should-read"), "password")
    return {**browser.secrets, **known}


def kept(folder: Path) -> bytes:
    """Every byte the database wrote, its write-ahead log included."""
    files = sorted(folder.glob("test.db*"))
    assert {file.name for file in files} >= {"test.db", "test.db-wal"}
    return b"\n".join(file.read_bytes() for file in files)


async def test_no_secret_in_database_or_logs(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After a whole journey no byte of database or logs spells a secret that was issued or sent."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as structured:
        secrets = await journey(world)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    told = (str(structured) + "\n".join(ours)).encode()
    assert "/oauth/token" in str(structured)
    database = kept(tmp_path)
    assert found_in(database, secrets) == []
    assert found_in(told, secrets) == []
    assert MASTER not in database
    assert base64.b64encode(MASTER) not in told


async def test_journey_meets_every_kind_of_secret(world: World) -> None:
    """The journey of the scan sees every kind of secret there is, so that none is overlooked."""
    kinds = set((await journey(world)).values())
    assert kinds >= {
        "access_token",
        "address of a login",
        "authorization header",
        "client secret",
        "code",
        "co_verifier",
        "code_verifier",
        "cookie __Host-gw_browser",
        "cookie __Host-gw_co",
        "cookie __Host-gw_session_compat",
        "form token",
        "id_token",
        "id_token_hint",
        "login_ticket",
        "password",
        "refresh_token",
        "one-time code",
        "ticket",
        "verifier",
        "wresult",
        "verification_code",
    }


async def test_scan_sees_what_is_there(world: World, tmp_path: Path) -> None:
    """The scan finds what the database really holds, in each spelling."""
    await world.browser().sign_in()
    database = kept(tmp_path)
    assert found_in(database, {"ada@example.test": "address"}) == ["address"]
    for spelling in spellings("a-secret-of-24-characters"):
        assert found_in(b"before" + spelling + b"after", {"a-secret-of-24-characters": "x"}) == ["x"]


async def test_mailed_link_is_sealed(world: World, tmp_path: Path) -> None:
    """A mail that waits in the outbox does not show its link to whoever reads the database."""
    browser = WatchedBrowser(world.app)
    page = await browser.authorize(screen_hint="signup")
    await browser.submit(page, email=EVE, password=CHOSEN)
    ticket = (await link_of(world)).partition("ticket=")[2].partition("&")[0]
    assert found_in(kept(tmp_path), {ticket: "ticket"}) == []
