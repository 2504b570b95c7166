"""``/co/authenticate``: who gets a ticket, and what everybody else is told (the wire §2.12)."""

import re

import httpx2
import msgspec
import pytest
from tests.support.protocol import newest_log, open_connection_to, refusal
from tests.support.world import CONNECTION, Browser, World

from .pages import ADA, ORIGIN, OTP_TYPE, STRANGER, authenticate, enable, ticket

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /co/authenticate")]


async def preflight(browser: Browser, origin: str) -> httpx2.Response:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    return await browser.client.options("/co/authenticate", headers=headers)


def readable(response: httpx2.Response) -> tuple[str | None, str | None]:
    """The origin whose scripts may read the answer, and whether with cookies."""
    headers = response.headers
    return headers.get("access-control-allow-origin"), headers.get("access-control-allow-credentials")


async def test_right_password(embedding: World) -> None:
    """The right password gets a ticket, the id and the value of a verifier, and nothing else."""
    found = await ticket(embedding.browser())
    assert set(found) == {"login_ticket", "co_verifier", "co_id"}
    assert len(set(found.values())) == 3


async def test_cookie(embedding: World) -> None:
    """The answer brings a cookie for pages of other sites that scripts cannot read and that soon expires."""
    response = await authenticate(embedding.browser())
    (cookie,) = response.headers.get_list("set-cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-gw_co=")
    wanted = {"httponly", "secure", "samesite=none", "path=/", "max-age=300"}
    assert {each.lower() for each in attributes} == wanted


async def test_cookie_without_tls(embedding: World) -> None:
    """On plain http, where no cookie goes to pages of other sites, the cookie is Lax and needs no TLS."""
    tenant = await embedding.platform.tenants.get("main")
    plain = msgspec.structs.replace(tenant, issuer="http://id.example.test/")
    await embedding.platform.bus.commit(embedding.platform.stores.tenants.put(plain))
    response = await authenticate(embedding.browser(base="http://id.example.test/"))
    (cookie,) = response.headers.get_list("set-cookie")
    assert cookie.startswith("gw_co=")
    assert "samesite=lax" in cookie.lower()
    assert "secure" not in cookie.lower()


async def test_answer_is_kept_by_nobody(embedding: World) -> None:
    """No cache keeps the ticket."""
    assert (await authenticate(embedding.browser())).headers["cache-control"] == "no-store"


async def test_two_tabs_share_the_cookie(embedding: World) -> None:
    """A second sign-in in the same browser keeps the cookie, so that the first tab's ticket stays good."""
    browser = embedding.browser()
    first = (await authenticate(browser)).cookies["__Host-gw_co"]
    assert (await authenticate(browser)).cookies["__Host-gw_co"] == first
    assert (await authenticate(embedding.browser())).cookies["__Host-gw_co"] != first


async def test_nothing_is_kept_in_clear(embedding: World) -> None:
    """Neither ticket nor verifier nor cookie can be found in the database."""
    browser = embedding.browser()
    response = await authenticate(browser)
    found, dump = response.json(), "\n".join(embedding.dump())
    for secret in (found["login_ticket"], found["co_verifier"], response.cookies["__Host-gw_co"]):
        assert secret not in dump
    assert found["co_id"] in dump


async def test_success_is_on_record(embedding: World) -> None:
    """A ticket is in the audit log, with the person and the page's origin."""
    await ticket(embedding.browser())
    entry = await newest_log(embedding, "scoa")
    assert (entry.client_id, entry.user_id, entry.details["origin"]) == ("web", "auth0|ada", ORIGIN)


async def test_no_session_yet(embedding: World) -> None:
    """A ticket is no session."""
    await ticket(embedding.browser())
    assert embedding.rows("SELECT count(*) FROM sessions") == [(0,)]


async def test_form_body(embedding: World) -> None:
    """The same fields in a form get a ticket too."""
    fields = {"client_id": "web", "username": ADA, "password": "Correct-Horse-1", "realm": CONNECTION}
    kind = {"credential_type": "http://auth0.com/oauth/grant-type/password-realm"}
    response = await embedding.browser().post(
        "/co/authenticate", data=fields | kind, headers={"origin": ORIGIN}
    )
    assert response.status_code == 200


