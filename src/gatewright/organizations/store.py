"""What of organizations and their members must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.organizations.model import Organization


class OrganizationStore(Protocol):
    """Organizations by id and by name; each is cached until the configuration changes."""

    async def all(self, tenant_id: str) -> list[Organization]:
        """Every organization of the tenant, by name; read anew each time."""
        ...

    async def get(self, tenant_id: str, organization_id: str) -> Organization | None:
        """The organization with this id."""
        ...

    async def by_name(self, tenant_id: str, name: str) -> Organization | None:
        """The organization with this name."""
        ...

    def put(self, tenant_id: str, organization: Organization) -> Change:
        """Inserts or replaces."""
        ...

    def delete(self, tenant_id: str, organization_id: str) -> Unit:
        """The organization, its members with their roles, its invitations; the first change must match."""
        ...


class MemberStore(Protocol):
    """Who belongs to which organization, with which roles there; never cached."""

    async def is_member(self, tenant_id: str, organization_id: str, user_id: str) -> bool:
        """Whether the user belongs to it."""
        ...

    async def of_user(self, tenant_id: str, user_id: str) -> list[str]:
        """Ids of the organizations that the user belongs to, in order."""
        ...

    async def members(
        self, tenant_id: str, organization_id: str, *, after: str = "", skip: int = 0, limit: int
    ) -> list[str]:
        """Ids of members, in order: from the one behind ``after``, past ``skip`` of them."""
        ...

    async def count(self, tenant_id: str, organization_id: str) -> int:
        """How many members there are."""
        ...

    async def roles_of(self, tenant_id: str, organization_id: str, user_id: str) -> list[str]:
        """Ids of the roles that the member has there."""
        ...

    async def holders(
        self, tenant_id: str, organization_id: str, role_id: str, *, after: str = "", limit: int
    ) -> list[str]:
        """Ids of the members who have the role there, in order, from the one behind ``after``."""
        ...

    def add(self, tenant_id: str, organization_id: str, user_id: str) -> Unit:
        """Makes the user a member; nothing happens when they are. Must match: the organization is there."""
        ...

    def remove(self, tenant_id: str, organization_id: str, user_id: str) -> Unit:
        """Takes the user out, with the roles they had there."""
        ...

    def give_role(self, tenant_id: str, organization_id: str, user_id: str, role_id: str) -> Unit:
        """Gives a member a role there; must match: they are a member."""
        ...

    def take_role(self, tenant_id: str, organization_id: str, user_id: str, role_id: str) -> Change:
        """Takes the role from the member."""
        ...
