"""An application whose own page takes passwords, and servers whose signing keys come from a pool."""

import pytest
from tests.support.keys import quick_keys
from tests.support.world import World

from .pages import enable

__all__ = ["quick_keys"]


@pytest.fixture
async def embedding(world: World) -> World:
    """A server whose web application may take passwords itself."""
    await enable(world)
    return world
