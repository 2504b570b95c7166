"""A plain ASGI application behind the middleware."""

import httpx2
import pytest

from gatewright_guard import all_of
from gatewright_guard.asgi import GuardMiddleware

PREFLIGHT = {"Origin": "https://app.test", "Access-Control-Request-Method": "GET"}


class App:
    """Says who called, and remembers the scopes it saw."""

    def __init__(self):
        self.seen = []

    async def __call__(self, scope, receive, send):
        self.seen.append(scope)
        if scope["type"] != "http":
            return
        caller = scope.get("state", {}).get("caller")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": (caller.subject if caller else "nobody").encode()})


@pytest.fixture
def app():
    return App()


@pytest.fixture
def ask(mint, app):
    """One request through the middleware."""

    async def ask(method="GET", headers=None, require=None):
        guarded = GuardMiddleware(app, mint.guard(), require=require)
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=guarded), base_url="https://api.test"
        ) as client:
            return await client.request(method, "/", headers=headers or {})

    return ask


async def test_caller(mint, ask):
    """The application finds its caller in the request's state."""
    answer = await ask(headers=mint.header())
    assert (answer.status_code, answer.text) == (200, "auth0|test-user")


async def test_no_token(ask, app):
    """Without a token the application is not reached."""
    answer = await ask()
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="api"'
    assert answer.json()["error"] == "missing_token"
    assert "Missing or invalid token" in answer.json()["error_description"]
    assert app.seen == []


async def test_bad_token(mint, ask, app):
    """A bad token is answered with its explanation in header and body."""
    answer = await ask(headers={"Authorization": f"Bearer {mint.id_token()}"})
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_token"
    assert answer.json()["error_description"] in answer.headers["www-authenticate"]
    assert answer.headers["content-type"] == "application/json"
    assert app.seen == []


async def test_scope(mint, ask):
    """A caller without the required scope gets 403 with the scope to ask for."""
    refused = await ask(headers=mint.header(scope="other"), require=all_of("read:x"))
    assert refused.status_code == 403
    assert 'scope="read:x"' in refused.headers["www-authenticate"]
    assert (await ask(headers=mint.header(scope="read:x"), require=all_of("read:x"))).status_code == 200


async def test_two_headers(mint, ask, app):
    """Two Authorization headers are a bad request, even if both are good."""
    answer = await ask(headers=[*mint.header().items(), *mint.header().items()])
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert app.seen == []


async def test_preflight(ask):
    """A CORS preflight passes without a token, for browsers send none."""
    assert (await ask("OPTIONS", PREFLIGHT)).status_code == 200


@pytest.mark.parametrize(
    ("method", "headers"),
    [("OPTIONS", {}), ("OPTIONS", {"Origin": "https://app.test"}), ("GET", PREFLIGHT), ("POST", PREFLIGHT)],
)
async def test_only_preflights_pass(ask, method, headers):
    """Anything that merely resembles a preflight needs a token."""
    assert (await ask(method, headers)).status_code == 401


@pytest.mark.parametrize("value", [b"Bearer \xff\xfe", b"\xff", b"Bearer a.b.c\x00"])
async def test_odd_bytes(mint, app, value):
    """Bytes that are no token are refused, not a crash."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"authorization", value)]}
    await GuardMiddleware(app, mint.guard())(scope, None, send)
    assert sent[0]["status"] == 401
    assert app.seen == []


async def test_state_of_the_server_is_left_alone(mint, app):
    """The caller is put into a state of this request only."""
    shared = {"db": "pool"}
    header = mint.header()["Authorization"].encode()
    scope = {"type": "http", "method": "GET", "headers": [(b"authorization", header)], "state": shared}

    async def send(message):
        pass

    await GuardMiddleware(app, mint.guard())(scope, None, send)
    assert shared == {"db": "pool"}
    assert app.seen[0]["state"]["db"] == "pool"


async def test_lifespan(mint, app):
    """Start and end of the server pass."""
    await GuardMiddleware(app, mint.guard())({"type": "lifespan"}, None, None)
    assert app.seen == [{"type": "lifespan"}]


@pytest.fixture
def connect(mint, app):
    """Opens a WebSocket; gives what the server was told."""

    async def connect(headers, extensions):
        sent = []

        async def receive():
            return {"type": "websocket.connect"}

        async def send(message):
            sent.append(message)

        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "websocket", "path": "/", "headers": pairs, "extensions": extensions}
        await GuardMiddleware(app, mint.guard())(scope, receive, send)
        return sent

    return connect


async def test_websocket(mint, app, connect):
    """A WebSocket with a good token reaches the application."""
    assert await connect(mint.header(), {}) == []
    assert app.seen[0]["state"]["caller"].subject == "auth0|test-user"


async def test_websocket_without_token(app, connect):
    """A WebSocket without a token is closed before it opens."""
    assert await connect({}, {}) == [
        {"type": "websocket.close", "code": 1008, "reason": "missing_token"},
    ]
    assert app.seen == []


async def test_websocket_denial_response(app, connect):
    """Where the server can, a refused WebSocket gets the same answer as a request."""
    start, body = await connect({}, {"websocket.http.response": {}})
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert body["type"] == "websocket.http.response.body"
    assert app.seen == []
