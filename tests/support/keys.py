"""Signing keys for servers under test: made once a run, for making one costs more than a whole test."""

from collections.abc import Callable
from functools import cache
from itertools import count

import pytest

from gatewright.jose import keys, rotation
from gatewright.jose.keys import PrivateKey

_POOL = 8
"""More than any test needs at once, so that the keys of one server differ."""


@cache
def _made(alg: str, number: int) -> PrivateKey:
    return keys.generate_private(alg)


def _from_pool() -> Callable[[str], PrivateKey]:
    numbers = count()
    return lambda alg: _made("ES256" if alg == "ES256" else "RS256", next(numbers) % _POOL)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers take their signing keys from a pool."""
    monkeypatch.setattr(rotation, "generate_private", _from_pool())
