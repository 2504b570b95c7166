"""What of roles must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.roles.model import Holding, Permission, Role


class RoleStore(Protocol):
    """Roles by id, and their holders."""

    async def all(self, tenant_id: str) -> list[Role]:
        """Every role of the tenant, by name; cached until the configuration changes."""
        ...

    async def held_by(self, tenant_id: str, user_id: str) -> list[str]:
        """Ids of the user's roles; never cached."""
        ...

    async def holding(self, tenant_id: str, user_id: str) -> Holding:
        """The user's roles and the permissions they have without one, in one statement; never cached."""
        ...

    async def holders(
        self, tenant_id: str, role_id: str, *, after: str = "", skip: int = 0, limit: int
    ) -> list[str]:
        """Ids of those who hold the role, in order: from the one behind ``after``, past ``skip`` of them."""
        ...

    async def count_holders(self, tenant_id: str, role_id: str) -> int:
        """How many hold the role."""
        ...

    def put(self, tenant_id: str, role: Role) -> Change:
        """Inserts or replaces."""
        ...

    def delete(self, tenant_id: str, role_id: str) -> Unit:
        """The role, and that anybody holds it, anywhere; the first change must match."""
        ...

    def assign(self, tenant_id: str, user_id: str, role_id: str) -> Change:
        """Gives the role to the user; nothing happens when they have it."""
        ...

    def withdraw(self, tenant_id: str, user_id: str, role_id: str) -> Change:
        """Takes the role from the user."""
        ...

    def permit(self, tenant_id: str, user_id: str, permission: Permission) -> Change:
        """Gives the user a permission without a role; nothing happens when they have it."""
        ...

    def forbid(self, tenant_id: str, user_id: str, permission: Permission) -> Change:
        """Takes such a permission from the user; what a role gives stays."""
        ...

    def forget_api(self, tenant_id: str, api_identifier: str) -> Change:
        """Takes all such permissions of an API from everybody."""
        ...

    def forget_permission(self, tenant_id: str, permission: Permission) -> Change:
        """Takes one such permission from everybody."""
        ...
