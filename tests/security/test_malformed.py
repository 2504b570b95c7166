"""Malformed input at every address: a refusal in the address's own shape, never a 5xx (invariant 8)."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.security.raw import Answer, send
from tests.support import world as worlds
from tests.support.legacy import make_legacy
from tests.support.passwordless import OTP_GRANT, put_passwordless
from tests.support.postgres import PostgresCluster
from tests.support.world import REALM_GRANT, SECRET, World

from gatewright.storage.database import Database
from gatewright.storage.postgres import PostgresDatabase
from gatewright.web.routing import Route

pytestmark = pytest.mark.anyio

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
MACHINES = (
    *("/oauth/", "/userinfo", "/.well-known/", "/dev/messages.json"),
    *("/delegation", "/tokeninfo", "/user/ssodata"),
    *("/co/authenticate", "/usernamepassword/"),
)
OWN_FORMS = (
    *("/dbconnections/", "/passwordless/challenge", "/public/api/"),
    *("/client/", "/info-v1.js", "/user/geoloc/"),
)
DATABASE_SHAPE = {"name", "code", "description", "message", "statusCode"}
MAILERS = ("/passwordless/start", "/passwordless/verify")
HUGE = 100_000


def _part(raw: bytes) -> bytes:
    """A part of a JWT."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _hint(claims: bytes) -> bytes:
    """A request whose ``id_token_hint``, signed by nobody, makes these claims."""
    token = b".".join(map(_part, (b'{"alg":"HS256","typ":"JWT"}', claims, b"x")))
    return _REQUEST + b"&id_token_hint=" + token


_REQUEST = b"client_id=web&redirect_uri=https://app.example.test/callback&response_type=code"
SIGN_UP = (
    b'{"client_id":"spa","connection":"Username-Password-Authentication",'
    b'"email":"odd@example.test","password":"Correct-Horse-1"'
)
START = b'{"client_id":"web","connection":"email",'
DELEGATION = b"client_id=web&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer"

OWN = b"client_id=web&grant_type=password"

QUERIES: dict[str, bytes] = {
    "not UTF-8": b"client_id=%ff%fe&state=%c3%28&ticket=%ff",
    "raw bytes": b"client_id=\xff\xfe&state=\x80",
    "NUL": b"client_id=a%00b&state=%00&ticket=%00&returnTo=%00",
    "broken escapes": b"client_id=%&state=%2&redirect_uri=%zz&ticket=%u0041",
    "huge": b"state=" + b"a" * HUGE,
    "many": b"&".join(b"p%d=1" % n for n in range(5_000)),
    "repeated": b"client_id=web&client_id=web&state=a&state=b&ticket=a&ticket=b",
    "only separators": b"&&&===&;;&=&",
    "no names": b"=web&=x",
    "control characters": b"client_id=%01%02%1b&state=%7f&ticket=%0d%0a",
    "surrogates": b"state=%ed%a0%80&client_id=%ed%bf%bf",
    "id_token of nobody": b"id_token=eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJcdWQ4MDAifQ.%00",
    "id_token in parts": b"id_token=" + b"a." * 2_000,
    "id_token for a NUL": b"id_token=eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJcdTAwMDAifQ.x",
    "id_token for half a character": b"id_token=eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJcdWQ4MDAifQ.x",
    "id_token for a number": b"id_token=eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOlsxXX0.x",
    "markup": b"client_id=%3Cscript%3E&state=%22%3E&ticket='%22--",
    "odd parameters": b"max_age=1e9&prompt=none+none&claims=%5B%5B&id_token_hint=..&scope=+&response_type=+",
    "a real client": b"client_id=web&redirect_uri=https://app.example.test/callback&response_type=code"
    b"&state=%f0%9f%98%80&claims=%7B%22id_token%22%3A%5B%5D%7D&max_age=99999999999&id_token_hint=a.b.c",
    "NUL where we look": _REQUEST + b"&audience=%00&connection=%00&login_hint=%00&scope=%00",
    "control characters where we look": _REQUEST + b"&audience=%01&connection=%7f&state=%1b&scope=%02",
    "huge integers": _REQUEST + b"&max_age=" + b"9" * 9 + b"&nonce=" + b"9" * 400,
    "huge integers in claims": _REQUEST
    + b"&claims=%7B%22id_token%22%3A%7B%22sub%22%3A%7B%22value%22%3A"
    + b"9" * 400
    + b"%7D%7D%7D",
    "NUL in claims": _REQUEST
    + b"&claims=%7B%22id_token%22%3A%7B%22sub%22%3A%7B%22value%22%3A%22%5Cu0000%22%7D%7D%7D",
    "half a character in claims": _REQUEST
    + b"&claims=%7B%22id_token%22%3A%7B%22sub%22%3A%7B%22value%22%3A%22%5Cud800%22%7D%7D%7D",
    "link of half a character": _REQUEST + b"&connection=email&verification_code=%ed%a0%80&email=a@b.test",
    "link of NUL": _REQUEST + b"&connection=email&verification_code=%00&email=a%00@b.test",
    "link for an odd address": _REQUEST
    + b"&connection=email&verification_code=%01&email=%E2%80%AE%EF%BC%A0x",
    "hint of NUL": _hint(b'{"aud":"\\u0000","sub":"\\u0000"}'),
    "hint of half a character": _hint(b'{"aud":"\\ud800","sub":"a"}'),
    "hint of huge integers": _hint(b'{"aud":"web","exp":%d,"iat":%d}' % (10**40, 10**400)),
}

