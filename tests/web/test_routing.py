"""Addresses and methods: exact, and refused in one shape."""

import json

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from tests.web.asgi import scope_of, sent_by

from gatewright.web.cors import CrossOrigin
from gatewright.web.problems import not_found
from gatewright.web.routing import Route, Router

pytestmark = pytest.mark.anyio


async def told(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.scope['path']}")


async def named(request: Request) -> Response:
    return PlainTextResponse(request.path_params["client_id"])


async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"mounted {scope['path']}")(scope, receive, send)


ROUTER = Router(
    (
        Route("/a", {"GET": told}),
        Route("/a/b", {"GET": told, "POST": told}, CrossOrigin.ANY),
        Route("/api/inside", {"GET": told}),
        Route("/of/{client_id}.js", {"GET": named}, CrossOrigin.ANY),
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


@pytest.mark.parametrize("value", ["a", "a.js", ".", "{client_id}", "ä b<", "a.js.js"])
async def test_path_with_a_name(value: str) -> None:
    """A path with a name in it is found, whatever stands there, and its endpoint reads it."""
    assert (await ask("GET", f"/of/{value}.js"))[::2] == (200, value)


@pytest.mark.parametrize(
    "path",
    [
        "/of/.js",
        "/of/a/b.js",
        "/of/a\0.js",
        "/of//.js",
        "/of/a.j",
        "/of/a",
        "/off/a.js",
        "/of.js",
    ],
)
async def test_path_without_the_name(path: str) -> None:
    """A name is one or more printable characters without a slash, and the rest of the path is exact."""
    assert (await ask("GET", path))[0] == 404


async def test_path_with_a_name_has_methods() -> None:
    """A path with a name in it refuses other methods and answers preflights like any other."""
    assert (await ask("POST", "/of/a.js"))[:1] == (405,)
    assert (await ask("OPTIONS", "/of/a.js"))[:1] == (204,)
