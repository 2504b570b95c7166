"""One mint, whose clock stands still, for all tests of the guard."""

import pytest

from gatewright_guard import Expectations
from gatewright_guard.testing import Mint

NOW = 1_800_000_000


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture
def now():
    return NOW


@pytest.fixture(scope="session")
def mint():
    return Mint(audience="https://api.test/", clock=lambda: NOW)


@pytest.fixture(scope="session")
def expected(mint):
    return Expectations(issuer=mint.issuer, audience=(mint.audience,))
