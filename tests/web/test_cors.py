"""The headers that let scripts read answers (Fetch §3.2)."""

from collections.abc import Callable

import pytest
from starlette.responses import Response
from tests.web.asgi import request_of, scope_of

from gatewright.web.cors import CrossOrigin, allow_origins, preflight

ORIGIN = "https://app.example.test"


def marked(kind: CrossOrigin, origin: str | None, allowed: Callable[[], set[str]] | None = None) -> Response:
    headers = [] if origin is None else [("origin", origin)]
    request = request_of(scope_of(headers=headers))
    if allowed is not None:
        allow_origins(request, allowed)
    response = Response()
    kind.mark(request, response)
    return response


def test_nobody() -> None:
    """Where no script may read there are no headers for scripts."""
    assert "access-control-allow-origin" not in marked(CrossOrigin.NONE, ORIGIN, lambda: {ORIGIN}).headers


@pytest.mark.parametrize("origin", [None, ORIGIN, "null"])
def test_anybody(origin: str | None) -> None:
    """Where any script may read the answer says so, the same for all, so that caches need no Vary."""
    response = marked(CrossOrigin.ANY, origin)
    assert response.headers["access-control-allow-origin"] == "*"
    assert "vary" not in response.headers


def test_origin_of_the_client() -> None:
    """An origin of the client found reads the answer, and caches keep answers apart by origin."""
    response = marked(CrossOrigin.CLIENT, ORIGIN, lambda: {ORIGIN, "https://b.test"})
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["vary"] == "Origin"
    assert "WWW-Authenticate" in response.headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", ["https://b.test", ORIGIN + "/", ORIGIN.upper(), "null", ORIGIN + ":443"])
def test_other_origins(origin: str) -> None:
    """Another origin reads nothing, and is not echoed."""
    response = marked(CrossOrigin.CLIENT, origin, lambda: {ORIGIN})
    assert "access-control-allow-origin" not in response.headers
    assert response.headers["vary"] == "Origin"


def test_no_client_found() -> None:
    """Without a client nobody reads the answer."""
    assert "access-control-allow-origin" not in marked(CrossOrigin.CLIENT, ORIGIN).headers


def test_cookies_of_the_client() -> None:
    """Where cookies come along the client's origin is echoed, never a star, and cookies are allowed."""
    response = marked(CrossOrigin.COOKIES_OF_CLIENT, ORIGIN, lambda: {ORIGIN})
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["vary"] == "Origin"


@pytest.mark.parametrize("kind", [CrossOrigin.ANY, CrossOrigin.CLIENT, CrossOrigin.NONE])
def test_cookies_are_allowed_nowhere_else(kind: CrossOrigin) -> None:
    """No other answer allows cookies, whoever asks."""
    found = marked(kind, ORIGIN, lambda: {ORIGIN})
    assert "access-control-allow-credentials" not in found.headers


def test_cookies_are_not_for_others() -> None:
    """Another origin may not bring cookies where the client's may."""
    response = marked(CrossOrigin.COOKIES_OF_CLIENT, "https://b.test", lambda: {ORIGIN})
    assert "access-control-allow-credentials" not in response.headers
    assert "access-control-allow-origin" not in response.headers


def test_no_script_asking() -> None:
    """A caller without an origin costs nothing: the client's origins are not even looked up."""

    def not_asked() -> set[str]:
        raise AssertionError("looked up for nobody")

    assert "vary" not in marked(CrossOrigin.CLIENT, None, not_asked).headers


def test_preflight() -> None:
    """A preflight names the origin, the methods and the headers, and is kept for a day."""
    response = preflight(request_of(scope_of("OPTIONS", headers=[("origin", ORIGIN)])), {"POST": 1, "GET": 1})
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-methods"] == "GET, POST"
    assert "Auth0-Client" in response.headers["access-control-allow-headers"]
    assert response.headers["access-control-max-age"] == "86400"
    assert "access-control-allow-credentials" not in response.headers
