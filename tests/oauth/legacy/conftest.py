"""A server whose web client is of the legacy pipeline."""

import pytest
from tests.support.legacy import make_legacy, put_target
from tests.support.world import World


@pytest.fixture
async def legacy(world: World) -> World:
    """The web client is in the legacy pipeline, and there is an API to delegate to."""
    await make_legacy(world)
    await put_target(world)
    return world
