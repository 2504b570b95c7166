"""Sessions of the web application, without a provider."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from web_app import sessions


async def remember(request: Request) -> Response:
    request.session["word"] = request.query_params["word"]
    return PlainTextResponse("kept")


async def recall(request: Request) -> Response:
    return PlainTextResponse(request.session.get("word", "nothing"))


async def forget(request: Request) -> Response:
    request.session.clear()
    return PlainTextResponse("gone")


def app(*, secure: bool = False) -> Starlette:
    routes = [Route("/remember", remember), Route("/recall", recall), Route("/forget", forget)]
    return Starlette(routes=routes, middleware=[Middleware(sessions.Sessions, secure=secure)])


def browser(application: Starlette, **options: object) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=application)
    return httpx2.AsyncClient(transport=transport, base_url="https://app.test", **options)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with browser(app()) as made:
        yield made


async def test_remembers(client: httpx2.AsyncClient) -> None:
    """What one request puts into the session the next one finds."""
    await client.get("/remember?word=blue")
    assert (await client.get("/recall")).text == "blue"


async def test_nothing_to_remember(client: httpx2.AsyncClient) -> None:
    """A browser of which nothing is remembered gets no cookie."""
    assert "set-cookie" not in (await client.get("/recall")).headers


async def test_forgets(client: httpx2.AsyncClient) -> None:
    """An emptied session takes its cookie back."""
    await client.get("/remember?word=blue")
    await client.get("/forget")
    assert not client.cookies
    assert (await client.get("/recall")).text == "nothing"


async def test_made_up_id(client: httpx2.AsyncClient) -> None:
    """An id that the application did not give is not taken over."""
    client.cookies.set("web_app", "made-up", domain="app.test")
    answer = await client.get("/remember?word=blue")
    assert "made-up" not in answer.headers["set-cookie"]


async def test_secure_cookie() -> None:
    """Over https the cookie belongs to this host and to https alone."""
    async with browser(app(secure=True)) as client:
        cookie = (await client.get("/remember?word=blue")).headers["set-cookie"]
    assert cookie.startswith("__Host-web_app=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")


async def test_end_of_time(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session ends when its time is up."""
    await client.get("/remember?word=blue")
    monkeypatch.setattr(sessions, "LIFETIME", -1)
    assert (await client.get("/recall")).text == "nothing"


async def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """When there are too many sessions the oldest goes."""
    monkeypatch.setattr(sessions, "MOST", 2)
    shared = app()
    clients = [browser(shared) for _ in range(3)]
    for client in clients:
        await client.get("/remember?word=blue")
    assert [(await client.get("/recall")).text for client in clients] == ["nothing", "blue", "blue"]
    for client in clients:
        await client.aclose()