BODIES: dict[str, tuple[str, bytes]] = {
    "empty form": (FORM, b""),
    "not UTF-8": (FORM, b"state=%ff&client_id=\xff&token=\xfe&ticket=\xff"),
    "NUL": (FORM, b"client_id=web%00&token=%00&state=%00&ticket=%00&username=a%00&password=%00&email=%00"),
    "huge": (FORM, b"token=" + b"a" * HUGE),
    "long fields": (
        FORM,
        b"&".join(b"%s=" % n + b"a" * 6_000 for n in (b"username", b"password", b"email", b"code")),
    ),
    "many": (FORM, b"&".join(b"p%d=1" % n for n in range(5_000))),
    "repeated": (FORM, b"client_id=web&client_id=web&token=a&token=b&state=a&state=b&ticket=a&ticket=a"),
    "separators": (FORM, b"&&&===&"),
    "JSON as form": (FORM, b'{"client_id":"web"}'),
    "empty JSON": (JSON, b""),
    "no JSON": (JSON, b"{"),
    "JSON list": (JSON, b"[[[[1]]]]"),
    "JSON deep": (JSON, b"[" * HUGE),
    "JSON deep object": (JSON, b'{"a":' * 5_000),
    "JSON numbers": (JSON, b'{"client_id":1e400,"token":-0,"grant_type":12345678901234567890123}'),
    "JSON kinds": (JSON, b'{"client_id":{"a":[null]},"token":true,"grant_type":[]}'),
    "JSON NUL": (JSON, b'{"client_id":"a\\u0000","token":"\\u0000","grant_type":"a"}'),
    "JSON half a character": (JSON, b'{"client_id":"\\ud800","token":"\\udfff"}'),
    "JSON not UTF-8": (JSON, b'{"client_id":"\xff"}'),
    "JSON twice": (JSON, b'{"client_id":"web","client_id":"spa"}'),
    "XML": ("text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "multipart": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--",
    ),
    "broken multipart": ("multipart/form-data", b"--"),
    "binary": ("application/octet-stream", bytes(range(256)) * 10),
    "no type": ("", b"client_id=web"),
    "odd type": (";;;=,", b"client_id=web"),
    "refresh of nobody": (
        FORM,
        f"client_id=web&client_secret={SECRET}&grant_type=refresh_token&refresh_token=".encode()
        + b"%e2%82%ac.1.x",
    ),
    "code of nobody": (
        FORM,
        f"client_id=web&client_secret={SECRET}&grant_type=authorization_code&code=%F0%9F%98%80".encode(),
    ),
    "password of nobody": (
        FORM,
        f"client_id=kiosk&client_secret={SECRET}&grant_type={quote(REALM_GRANT)}&scope=openid".encode()
        + b"&username=%F0%9F%98%80%20%EF%BC%A0%CC%81&password=%E2%80%AE%01%7f",
    ),
    "long password": (
        FORM,
        f"client_id=kiosk&client_secret={SECRET}&grant_type={quote(REALM_GRANT)}&scope=openid".encode()
        + b"&username="
        + b"a" * 30_000
        + b"%40&password="
        + b"b" * 30_000,
    ),
    "odd realm": (
        FORM,
        f"client_id=kiosk&client_secret={SECRET}&grant_type={quote(REALM_GRANT)}&username=a".encode()
        + b"&password=b&realm="
        + b"%22%5C%0d%0a%F0%9F%98%80" * 500,
    ),
    "no default directory": (
        FORM,
        f"client_id=kiosk&client_secret={SECRET}&grant_type=password&username=a&password=b".encode(),
    ),
    "token of nobody": (FORM, f"client_id=web&client_secret={SECRET}&token=".encode() + b"eyJ%00.e30.x"),
    "JWT for NUL": (
        FORM,
        f"client_id=web&client_secret={SECRET}&token=".encode()
        + b".".join(_part(part) for part in (b'{"alg":"HS256"}', b'{"aud":"\\u0000"}', b"x")),
    ),
    "JWT of huge numbers": (
        FORM,
        f"client_id=web&client_secret={SECRET}&token=".encode()
        + b".".join(_part(part) for part in (b'{"alg":"RS256"}', b'{"aud":"a","exp":%d}' % 10**40, b"x")),
    ),
    "JWT of half a character": (
        FORM,
        f"client_id=web&client_secret={SECRET}&token=".encode()
        + b".".join(_part(part) for part in (b'{"alg":"HS256"}', b'{"aud":"\\ud800"}', b"x")),
    ),
    "delegation of nobody": (FORM, DELEGATION + b"&target=%F0%9F%98%80&id_token=eyJ%20.e30.x"),
    "delegation of a refresh token": (FORM, DELEGATION + b"&refresh_token=%e2%82%ac.1.x&scope=%f0%9f%98%80"),
    "delegation for half a character": (
        JSON,
        b'{"client_id":"web","grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer",'
        b'"target":"\\ud800","id_token":"x"}',
    ),
    "old sign-in of nobody": (FORM, OWN + b"&username=%F0%9F%98%80%20%EF%BC%A0%CC%81&password=%E2%80%AE%01"),
    "old sign-in at an odd connection": (FORM, OWN + b"&username=a&password=b&connection=%22%5C%0d%01"),
    "old sign-in of an odd device": (
        FORM,
        OWN + b"&username=a&password=b&connection=x&scope=offline_access&device=" + b"%F0%9F%98%80" * 500,
    ),
    "old sign-in by half a character": (
        JSON,
        b'{"client_id":"web","grant_type":"password","connection":"\\ud800","username":"\\ud800"}',
    ),
    "old sign-in by id_token of nobody": (FORM, DELEGATION + b"&device=x&id_token=eyJ%20.e30.x"),
    "social token of nobody": (FORM, b"client_id=web&access_token=%F0%9F%98%80&connection=%F0%9F%98%80"),
    "id_token for half a character": (FORM, b"id_token=eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJcdWQ4MDAifQ.x"),
    "sign-up with odd words": (
        JSON,
        SIGN_UP + b',"name":"\\u202e\\ufeff","user_metadata":{"\xf0\x9f\x98\x80":"\\uffff"}}',
    ),
    "sign-up with NUL": (JSON, SIGN_UP + b',"user_metadata":{"a\\u0000":"b"}}'),
    "sign-up with half a character": (JSON, SIGN_UP + b',"user_metadata":{"a":"\\ud800"}}'),
    "sign-up with deep metadata": (
        JSON,
        SIGN_UP + b',"user_metadata":' + b'{"a":' * 1_000 + b"1" + b"}" * 1_001,
    ),
    "sign-up with huge numbers": (JSON, SIGN_UP + b',"user_metadata":' + b"9" * 9_000 + b"}"),
    "form with odd metadata": (
        FORM,
        b"client_id=spa&user_metadata%5B%5D=a&user_metadata%5Ba%5D%5Bb%5D=c&user_metadata=d",
    ),
    "start for half a character": (JSON, START + b'"email":"\\ud800@example.test"}'),
    "start for NUL": (JSON, START + b'"email":"a\\u0000@example.test"}'),
    "start for an odd address": (JSON, START + b'"email":"\\u202e\\uff20.@[::1]"}'),
    "start with odd parameters": (
        JSON,
        START + b'"email":"a@example.test","authParams":{"redirect_uri":"\\ud800","state":"\\u0000"}}',
    ),
    "start with half a character": (
        JSON,
        START + b'"email":"a@example.test","authParams":{"state":"\\ud800","nonce":"\\udfff"}}',
    ),
    "start with deep parameters": (JSON, START + b'"email":"a@b.test","authParams":{"a":' + b"[" * 200),
    "start with a list": (JSON, START + b'"email":"a@example.test","authParams":[1]}'),
    "start by form": (FORM, b"client_id=web&connection=email&email=a@b.test&authParams[state]=%00&x[=1"),
    "code of half a character": (JSON, START + b'"email":"\\udc00","verification_code":"\\ud800"}'),
    "code of NUL": (JSON, START + b'"email":"a@b.test","verification_code":"\\u0000"}'),
    "code by grant": (
        FORM,
        f"client_id=web&client_secret={SECRET}&grant_type={quote(OTP_GRANT)}&realm=email".encode()
        + b"&username=%F0%9F%98%80%20%EF%BC%A0&otp=%E2%80%AE",
    ),
    "token in parts": (FORM, f"client_id=web&client_secret={SECRET}&token=".encode() + b"a." * 2_000),
}

