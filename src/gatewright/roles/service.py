"""What one may do with roles."""

from collections.abc import Iterable

from gatewright.roles.model import Role
from gatewright.roles.store import RoleStore


class Roles:
    """Answers what a user may do."""

    def __init__(self, store: RoleStore) -> None:
        self._store = store

    async def all(self, tenant_id: str) -> list[Role]:
        """Every role of the tenant, by name."""
        return await self._store.all(tenant_id)

    async def permissions(
        self, tenant_id: str, user_id: str, api_identifier: str, *, also: Iterable[str] = ()
    ) -> frozenset[str]:
        """The scopes of one API that the user's roles allow; ``also`` are ids of more roles."""
        more = frozenset(also)
        others = [role for role in await self.all(tenant_id) if role.role_id in more] if more else []
        return frozenset(
            permission.permission_name
            for role in (*await self.held(tenant_id, user_id), *others)
            for permission in role.permissions
            if permission.resource_server_identifier == api_identifier
        )

    async def names(self, tenant_id: str, user_id: str) -> tuple[str, ...]:
        """The names of the user's roles, in alphabetical order."""
        return tuple(role.name for role in await self.held(tenant_id, user_id))

    async def held(self, tenant_id: str, user_id: str) -> list[Role]:
        """The user's roles, by name."""
        held = set(await self._store.held_by(tenant_id, user_id))
        return [role for role in await self._store.all(tenant_id) if role.role_id in held] if held else []
