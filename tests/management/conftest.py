"""A server whose management API may be called by a client."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import world as worlds
from tests.support.keys import quick_keys
from tests.support.management import Caller, caller, enable_management

__all__ = ["quick_keys"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[worlds.World]:
    """A fresh server with the management API in its tenant, and a client that may do everything."""
    async with worlds.world(tmp_path) as made:
        await enable_management(made)
        yield made


@pytest.fixture
async def robot(world: worlds.World) -> Caller:
    """A caller with every scope that a client can have."""
    return await caller(world)
