"""An administrator at a running server."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.world import CONNECTION, World

from gatewright.administration import Author, NewUser, UserPatch
from gatewright.app.administration import build_link_administration, build_user_administration
from gatewright.kernel.events import Origin
from gatewright.users import Identity, User

AUTHOR = Author(client_id="admin-tool", user_id="auth0|boss", origin=Origin(ip="203.0.113.1"))


@dataclass
class Administrator:
    """What an administrator may ask for, by the wire's field names."""

    world: World

    async def create(self, **fields: Any) -> User:
        """Makes a user of the database, unless ``fields`` name another connection."""
        written = {"connection": CONNECTION, **fields}
        users = build_user_administration(self.world.platform)
        tenant = await self.world.platform.tenants.get(self.world.tenant_id)
        return await users.create(tenant, NewUser(**written), frozenset(written), by=AUTHOR)

    async def update(self, user_id: str, **fields: Any) -> User:
        """Changes the user."""
        users = build_user_administration(self.world.platform)
        tenant = await self.world.platform.tenants.get(self.world.tenant_id)
        return await users.update(tenant, user_id, UserPatch(**fields), frozenset(fields), by=AUTHOR)

    async def delete(self, user_id: str) -> bool:
        """Removes the user."""
        users = build_user_administration(self.world.platform)
        tenant = await self.world.platform.tenants.get(self.world.tenant_id)
        return await users.delete(tenant, user_id, by=AUTHOR)

    async def link(self, user_id: str, secondary_id: str) -> tuple[Identity, ...]:
        """Makes the second user an identity of the first."""
        links = build_link_administration(self.world.platform)
        tenant = await self.world.platform.tenants.get(self.world.tenant_id)
        return await links.link(tenant, user_id, secondary_id, by=AUTHOR)

    async def unlink(self, user_id: str, identity_id: str) -> tuple[Identity, ...]:
        """Makes the identity a user of its own again."""
        links = build_link_administration(self.world.platform)
        tenant = await self.world.platform.tenants.get(self.world.tenant_id)
        provider, _, subject = identity_id.partition("|")
        return await links.unlink(tenant, user_id, provider, subject, by=AUTHOR)

    async def get(self, user_id: str) -> User | None:
        """The user as they are."""
        return await self.world.platform.users.get(self.world.tenant_id, user_id)


@pytest.fixture
def admin(world: World) -> Administrator:
    return Administrator(world)
