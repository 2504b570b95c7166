"""Whose turn it is: tests that measure time run alone, the others beside each other in several processes.

``make test`` shares the test files among as many processes as there are cores. A test marked ``alone`` waits
until no other process runs a test, and the others wait until it is over; nothing else of them is affected.
"""

import fcntl
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Locks of this file and its folder, which every process of a run can open and nobody has to tidy away.
_ROOM = os.open(__file__, os.O_RDONLY)
_DOOR = os.open(Path(__file__).parent, os.O_RDONLY)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test with its fixtures, the making and ending of shared ones included, in its turn."""
    with _turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def _turn(*, alone: bool) -> Iterator[None]:
    # Whoever waits to be alone keeps the door shut, or the others, who leave and return at once, never end.
    fcntl.flock(_DOOR, fcntl.LOCK_EX)
    try:
        fcntl.flock(_ROOM, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    finally:
        fcntl.flock(_DOOR, fcntl.LOCK_UN)
    try:
        yield
    finally:
        fcntl.flock(_ROOM, fcntl.LOCK_UN)
