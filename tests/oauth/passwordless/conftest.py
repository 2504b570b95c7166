"""A server whose clients have a passwordless connection."""

import pytest
from tests.support.passwordless import put_passwordless
from tests.support.world import World


@pytest.fixture
async def by_mail(world: World) -> World:
    """People may sign in by mail."""
    await put_passwordless(world)
    return world
