"""Strict parsing and exact comparison of URLs (RFC 3986, RFC 6454, RFC 8252)."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.urls import is_loopback, is_registered, origin_of, parse_absolute

LABELS = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
PATHS = st.lists(st.from_regex(r"[A-Za-z0-9._~!$&'()*+,;=:-]{0,6}", fullmatch=True), max_size=4).map(
    lambda parts: "".join(f"/{part}" for part in parts)
)
QUERIES = st.just("") | st.from_regex(r"\?[A-Za-z0-9=&/?%.~_-]{0,12}", fullmatch=True)
PORTS = st.just("") | st.integers(1, 65_535).map(lambda port: f":{port}")
URLS = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}{path}{query}",
    st.sampled_from(("http", "https")),
    HOSTS,
    PORTS,
    PATHS,
    QUERIES,
)
ANYTHING = st.text(max_size=60) | st.text("htps:/.@\\#?%[] ajvscrit\t\n", max_size=40)


@given(URLS)
def test_ordinary_url_is_read(url: str) -> None:
    """An ordinary http(s) URL is read, and nothing of it is changed."""
    parts = parse_absolute(url)
    assert parts is not None
    assert parts.geturl() == url or url.endswith("?")


@given(ANYTHING)
def test_what_is_read_is_harmless(text: str) -> None:
    """Whatever is read has a scheme, no user information, no fragment and only characters of RFC 3986."""
    parts = parse_absolute(text)
    if parts is None:
        return
    assert parts.scheme
    assert parts.scheme not in ("javascript", "data", "vbscript", "file")
    assert not parts.fragment
    assert parts.username is None
    assert text.isascii()
    assert not set(text) & set('\\ \t\r\n"<>^`{|}\0')


@given(ANYTHING, st.lists(URLS, max_size=3), st.booleans())
def test_nothing_but_the_registered_matches(text: str, registered: list[str], native: bool) -> None:
    """A text that is not in the list does not match, loopback ports aside."""
    if is_registered(text, registered, any_loopback_port=native):
        assert text in registered or (native and text.startswith(("http://127.0.0.1", "http://[::1]")))


@given(URLS, st.lists(URLS, max_size=3))
def test_registered_matches(url: str, others: list[str]) -> None:
    """A registered URL matches itself, wherever it stands in the list."""
    assert is_registered(url, [*others, url])


@given(URLS, st.integers(0, 60), st.sampled_from("aZ09/.?#@:\\ %\n\u0430"))
def test_one_more_character_never_matches(url: str, place: int, character: str) -> None:
    """A registered URL with one character more is another one."""
    at = min(place, len(url))
    changed = url[:at] + character + url[at:]
    assert not is_registered(changed, [url])


@given(URLS)
def test_origin_is_what_browsers_send(url: str) -> None:
    """The origin is scheme, host and port, the default port left out."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    assert origin_of(url) == f"{parts.scheme}://{parts.hostname}{port}"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.test:443/x", "https://a.test"),
        ("http://a.test:80", "http://a.test"),
        ("http://a.test:443", "http://a.test:443"),
        ("http://[::1]:3000/x", "http://[::1]:3000"),
        ("https://A.test/", "https://a.test"),
        ("com.app:/cb", ""),
        ("https://u@a.test/", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_origins(url: str, origin: str) -> None:
    """Origins are lower-case, and only http(s) URLs have one."""
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "//host/path",
        "https:",
        "https:/a.test",
        "https:///path",
        "https://",
        "https://a.test#f",
        "https://a.test#",
        "https://u:p@a.test",
        "https://@a.test",
        "https://a.test:99999",
        "https://a.test:x",
        "https://[::1",
        "https://a test",
        "https://a.test/\\b",
        "https://a.test/\u00e9",
        "https://a.test/\x00",
        " https://a.test",
        "https://a.test\n",
        "java\nscript:alert(1)",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a.test/1",
        "about:blank",
        "1https://a.test",
    ],
)
def test_refused(url: str) -> None:
    """What two parsers could read differently, or a browser could run, is refused."""
    assert parse_absolute(url) is None
    assert not is_registered(url, [url])


LOOPBACK = ("http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost/cb")


@pytest.mark.parametrize(
    ("url", "matches"),
    [
        ("http://127.0.0.1:1/cb", True),
        ("http://127.0.0.1:65535/cb", True),
        ("http://[::1]:5000/cb", True),
        ("http://127.0.0.1/cb", True),
        ("http://localhost:5000/cb", False),
        ("http://127.0.0.1:5000/cb/", False),
        ("http://127.0.0.1:5000/cb?x", False),
        ("https://127.0.0.1:5000/cb", False),
        ("http://127.0.0.1:/cb", False),
        ("http://127.0.0.1:70000/cb", False),
        ("http://127.0.0.1:5000", False),
        ("http://127.0.0.1.evil.test:5000/cb", False),
        ("http://[::1].evil.test:5000/cb", False),
    ],
)
def test_loopback_ports_of_native_applications(url: str, matches: bool) -> None:
    """Any port of 127.0.0.1 and [::1] matches for native applications, and nothing else differs."""
    assert is_registered(url, LOOPBACK, any_loopback_port=True) == matches
    assert is_registered(url, LOOPBACK) == (url in LOOPBACK)


def test_loopback_registered_with_a_port() -> None:
    """A loopback URI registered with one port matches every port for native applications."""
    assert is_registered("http://127.0.0.1:9/cb", ["http://127.0.0.1:5000/cb"], any_loopback_port=True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:3000/", True),
        ("https://tenant.localhost/", True),
        ("http://127.0.0.1/", True),
        ("http://[::1]:1/", True),
        ("https://example.test/", False),
        ("https://localhost.example.test/", False),
        ("nonsense", False),
    ],
)
def test_loopback(url: str, expected: bool) -> None:
    """localhost, its sub-domains and the loopback addresses are this machine."""
    assert is_loopback(url) == expected
