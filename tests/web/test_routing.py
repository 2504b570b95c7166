"""Addresses and methods: exact, and refused in one shape."""

import json

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from tests.web.asgi import scope_of, sent_by

from gatewright.web.cors import CrossOrigin
from gatewright.web.problems import not_found
from gatewright.web.routing import Route, Router, name_in

pytestmark = pytest.mark.anyio


async def told(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.scope['path']}")


async def named(request: Request) -> Response:
    return PlainTextResponse(f"named {name_in(request)}")


async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"mounted {scope['path']}")(scope, receive, send)


ROUTER = Router(
    (
        Route("/a", {"GET": told}),
        Route("/a/b", {"GET": told, "POST": told}, CrossOrigin.ANY),
        Route("/api/inside", {"GET": told}),
        Route("/of/{name}", {"GET": named}),
        Route("/of/all", {"GET": told}),
    ),
    mounts={"/api": mounted},
    missing=not_found,
)


async def ask(method: str, path: str) -> tuple[int, dict[str, str], str]:
    status, headers, body = await sent_by(ROUTER, scope_of(method, path))
    return status, headers, body.decode()


@pytest.mark.parametrize(("method", "path"), [("GET", "/a"), ("GET", "/a/b"), ("POST", "/a/b")])
async def test_route(method: str, path: str) -> None:
    """An address answers the methods it has."""
    assert (await ask(method, path))[::2] == (200, f"{method} {path}")


@pytest.mark.parametrize(
    ("path", "answered"), [("/of/ada", "named ada"), ("/of/a b", "named a b"), ("/of/all", "GET /of/all")]
)
async def test_name_in_the_path(path: str, answered: str) -> None:
    """A path may end in a name, which the endpoint reads; an exact path goes before it."""
    assert (await ask("GET", path))[::2] == (200, answered)


@pytest.mark.parametrize("path", ["/of", "/of/", "/of/a/b", "/x/of/a"])
async def test_name_is_the_last_part(path: str) -> None:
    """There is nothing where the name is missing, or more follows."""
    assert (await ask("GET", path))[0] == 404


async def test_head_is_get() -> None:
    """HEAD is answered where GET is (RFC 9110 §9.3.2)."""
    assert (await ask("HEAD", "/a"))[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", ""])
async def test_method_it_does_not_have(method: str) -> None:
    """Another method is a 405 in JSON with those it has (RFC 9110 §15.5.6)."""
    status, headers, body = await ask(method, "/a")
    assert (status, headers["allow"]) == (405, "GET")
    assert json.loads(body) == {"error": "method_not_allowed", "error_description": "Use GET."}


async def test_methods_are_named_in_order() -> None:
    """The methods are named in the order of the alphabet."""
    assert (await ask("PUT", "/a/b"))[1]["allow"] == "GET, POST"


async def test_script_reads_the_refusal() -> None:
    """Where scripts may read answers they may read that the method was wrong."""
    assert (await ask("PUT", "/a/b"))[1]["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await ask("PUT", "/a"))[1]


@pytest.mark.parametrize("path", ["/", "/A", "/a/", "//a", "/a/b/c", "/apix", "", "/a%2Fb", "/a/../a"])
async def test_address_that_is_none(path: str) -> None:
    """Addresses are compared exactly; the rest is a 404 in JSON."""
    status, _, body = await ask("GET", path)
    assert status == 404
    assert json.loads(body)["error"] == "not_found"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/x/y"])
async def test_mount(path: str) -> None:
    """A mounted application gets its prefix and what is below it."""
    assert (await ask("PATCH", path))[2] == f"mounted {path}"


async def test_route_before_mount() -> None:
    """An exact address wins over a mounted prefix."""
    assert (await ask("GET", "/api/inside"))[2] == "GET /api/inside"


async def test_long_address_is_cut() -> None:
    """A very long address is not repeated in full."""
    assert len((await ask("GET", "/" + "a" * 5_000))[2]) < 400
