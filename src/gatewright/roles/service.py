"""What one may do with roles."""

from gatewright.roles.store import RoleStore


class Roles:
    """Answers what a user may do."""

    def __init__(self, store: RoleStore) -> None:
        self._store = store

    async def permissions(self, tenant_id: str, user_id: str, api_identifier: str) -> frozenset[str]:
        """The scopes of one API that the user's roles allow."""
        held = set(await self._store.held_by(tenant_id, user_id))
        if not held:
            return frozenset()
        return frozenset(
            permission.permission_name
            for role in await self._store.all(tenant_id)
            if role.role_id in held
            for permission in role.permissions
            if permission.resource_server_identifier == api_identifier
        )
