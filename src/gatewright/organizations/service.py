"""What one may do with organizations."""

from gatewright.organizations.model import ID_PREFIX, Organization
from gatewright.organizations.store import MemberStore, OrganizationStore


class Organizations:
    """Finds organizations, and answers who belongs to them."""

    def __init__(self, store: OrganizationStore, members: MemberStore) -> None:
        self._store = store
        self._members = members

    async def get(self, tenant_id: str, organization_id: str) -> Organization | None:
        """The organization with this id."""
        return await self._store.get(tenant_id, organization_id)

    async def called(self, tenant_id: str, name: str) -> Organization | None:
        """The organization with this name, in large or small letters."""
        return await self._store.by_name(tenant_id, name.lower())

    async def meant(self, tenant_id: str, text: str, *, by_name: bool) -> Organization | None:
        """The organization that a request names: by its id, or ``by_name`` where that is allowed."""
        if text.startswith(ID_PREFIX):
            return await self.get(tenant_id, text)
        return await self.called(tenant_id, text) if by_name else None

    async def of_user(self, tenant_id: str, user_id: str) -> list[Organization]:
        """Those that the user belongs to, by what people call them."""
        found = [
            await self._store.get(tenant_id, each) for each in await self._members.of_user(tenant_id, user_id)
        ]
        return sorted((each for each in found if each is not None), key=lambda each: each.called.casefold())

    async def has_member(self, tenant_id: str, organization_id: str, user_id: str) -> bool:
        """Whether the user belongs to it."""
        return await self._members.is_member(tenant_id, organization_id, user_id)

    async def roles_of(self, tenant_id: str, organization_id: str, user_id: str) -> list[str]:
        """Ids of the roles that the member has there."""
        return await self._members.roles_of(tenant_id, organization_id, user_id)
