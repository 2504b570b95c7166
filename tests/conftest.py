"""Fixtures for all tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import world as worlds
from tests.support.once import made_once
from tests.support.postgres import postgres_cluster

__all__ = ["made_once", "postgres_cluster"]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[worlds.World]:
    """A fresh server with a tenant in it."""
    async with worlds.world(tmp_path) as made:
        yield made