HEADERS: dict[str, dict[str, bytes]] = {
    "cookies": {"cookie": b'__Host-gw_session=; __Host-gw_browser=\xff; =; ;;; a=b=c; __Host-gw_session="x'},
    "huge cookies": {
        "cookie": b"__Host-gw_session=" + b"a" * 30_000 + b"; __Host-gw_browser=" + b"b" * 30_000
    },
    "octal cookies": {"cookie": b'__Host-gw_session="\\377\\000\\777"; __Host-gw_browser="\\012"'},
    "authorization": {"authorization": b"Basic \xff\xfe"},
    "basic of nothing": {"authorization": b"Basic "},
    "basic no colon": {"authorization": b"Basic YWJj"},
    "basic odd escapes": {"authorization": b"Basic JWZmJTAwOiVmZg=="},
    "bearer": {"authorization": b"Bearer \xff\xff"},
    "bearer of three": {"authorization": b"Bearer a.b.c"},
    "bearer deep": {"authorization": b"Bearer " + b"e30." * 3_000},
    "scheme alone": {"authorization": b"Bearer"},
    "languages": {"accept-language": b"\xff;q=x, de;q=1e9, *;q=-1, " + b"a-" * 5_000},
    "accept": {"accept": b"\xff/\xff;q=nan"},
    "origin": {"origin": b"\xff://[::1"},
    "origin null": {"origin": b"null"},
    "forwarded": {
        "x-forwarded-for": b"\xff, 999.1.1.1",
        "forwarded": b"for=;;",
        "x-forwarded-host": b"evil.test",
    },
    "method override": {"x-http-method-override": b"DELETE"},
    "user agent": {"user-agent": b"\xff\xfe" * 2_000},
    "lengths": {"content-length": b"5", "content-type": FORM.encode()},
    "conditions": {"if-match": b"\xff", "range": b"bytes=9-1", "if-modified-since": b"never"},
    "encoding": {"content-encoding": b"gzip", "content-type": FORM.encode()},
    "client hello": {"auth0-client": b"not base64 \xff"},
}


