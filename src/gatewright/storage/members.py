"""Who belongs to which organization, and the roles they have there."""

from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from gatewright.kernel.units import Change, Unit
from gatewright.storage.database import Database
from gatewright.storage.organizations import still_there
from gatewright.storage.schema import organization_members as members
from gatewright.storage.schema import organization_roles as roles
from gatewright.storage.statement import Statement, upsert

_HERE = (
    members.c.tenant_id == bindparam("tenant_id"),
    members.c.organization_id == bindparam("organization_id"),
)
_THIS = (*_HERE, members.c.user_id == bindparam("user_id"))
_IS_MEMBER = Statement(select(members.c.user_id).where(*_THIS))
_OF_USER = Statement(
    select(members.c.organization_id)
    .where(members.c.tenant_id == bindparam("tenant_id"), members.c.user_id == bindparam("user_id"))
    .order_by(members.c.organization_id)
)
_MEMBERS = Statement(
    select(members.c.user_id)
    .where(*_HERE, members.c.user_id > bindparam("after"))
    .order_by(members.c.user_id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_COUNT = Statement(select(func.count()).select_from(members).where(*_HERE))
_ADD = upsert(members, keys=("tenant_id", "organization_id", "user_id"), update=())
_REMOVE = Statement(delete(members).where(*_THIS))
_STAYS = Statement(update(members).where(*_THIS).values(user_id=members.c.user_id))

_ROLES_HERE = (
    roles.c.tenant_id == bindparam("tenant_id"),
    roles.c.organization_id == bindparam("organization_id"),
)
_ROLES_OF = (*_ROLES_HERE, roles.c.user_id == bindparam("user_id"))
_HELD = Statement(select(roles.c.role_id).where(*_ROLES_OF).order_by(roles.c.role_id))
_HOLDERS = Statement(
    select(roles.c.user_id)
    .where(*_ROLES_HERE, roles.c.role_id == bindparam("role_id"), roles.c.user_id > bindparam("after"))
    .order_by(roles.c.user_id)
    .limit(bindparam("most"))
)
_GIVE = upsert(roles, keys=("tenant_id", "organization_id", "user_id", "role_id"), update=())
_TAKE = Statement(delete(roles).where(*_ROLES_OF, roles.c.role_id == bindparam("role_id")))
_TAKE_ALL = Statement(delete(roles).where(*_ROLES_OF))


class SqlMembers:
    """See ``organizations.MemberStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_member(self, tenant_id: str, organization_id: str, user_id: str) -> bool:
        """See ``MemberStore.is_member``."""
        place = _place(tenant_id, organization_id, user_id)
        return await self._database.fetch_one(_IS_MEMBER, **place) is not None

    async def of_user(self, tenant_id: str, user_id: str) -> list[str]:
        """See ``MemberStore.of_user``."""
        rows = await self._database.fetch(_OF_USER, tenant_id=tenant_id, user_id=user_id)
        return [row[0] for row in rows]

    async def members(
        self, tenant_id: str, organization_id: str, *, after: str = "", skip: int = 0, limit: int
    ) -> list[str]:
        """See ``MemberStore.members``."""
        place = {"tenant_id": tenant_id, "organization_id": organization_id}
        return [
            row[0] for row in await self._database.scan(_MEMBERS, **place, after=after, skip=skip, most=limit)
        ]

    async def count(self, tenant_id: str, organization_id: str) -> int:
        """See ``MemberStore.count``."""
        ((count,),) = await self._database.scan(_COUNT, tenant_id=tenant_id, organization_id=organization_id)
        return int(count)

    async def roles_of(self, tenant_id: str, organization_id: str, user_id: str) -> list[str]:
        """See ``MemberStore.roles_of``."""
        place = _place(tenant_id, organization_id, user_id)
        return [row[0] for row in await self._database.fetch(_HELD, **place)]

    async def holders(
        self, tenant_id: str, organization_id: str, role_id: str, *, after: str = "", limit: int
    ) -> list[str]:
        """See ``MemberStore.holders``."""
        place = {"tenant_id": tenant_id, "organization_id": organization_id, "role_id": role_id}
        return [row[0] for row in await self._database.scan(_HOLDERS, **place, after=after, most=limit)]

    def add(self, tenant_id: str, organization_id: str, user_id: str) -> Unit:
        """See ``MemberStore.add``."""
        place: dict[str, Any] = _place(tenant_id, organization_id, user_id)
        return (still_there(tenant_id, organization_id), _ADD.change(**place))

    def remove(self, tenant_id: str, organization_id: str, user_id: str) -> Unit:
        """See ``MemberStore.remove``."""
        place: dict[str, Any] = _place(tenant_id, organization_id, user_id)
        return (_REMOVE.change(**place), _TAKE_ALL.change(**place))

    def give_role(self, tenant_id: str, organization_id: str, user_id: str, role_id: str) -> Unit:
        """See ``MemberStore.give_role``."""
        place: dict[str, Any] = _place(tenant_id, organization_id, user_id)
        return (_STAYS.change(must_match=True, **place), _GIVE.change(**place, role_id=role_id))

    def take_role(self, tenant_id: str, organization_id: str, user_id: str, role_id: str) -> Change:
        """See ``MemberStore.take_role``."""
        return _TAKE.change(
            tenant_id=tenant_id, organization_id=organization_id, user_id=user_id, role_id=role_id
        )


def _place(tenant_id: str, organization_id: str, user_id: str) -> dict[str, str]:
    return {"tenant_id": tenant_id, "organization_id": organization_id, "user_id": user_id}
