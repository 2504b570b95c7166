"""What of roles must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.roles.model import Role


class RoleStore(Protocol):
    """Roles by id, and their holders."""

    async def all(self, tenant_id: str) -> list[Role]:
        """Every role of the tenant, by name; cached until the configuration changes."""
        ...

    async def held_by(self, tenant_id: str, user_id: str) -> list[str]:
        """Ids of the user's roles; never cached."""
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
