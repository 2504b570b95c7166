"""Roles and who holds them."""

from typing import Any

from sqlalchemy import bindparam, delete, func, literal, select, union_all

from gatewright.kernel.units import Change, Unit
from gatewright.roles import Holding, Permission, Role
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import organization_roles, roles, user_permissions, user_roles
from gatewright.storage.statement import Statement, upsert

_HERE = roles.c.tenant_id == bindparam("tenant_id")
_ALL = Statement(select(roles.c.doc).where(_HERE).order_by(roles.c.name))
_PUT = upsert(roles, keys=("tenant_id", "role_id"), update=("name", "doc"))
_DELETE = Statement(delete(roles).where(_HERE, roles.c.role_id == bindparam("role_id")))

_USER = (user_roles.c.tenant_id == bindparam("tenant_id"), user_roles.c.user_id == bindparam("user_id"))
_HELD = Statement(select(user_roles.c.role_id).where(*_USER).order_by(user_roles.c.role_id))
_OWN = (
    user_permissions.c.tenant_id == bindparam("tenant_id"),
    user_permissions.c.user_id == bindparam("user_id"),
)
_THAT = (
    user_permissions.c.api == bindparam("api"),
    user_permissions.c.permission == bindparam("permission"),
)
_HOLDING = Statement(
    union_all(
        select(user_roles.c.role_id, literal("").label("api"), literal("").label("permission")).where(*_USER),
        select(literal(""), user_permissions.c.api, user_permissions.c.permission).where(*_OWN),
    )
)
_PERMIT = upsert(user_permissions, keys=("tenant_id", "user_id", "api", "permission"), update=())
_FORBID = Statement(delete(user_permissions).where(*_OWN, *_THAT))
_OF_TENANT = user_permissions.c.tenant_id == bindparam("tenant_id")
_FORGET_API = Statement(
    delete(user_permissions).where(_OF_TENANT, user_permissions.c.api == bindparam("api"))
)
_FORGET_PERMISSION = Statement(delete(user_permissions).where(_OF_TENANT, *_THAT))
_ASSIGN = upsert(user_roles, keys=("tenant_id", "user_id", "role_id"), update=())
_WITHDRAW = Statement(delete(user_roles).where(*_USER, user_roles.c.role_id == bindparam("role_id")))
_ROLE = (user_roles.c.tenant_id == bindparam("tenant_id"), user_roles.c.role_id == bindparam("role_id"))
_WITHDRAW_FROM_ALL = Statement(delete(user_roles).where(*_ROLE))
_WITHDRAW_FROM_MEMBERS = Statement(
    delete(organization_roles).where(
        organization_roles.c.tenant_id == bindparam("tenant_id"),
        organization_roles.c.role_id == bindparam("role_id"),
    )
)
_HOLDERS = Statement(
    select(user_roles.c.user_id)
    .where(*_ROLE, user_roles.c.user_id > bindparam("after"))
    .order_by(user_roles.c.user_id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_COUNT_HOLDERS = Statement(select(func.count()).select_from(user_roles).where(*_ROLE))
_decode = decoder(Role).decode


class SqlRoles:
    """See ``roles.RoleStore``."""

    def __init__(self, database: Database, cache: RevisionCache) -> None:
        self._database = database
        self._cache = cache

    async def all(self, tenant_id: str) -> list[Role]:
        """See ``RoleStore.all``."""

        async def load() -> list[Role]:
            return [_decode(row[0]) for row in await self._database.fetch(_ALL, tenant_id=tenant_id)]

        return await self._cache.get(tenant_id, "roles", load) or []

    async def held_by(self, tenant_id: str, user_id: str) -> list[str]:
        """See ``RoleStore.held_by``."""
        return [row[0] for row in await self._database.fetch(_HELD, tenant_id=tenant_id, user_id=user_id)]

    async def holding(self, tenant_id: str, user_id: str) -> Holding:
        """See ``RoleStore.holding``."""
        rows = await self._database.fetch(_HOLDING, tenant_id=tenant_id, user_id=user_id)
        own = sorted((api, permission) for role_id, api, permission in rows if not role_id)
        return Holding(
            role_ids=tuple(sorted(role_id for role_id, _, _ in rows if role_id)),
            permissions=tuple(
                Permission(permission_name=permission, resource_server_identifier=api)
                for api, permission in own
            ),
        )

    async def holders(
        self, tenant_id: str, role_id: str, *, after: str = "", skip: int = 0, limit: int
    ) -> list[str]:
        """See ``RoleStore.holders``."""
        rows = await self._database.scan(
            _HOLDERS, tenant_id=tenant_id, role_id=role_id, after=after, skip=skip, most=limit
        )
        return [row[0] for row in rows]

    async def count_holders(self, tenant_id: str, role_id: str) -> int:
        """See ``RoleStore.count_holders``."""
        ((count,),) = await self._database.scan(_COUNT_HOLDERS, tenant_id=tenant_id, role_id=role_id)
        return int(count)

    def put(self, tenant_id: str, role: Role) -> Change:
        """See ``RoleStore.put``."""
        return _PUT.change(tenant_id=tenant_id, role_id=role.role_id, name=role.name, doc=encode(role))

    def delete(self, tenant_id: str, role_id: str) -> Unit:
        """See ``RoleStore.delete``."""
        return (
            _DELETE.change(must_match=True, tenant_id=tenant_id, role_id=role_id),
            _WITHDRAW_FROM_ALL.change(tenant_id=tenant_id, role_id=role_id),
            _WITHDRAW_FROM_MEMBERS.change(tenant_id=tenant_id, role_id=role_id),
        )

    def assign(self, tenant_id: str, user_id: str, role_id: str) -> Change:
        """See ``RoleStore.assign``."""
        return _ASSIGN.change(tenant_id=tenant_id, user_id=user_id, role_id=role_id)

    def withdraw(self, tenant_id: str, user_id: str, role_id: str) -> Change:
        """See ``RoleStore.withdraw``."""
        return _WITHDRAW.change(tenant_id=tenant_id, user_id=user_id, role_id=role_id)

    def permit(self, tenant_id: str, user_id: str, permission: Permission) -> Change:
        """See ``RoleStore.permit``."""
        return _PERMIT.change(tenant_id=tenant_id, user_id=user_id, **_named(permission))

    def forbid(self, tenant_id: str, user_id: str, permission: Permission) -> Change:
        """See ``RoleStore.forbid``."""
        return _FORBID.change(tenant_id=tenant_id, user_id=user_id, **_named(permission))

    def forget_api(self, tenant_id: str, api_identifier: str) -> Change:
        """See ``RoleStore.forget_api``."""
        return _FORGET_API.change(tenant_id=tenant_id, api=api_identifier)

    def forget_permission(self, tenant_id: str, permission: Permission) -> Change:
        """See ``RoleStore.forget_permission``."""
        return _FORGET_PERMISSION.change(tenant_id=tenant_id, **_named(permission))


def _named(permission: Permission) -> dict[str, Any]:
    return {"api": permission.resource_server_identifier, "permission": permission.permission_name}