@pytest.fixture(scope="module")
def tables(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """A PostgreSQL database with our tables."""
    name = postgres_cluster.create_database()
    postgres_cluster.create_tables(name)
    yield name
    postgres_cluster.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database | None:
    """Where the server keeps what it keeps: what SQLite stores and PostgreSQL refuses is malformed too."""
    if request.param == "sqlite":
        return None
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name: str = request.getfixturevalue("tables")
    cluster.empty_database(name)
    return PostgresDatabase(cluster.url(name))


@pytest.fixture
async def server(database: Database | None, tmp_path: Path) -> AsyncIterator[World]:
    """A fresh server over either database."""
    async with worlds.world(tmp_path, database) as made:
        await put_passwordless(made)
        yield made


def is_machine(route: Route) -> bool:
    return route.path.startswith(MACHINES) or route.path in MAILERS


def check(response: Answer, route: Route, method: str, what: str) -> None:
    """Not a 5xx; a refusal has the shape that the callers of this address read."""
    case = f"{method} {route.path} with {what}: {response.status} {response.text[:300]}"
    assert response.status < 500, case
    if method in ("HEAD", "OPTIONS") or response.status < 400:
        return
    kind = response.headers["content-type"]
    if route.path == "/usernamepassword/login" and response.status != 405:
        # the shape of the database endpoints (the wire §2.0)
        assert set(response.json()) == {"name", "code", "description", "statusCode"}, case
        assert response.headers["cache-control"] == "no-store", case
        return
    if route.path.startswith(OWN_FORMS) and response.status != 405:
        assert kind == "application/json", case
        body = response.json()
        assert set(body) - {"policy"} == DATABASE_SHAPE, case
        assert body["statusCode"] == response.status, case
        assert response.headers["cache-control"] == "no-store", case
    elif is_machine(route) or response.status == 405:
        assert kind == "application/json", case
        body = response.json()
        assert set(body) == {"error", "error_description"}, case
        assert body["error"].isascii(), case
        assert response.headers["cache-control"] == "no-store", case
    else:
        assert kind.startswith("text/html"), case
        assert "no-store" in response.headers["cache-control"], case


@pytest.fixture(autouse=True)
async def all_doors(world: World) -> None:
    """The web client is let through the doors of the legacy pipeline too."""
    await make_legacy(world)


def routes(world: World) -> Iterator[Route]:
    yield from world.app.router.routes.values()


@pytest.mark.parametrize("what", QUERIES)
async def test_query(server: World, what: str) -> None:
    """A malformed query is refused everywhere in the address's own shape."""
    for route in routes(server):
        for method in route.methods:
            check(await send(server, method, route.path, query=QUERIES[what]), route, method, what)


@pytest.mark.parametrize("what", BODIES)
async def test_body(server: World, what: str) -> None:
    """A malformed body is refused everywhere in the address's own shape."""
    kind, body = BODIES[what]
    headers = [(b"content-type", kind.encode())] if kind else []
    for route in routes(server):
        if "POST" in route.methods:
            check(await send(server, "POST", route.path, body=body, headers=headers), route, "POST", what)


@pytest.mark.parametrize("what", [what for what in BODIES if what.startswith("JWT")])
async def test_token_that_cannot_be_looked_up(server: World, what: str) -> None:
    """A token that names what no database holds is as unknown as any other, and revoked as silently."""
    kind, body = BODIES[what]
    headers = [(b"content-type", kind.encode())]
    response = await send(server, "POST", "/oauth/revoke", body=body, headers=headers)
    assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize("what", HEADERS)
async def test_header(server: World, what: str) -> None:
    """Junk in headers and cookies is refused or ignored everywhere."""
    headers = [(name.encode(), value) for name, value in HEADERS[what].items()]
    for route in routes(server):
        for method in route.methods:
            response = await send(server, method, route.path, body=b"a=b", headers=headers)
            check(response, route, method, what)


@pytest.mark.parametrize("method", METHODS)
async def test_method(world: World, method: str) -> None:
    """A method that an address does not have is a 405 that names those it has."""
    for route in routes(world):
        response = await send(world, method, route.path)
        check(response, route, method, "nothing")
        known = {*route.methods, *({"HEAD"} if "GET" in route.methods else ())}
        if method not in known and method != "OPTIONS":
            assert response.status == 405
            assert response.headers["allow"] == ", ".join(sorted(route.methods))


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/oauth/token/",
        "//oauth/token",
        "/oauth/../oauth/token",
        "/oauth/%2e%2e/token",
        "/OAUTH/TOKEN",
        "/u/login/x",
        "/%00",
        "/%ff",
        "/.git/config",
        "/static/../../etc/passwd",
        "/" + "a" * 5_000,
        "/authorize;x=1",
    ],
)
async def test_address_that_is_none(world: World, path: str) -> None:
    """An address we do not have is a 404."""
    for method in ("GET", "POST"):
        response = await send(world, method, path)
        assert response.status == 404, response.text


