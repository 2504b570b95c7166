"""The client's address: forwarded headers are believed of listed proxies alone."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.asgi import scope_of

from gatewright.web.address import client_address

PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))


def address(forwarded: str | None, peer: str = "10.0.0.1", proxies: object = PROXIES) -> str:
    headers = [] if forwarded is None else [("x-forwarded-for", forwarded)]
    return client_address(scope_of(headers=headers, client=peer), proxies)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.0.0.5, 10.0.0.6", "10.0.0.1"),
        ("nonsense", "10.0.0.1"),
        ("203.0.113.7, nonsense", "10.0.0.1"),
        ("nonsense, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:443", "10.0.0.1"),
        ("[2001:db8::1]", "10.0.0.1"),
        ("999.1.1.1", "10.0.0.1"),
        (",,203.0.113.7,,", "203.0.113.7"),
    ],
)
def test_behind_a_listed_proxy(forwarded: str | None, expected: str) -> None:
    """The first from the right that is no listed proxy is the client; the unreadable is not believed."""
    assert address(forwarded) == expected


@pytest.mark.parametrize("peer", ["203.0.113.9", "11.0.0.1", "::1", "nonsense", ""])
def test_stranger(peer: str) -> None:
    """Of whoever is no listed proxy no header is read (CVE-2024-47070)."""
    assert address("1.2.3.4", peer) == peer


def test_no_proxies_listed() -> None:
    """Without a list no header is read, not even of a private address."""
    assert address("1.2.3.4", proxies=()) == "10.0.0.1"


def test_no_peer() -> None:
    """A server that does not know its peer knows no address."""
    assert client_address({"type": "http", "headers": [], "client": None}, PROXIES) == ""


def test_several_headers_are_one_list() -> None:
    """Several headers count as one, in their order (RFC 9110 §5.3)."""
    scope = scope_of(
        headers=[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "5.6.7.8")], client="10.0.0.1"
    )
    assert client_address(scope, PROXIES) == "5.6.7.8"


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_any_header(forwarded: str) -> None:
    """Whatever the header holds, the result is an address."""
    assert ipaddress.ip_address(address(forwarded))
