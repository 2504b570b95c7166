"""The session cookie over https and over plain http."""

import pytest
from starlette.requests import HTTPConnection
from starlette.responses import Response

from gatewright.sessions import SessionCookies


def written(*, secure: bool, max_age: int | None = 60) -> list[str]:
    response = Response()
    SessionCookies(secure=secure).write(response, "the-secret", max_age=max_age)
    return response.headers.getlist("set-cookie")


def request_with(cookie: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"cookie", cookie.encode())]})


def test_over_https_it_is_bound_to_the_host() -> None:
    """Over https both cookies are __Host- cookies: secure, for the whole host, without a domain."""
    for line in written(secure=True):
        assert line.startswith("__Host-gw_session")
        assert "Secure" in line
        assert "Path=/" in line
        assert "HttpOnly" in line
        assert "domain" not in line.lower()


def test_over_http_it_is_one_lax_cookie() -> None:
    """Over plain http, which is for this machine alone, there is one cookie, Lax and not Secure."""
    (line,) = written(secure=False)
    assert line.startswith("gw_session=the-secret;")
    assert "SameSite=lax" in line
    assert "HttpOnly" in line
    assert "Secure" not in line


@pytest.mark.parametrize("secure", [True, False])
def test_age_is_optional(secure: bool) -> None:
    """With an age the cookie has it; without one it ends with the browser."""
    assert all("Max-Age=60" in line for line in written(secure=secure))
    assert not any("age" in line.lower() for line in written(secure=secure, max_age=None))


@pytest.mark.parametrize("secure", [True, False])
def test_clearing_takes_every_cookie_away(secure: bool) -> None:
    """Clearing expires each cookie that writing sets, under the same attributes."""
    response = Response()
    SessionCookies(secure=secure).clear(response)
    cleared = response.headers.getlist("set-cookie")
    names = [line.partition("=")[0] for line in cleared]
    assert names == [line.partition("=")[0] for line in written(secure=secure)]
    assert all("Max-Age=0" in line for line in cleared)


@pytest.mark.parametrize(
    ("cookie", "secure", "secret"),
    [
        ("__Host-gw_session=a; __Host-gw_session_compat=b", True, "a"),
        ("__Host-gw_session_compat=b", True, "b"),
        ("gw_session=c", False, "c"),
        ("gw_session=c", True, None),
        ("__Host-gw_session=a", False, None),
        ("", True, None),
        ("=;;==", True, None),
    ],
)
def test_reading_takes_the_tenant_s_own(cookie: str, secure: bool, secret: str | None) -> None:
    """Each scheme reads its own cookie, the copy last; a plain cookie never counts over https."""
    assert SessionCookies(secure=secure).read(request_with(cookie)) == secret