@pytest.mark.parametrize("default", ["", CONNECTION])
async def test_without_a_realm(embedding: World, default: str) -> None:
    """Without a realm the default directory is meant, or else the client's one database."""
    await embedding.change_tenant(default_directory=default)
    await ticket(embedding.browser(), realm="", credential_type="password")


async def test_another_name_of_the_realm(embedding: World) -> None:
    """A realm may be another name of the database."""
    (connection,) = await embedding.platform.stores.connections.all("main")
    changed = msgspec.structs.replace(connection, realms=("staff",))
    await embedding.commit(embedding.platform.stores.connections.put("main", changed))
    await ticket(embedding.browser(), realm="staff")


@pytest.mark.parametrize(
    "fields", [{"password": "wrong"}, {"username": "nobody@example.test"}, {"username": "nobody"}]
)
async def test_wrong_password(embedding: World, fields: dict[str, str]) -> None:
    """A wrong password and an unknown person get the same words, which the page's script can read."""
    response = await authenticate(embedding.browser(), **fields)
    assert refusal(response) == (403, "access_denied")
    assert response.json()["error_description"] == "Wrong email or password."
    assert readable(response) == (ORIGIN, "true")
    assert "set-cookie" not in response.headers


async def test_blocked_person(embedding: World) -> None:
    """A blocked person is told so in the wire's words, and only after the right password."""
    await embedding.change_user("auth0|ada", blocked=True)
    assert refusal(await authenticate(embedding.browser(), password="wrong")) == (403, "access_denied")
    response = await authenticate(embedding.browser())
    assert refusal(response) == (401, "unauthorized")
    assert response.json()["error_description"] == "user is blocked"


async def test_unverified_email_gets_a_ticket(embedding: World) -> None:
    """An address that was never confirmed does not keep its owner out, here as on our own pages."""
    await embedding.put_user("bo@example.test", email_verified=False)
    await ticket(embedding.browser(), username="bo@example.test")


async def test_wrong_password_ten_times(embedding: World) -> None:
    """After ten wrong passwords even the right one is refused, and the script learns until when."""
    for _ in range(10):
        await authenticate(embedding.browser(), password="wrong")
    response = await authenticate(embedding.browser())
    assert refusal(response) == (429, "too_many_attempts")
    assert int(response.headers["retry-after"]) > 0
    assert readable(response) == (ORIGIN, "true")


@pytest.mark.parametrize("realm", ["nowhere", "<script>", "Username-Password-Authentication "])
async def test_wrong_realm(embedding: World, realm: str) -> None:
    """A realm that is none of the client's is named in the refusal."""
    response = await authenticate(embedding.browser(), realm=realm)
    assert refusal(response) == (400, "invalid_request")
    assert realm in response.json()["error_description"]


async def test_disabled_connection(embedding: World) -> None:
    """A database that is not enabled for the client takes no password for it."""
    await open_connection_to(embedding, "spa")
    response = await authenticate(embedding.browser())
    assert refusal(response) == (400, "invalid_request")
    assert embedding.rows("SELECT count(*) FROM attempts") == [(0,)]


@pytest.mark.parametrize("missing", ["client_id", "username", "password", "realm", "credential_type"])
async def test_missing_parameter(embedding: World, missing: str) -> None:
    """A parameter that is missing is named."""
    response = await authenticate(embedding.browser(), **{missing: ""})
    assert refusal(response) == (400, "invalid_request")
    assert missing in response.json()["error_description"]


@pytest.mark.parametrize("kind", ["http://auth0.com/oauth/grant-type/unknown", "Password", OTP_TYPE + "x"])
async def test_unknown_credential_type(embedding: World, kind: str) -> None:
    """A credential type that we do not have is refused by its own error, with those we have."""
    response = await authenticate(embedding.browser(), credential_type=kind)
    assert refusal(response) == (400, "unsupported_credential_type")
    assert re.search(r"There are: password, ", response.json()["error_description"])


async def test_unknown_client(embedding: World) -> None:
    """A client that nobody registered is refused, and no script may read that."""
    response = await authenticate(embedding.browser(), client_id="nobody")
    assert refusal(response) == (403, "unauthorized_client")
    assert readable(response) == (None, None)


