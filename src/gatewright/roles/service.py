"""What one may do with roles."""

from collections.abc import Iterable

from gatewright.roles.model import Permission, Role
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
        """The scopes of one API that the user may have: what their roles permit, and what is theirs alone.

        ``also`` are ids of roles that count besides.
        """
        roles, own = await self.held_with_own(tenant_id, user_id)
        more = frozenset(also)
        others = [role for role in await self.all(tenant_id) if role.role_id in more] if more else []
        return frozenset(
            permission.permission_name
            for permission in (*own, *(each for role in (*roles, *others) for each in role.permissions))
            if permission.resource_server_identifier == api_identifier
        )

    async def names(self, tenant_id: str, user_id: str) -> tuple[str, ...]:
        """The names of the user's roles, in alphabetical order."""
        return tuple(role.name for role in await self.held(tenant_id, user_id))

    async def held(self, tenant_id: str, user_id: str) -> list[Role]:
        """The user's roles, by name."""
        return (await self.held_with_own(tenant_id, user_id))[0]

    async def held_with_own(self, tenant_id: str, user_id: str) -> tuple[list[Role], tuple[Permission, ...]]:
        """The user's roles, by name, and the permissions that they have without one."""
        holding = await self._store.holding(tenant_id, user_id)
        if not holding.role_ids:
            return [], holding.permissions
        every = await self._store.all(tenant_id)
        return [role for role in every if role.role_id in holding.role_ids], holding.permissions