def form(pairs: list[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(name + b"=" + value for name, value in pairs)


NAMES = st.sampled_from(
    (
        *(b"client_id", b"client_secret", b"grant_type", b"code", b"code_verifier", b"redirect_uri"),
        *(b"refresh_token", b"scope", b"audience", b"state", b"nonce", b"token", b"response_type"),
        *(b"response_mode", b"prompt", b"max_age", b"claims", b"id_token_hint", b"login_hint", b"ui_locales"),
        *(
            b"connection",
            b"realm",
            b"username",
            b"password",
            b"email",
            b"ticket",
            b"action",
            b"session",
            b"_csrf",
        ),
        *(b"connection", b"username", b"password", b"email", b"ticket", b"action", b"session", b"_csrf"),
        *(b"send", b"otp", b"verification_code", b"authParams", b"authParams[state]"),
        *(b"id_token", b"target", b"api_type", b"device"),
        *(b"login_ticket", b"credential_type", b"verifier", b"owp", b"wa", b"wresult", b"wctx"),
        *(b"user_metadata", b"user_metadata[a]", b"name", b"picture", b"phone_number", b"cbx"),
        *(b"returnTo", b"post_logout_redirect_uri", b"acr_values", b"code_challenge", b"web_message_target"),
    )
)
VALUES = st.one_of(
    st.sampled_from(
        (
            b"web",
            b"spa",
            SECRET.encode(),
            b"authorization_code",
            b"refresh_token",
            b"client_credentials",
            b"password",
            REALM_GRANT.encode(),
            b"kiosk",
            b"email",
            b"link",
            b"000000",
            OTP_GRANT.encode(),
            b"ada@example.test",
            b"urn:ietf:params:oauth:grant-type:jwt-bearer",
            b"code",
            b"none",
            b"https://app.example.test/callback",
            b"https://api.example.test/timesheets",
            b"%7B%22id_token%22%3A%7B%22sub%22%3A%7B%22value%22%3A1%7D%7D%7D",
            b"a.0.b",
            b"eyJhbGciOiJub25lIn0.e30.",
        )
    ),
    st.binary(max_size=30),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=10).map(lambda raw: b"".join(b"%%%02x" % byte for byte in raw)),
)
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=8).map(form)
KINDS = st.sampled_from((FORM, JSON, "text/plain", ""))
NESTED: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES.map(bytes.decode) | st.text(max_size=5), NESTED, max_size=6).map(json.dumps)
JUNK = st.binary(max_size=60).map(lambda raw: bytes(byte for byte in raw if 0x20 <= byte != 0x7F))
SCHEMES = st.sampled_from((b"Basic ", b"Bearer ", b"", b"basic"))


@st.composite
def headers(draw: st.DrawFn) -> list[tuple[bytes, bytes]]:
    """A content type, cookies and credentials, each perhaps."""
    cookie = b"__Host-gw_session=" + draw(JUNK) + b"; __Host-gw_browser=" + draw(JUNK)
    found = [
        (b"cookie", cookie),
        (b"content-type", draw(KINDS).encode()),
        (b"authorization", draw(SCHEMES) + draw(JUNK)),
        (b"origin", draw(JUNK)),
        (b"accept-language", draw(JUNK)),
    ]
    return [pair for pair in found if draw(st.booleans())]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, 10_000),
    method=st.sampled_from(("GET", "POST")),
    query=PAIRS,
    body=PAIRS | OBJECTS.map(str.encode),
    headers=headers(),
)
async def test_anything(
    server: World, number: int, method: str, query: bytes, body: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    """Whatever is sent to whatever address, the answer is no 5xx, and a refusal has its shape."""
    found = list(routes(server))
    route = found[number % len(found)]
    response = await send(server, method, route.path, query=query, body=body, headers=headers)
    check(response, route, method, repr((query, body, headers)))