FOREIGN = [
    STRANGER,
    None,
    "null",
    "",
    "http://app.example.test",
    "https://app.example.test:8443",
    "https://APP.example.test",
    "https://app.example.test/",
    "https://app.example.test.evil.test",
    "https://spa.example.test",
    "https://id.example.test",
]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_foreign_origin(embedding: World, origin: str | None) -> None:
    """A page elsewhere gets no ticket for the right password, and is told its origin and what to change."""
    response = await authenticate(embedding.browser(), origin=origin)
    assert refusal(response) == (403, "unauthorized_client")
    told = response.json()["error_description"]
    assert (origin or "no Origin header") in told
    assert "allowed_origins" in told
    assert readable(response) == (None, None)
    assert embedding.rows("SELECT count(*) FROM login_tickets") == [(0,)]


async def test_foreign_origin_is_on_record(embedding: World) -> None:
    """A page that may not bring passwords is in the audit log, with its origin."""
    await authenticate(embedding.browser(), origin=STRANGER)
    entry = await newest_log(embedding, "fcoa")
    assert entry.client_id == "web"
    assert STRANGER in entry.description


async def test_foreign_origin_tries_no_password(embedding: World) -> None:
    """Where the page is refused no password is compared, so none can be guessed from there."""
    for password in ("wrong", "Correct-Horse-1"):
        await authenticate(embedding.browser(), origin=STRANGER, password=password)
    assert embedding.rows("SELECT count(*) FROM attempts") == [(0,)]


@pytest.mark.parametrize(
    ("conformant", "switch", "status"),
    [
        (True, None, 403),
        (True, False, 403),
        (True, True, 200),
        (False, None, 200),
        (False, True, 200),
        (False, False, 403),
    ],
)
async def test_switch(world: World, conformant: bool, switch: bool | None, status: int) -> None:
    """Without a word conformant clients take no passwords on their pages and legacy ones do."""
    await world.change_client("web", oidc_conformant=conformant, cross_origin_authentication=switch)
    response = await authenticate(world.browser())
    assert response.status_code == status
    if status == 403:
        assert refusal(response)[1] == "unauthorized_client"
        assert "cross_origin_authentication" in response.json()["error_description"]


@pytest.mark.parametrize("field", ["web_origins", "allowed_origins", "callbacks"])
async def test_origins_of_the_client(embedding: World, field: str) -> None:
    """Web origins, allowed origins and the origins of callbacks may bring passwords."""
    page = "https://page.example.test"
    await enable(embedding, **{field: (f"{page}/",)})
    await ticket(embedding.browser(), origin=page)


async def test_switch_is_told_to_the_page(world: World) -> None:
    """A page of the client can read that its client may not take passwords."""
    assert readable(await preflight(world.browser(), ORIGIN)) == (ORIGIN, "true")
    assert readable(await authenticate(world.browser())) == (ORIGIN, "true")


async def test_preflight(embedding: World) -> None:
    """The question before is answered with credentials to pages of the tenant's clients."""
    response = await preflight(embedding.browser(), ORIGIN)
    assert (response.status_code, readable(response)) == (204, (ORIGIN, "true"))
    assert response.headers["access-control-allow-methods"] == "POST"
    assert "auth0-client" in response.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("origin", [o for o in FOREIGN if o and o != "https://spa.example.test"])
async def test_preflight_of_strangers(embedding: World, origin: str) -> None:
    """No other page may even ask."""
    assert readable(await preflight(embedding.browser(), origin)) == (None, None)


async def test_preflight_follows_the_configuration(embedding: World) -> None:
    """An origin that was taken off the list may not ask from that moment on."""
    browser = embedding.browser()
    assert readable(await preflight(browser, ORIGIN)) == (ORIGIN, "true")
    await enable(embedding, web_origins=(), callbacks=())
    assert readable(await preflight(browser, ORIGIN)) == (None, None)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"client_id":1}', b'{"client_id":"web","client_id":"a"}']
)
async def test_malformed_body(embedding: World, body: bytes) -> None:
    """A body that is not what it should be is a 400 in the protocol's shape."""
    headers = {"origin": ORIGIN, "content-type": "application/json"}
    response = await embedding.browser().post("/co/authenticate", content=body, headers=headers)
    assert refusal(response) == (400, "invalid_request")
