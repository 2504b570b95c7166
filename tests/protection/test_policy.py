"""Which addresses a tenant lets alone."""

import pytest

from gatewright.protection.policy import is_listed
from gatewright.tenants.attack_protection import Throttle

NETWORKS = ("192.0.2.0/24", "198.51.100.7", "2001:db8::/32")


@pytest.mark.parametrize(
    ("ip", "listed"),
    [
        ("192.0.2.200", True),
        ("::ffff:192.0.2.200", True),
        ("192.0.3.1", False),
        ("198.51.100.7", True),
        ("198.51.100.8", False),
        ("2001:db8:1::5", True),
        ("2001:db9::5", False),
        ("", False),
        ("unix", False),
    ],
)
def test_listed_addresses(ip: str, listed: bool) -> None:
    """An address is listed by itself, by its network, and also when IPv6 wraps it; what is none is not."""
    assert is_listed(ip, NETWORKS) is listed


@pytest.mark.parametrize(
    ("attempts", "rate", "seconds"), [(100, 36_000, 3_600), (50, 1_200, 60), (1, 1, 1), (3, 500, 2)]
)
def test_window_of_a_throttle(attempts: int, rate: int, seconds: int) -> None:
    """The window is the time in which every attempt comes back, in whole seconds, rounded up."""
    assert Throttle(max_attempts=attempts, rate=rate).window == seconds
