"""Which URLs and addresses our own requests may go to (CVE-2020-10770, CVE-2025-67494 and kin)."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.outbound import OutboundPolicy, OutboundRefused
from gatewright.outbound.policy import LOOPBACK, is_public, meant

STRICT = OutboundPolicy()
HTTPS = STRICT.check_url("https://hooks.example.test/")

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_address_that_is_not_public(address: str) -> None:
    """Private, shared, link-local, loopback, multicast, reserved addresses are refused, carried ones too."""
    with pytest.raises(OutboundRefused, match="GATEWRIGHT_OUTBOUND_ALLOW"):
        STRICT.check_address(HTTPS, address)


@pytest.mark.parametrize(
    ("address", "connected"),
    [
        ("93.184.215.14", "93.184.215.14"),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"),
        ("::ffff:93.184.215.14", "93.184.215.14"),
        ("64:ff9b::5db8:d70e", "64:ff9b::5db8:d70e"),
    ],
)
def test_public_address(address: str, connected: str) -> None:
    """A public address is asked; an IPv4-mapped one as what it stands for."""
    assert STRICT.check_address(HTTPS, address) == connected


@given(st.ip_addresses(v=4))
def test_carried_address_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    """However an IPv4 address is wrapped, it is as public as it was."""
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    nat64 = ipaddress.IPv6Address(f"64:ff9b::{address}")
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))
    wanted = is_public(address)
    assert [is_public(each) for each in (meant(mapped), nat64, sixtofour)] == [wanted] * 3


@given(st.ip_addresses())
def test_nothing_that_python_calls_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Whatever is public here is public to the library of addresses too."""
    if is_public(meant(address)):
        assert not any((address.is_loopback, address.is_link_local, address.is_multicast))
        assert meant(address).is_global


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.test/",
        "ftp://hooks.example.test/",
        "file:///etc/passwd",
        "https://user:secret@hooks.example.test/",
        "https://hooks.example.test/#part",
        "https://hooks.example.test\\@evil.test/",
        "https://hooks.example.test/a b",
        "https:///path",
        "https://hooks.example.test:99999/",
        "//hooks.example.test/",
        "",
    ],
)
def test_url_that_is_not_asked(url: str) -> None:
    """Another scheme than https, user information, a fragment or a malformed URL is refused."""
    with pytest.raises(OutboundRefused):
        STRICT.check_url(url)


def test_listed_network_and_host() -> None:
    """The operator may list networks, and hosts by name; others stay refused."""
    policy = OutboundPolicy(
        networks=(ipaddress.ip_network("10.0.0.0/8"),), hosts=frozenset({"directory.internal"})
    )
    named = policy.check_url("https://Directory.internal./")
    assert policy.check_address(HTTPS, "10.9.9.9") == "10.9.9.9"
    assert policy.check_address(HTTPS, "::ffff:10.9.9.9") == "10.9.9.9"
    assert policy.check_address(named, "192.168.1.1") == "192.168.1.1"
    with pytest.raises(OutboundRefused):
        policy.check_address(HTTPS, "192.168.1.1")


def test_plain_http_stays_on_this_machine() -> None:
    """Where http is allowed at all, it goes to loopback alone, listed networks notwithstanding."""
    dev = OutboundPolicy(networks=(*LOOPBACK, ipaddress.ip_network("10.0.0.0/8")), plain_loopback=True)
    parts = dev.check_url("http://localhost:8080/hook")
    assert dev.check_address(parts, "127.0.0.1") == "127.0.0.1"
    for address in ("10.0.0.1", "93.184.215.14"):
        with pytest.raises(OutboundRefused, match="https"):
            dev.check_address(parts, address)
