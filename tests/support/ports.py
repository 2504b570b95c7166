"""Ports for programs that are told one: nobody else takes them between the choice and the start."""

import os
import random
import socket
from collections.abc import Iterator
from functools import cache
from itertools import cycle

_FIRST = 20_000
_EACH = 1_500
_RANGES = 8


def free_port() -> int:
    """A port nobody uses, and nobody was given before.

    It is outside of the range from which Linux takes ports by itself (32768 and above), so no connection that
    somebody opens meanwhile gets it; and each process of a test run has a range of its own.
    """
    return next(port for port in _ports() if not _answers(port))


@cache
def _ports() -> Iterator[int]:
    """The range of this process, in an order that no seed repeats."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker % _RANGES * _EACH
    return cycle(random.SystemRandom().sample(range(first, first + _EACH), _EACH))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
