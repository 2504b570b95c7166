"""``/users/{id}/effective-…``: what comes of everything that gives a user roles and permissions."""

from collections.abc import Callable

import msgspec

from gatewright.apis import Apis
from gatewright.management.errors import InvalidQuery
from gatewright.management.paging import checkpoint_of, listed
from gatewright.management.people import user_of
from gatewright.management.permission_shape import UserPermission, permitted
from gatewright.management.query import CHECKPOINTS, Parameter
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.roles import Role, Roles
from gatewright.users import User, UserStore

_API = Parameter("resource_server_identifier", "Only what is permitted at this API.")
_PERMISSION = Parameter("permission_name", "The permission whose roles are wanted.")
_GROUPS = "groups, through which one may have a role"


class EffectivePermission(msgspec.Struct, frozen=True, kw_only=True):
    """A permission, and whether a role gives it (``roles``), or it is the user's own (``direct``)."""

    permission_name: str
    resource_server_identifier: str
    resource_server_name: str
    description: str
    sources: tuple[str, ...]


class EffectiveRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role, and how the user has it."""

    id: str
    name: str
    description: str
    sources: tuple[str, ...] = ("direct",)


class EffectiveAccessResource:
    """See ``resource.Resource``."""

    def __init__(self, roles: Roles, users: UserStore, apis: Apis) -> None:
        self._roles = roles
        self._users = users
        self._apis = apis

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/users/{id}"
        return (
            Operation(
                method="GET",
                path=f"{one}/effective-permissions",
                scopes=("read:user_effective_permissions",),
                summary="List what a user may do, whatever gives it.",
                run=self._permissions,
                query=(*CHECKPOINTS, _API),
                shows=EffectivePermission,
                plural="permissions",
                lacks=_GROUPS,
            ),
            Operation(
                method="GET",
                path=f"{one}/effective-permissions/sources/effective-roles",
                scopes=("read:user_permission_source_roles",),
                summary="List the roles that give a user a permission.",
                run=self._roles_of_permission,
                query=(*CHECKPOINTS, _API, _PERMISSION),
                shows=EffectiveRole,
                plural="roles",
                lacks=_GROUPS,
            ),
            Operation(
                method="GET",
                path=f"{one}/effective-roles",
                scopes=("read:user_effective_roles",),
                summary="List a user's roles, whatever gives them.",
                run=self._roles_of_user,
                query=CHECKPOINTS,
                shows=EffectiveRole,
                plural="roles",
                lacks=_GROUPS,
            ),
        )

    async def _permissions(self, call: Call) -> Answer:
        page = checkpoint_of(call.query)
        user = await user_of(call, self._users)
        roles, own = await self._roles.held_with_own(call.tenant_id, user.user_id)
        wanted = call.query.text(_API.name)
        found = permitted(roles, own, await self._apis.all(call.tenant_id))
        here = [each for each in found if wanted in ("", each.resource_server_identifier)]
        return Answer(listed(page, "permissions", here, key=lambda each: each.key, show=_permission_shown))

    async def _roles_of_permission(self, call: Call) -> Answer:
        user = await user_of(call, self._users)
        for name in (_API.name, _PERMISSION.name):
            if not call.query.text(name):
                raise InvalidQuery(f"{name}: missing; wanted: the permission whose roles are wanted.")
        pair = call.query.text(_API.name), call.query.text(_PERMISSION.name)
        return await self._listed(call, user, lambda role: pair in _pairs(role))

    async def _roles_of_user(self, call: Call) -> Answer:
        return await self._listed(call, await user_of(call, self._users), lambda role: True)

    async def _listed(self, call: Call, user: User, is_wanted: Callable[[Role], bool]) -> Answer:
        page = checkpoint_of(call.query)
        held = await self._roles.held(call.tenant_id, user.user_id)
        roles = [role for role in held if is_wanted(role)]
        return Answer(listed(page, "roles", roles, key=lambda role: role.role_id, show=_role_shown))


def _pairs(role: Role) -> set[tuple[str, str]]:
    return {(each.resource_server_identifier, each.permission_name) for each in role.permissions}


def _role_shown(role: Role) -> Shown:
    shown: Shown = msgspec.to_builtins(
        EffectiveRole(id=role.role_id, name=role.name, description=role.description)
    )
    return shown


def _permission_shown(permission: UserPermission) -> Shown:
    kinds = {"DIRECT": "direct", "ROLE": "roles"}
    shown: Shown = msgspec.to_builtins(
        EffectivePermission(
            permission_name=permission.permission_name,
            resource_server_identifier=permission.resource_server_identifier,
            resource_server_name=permission.resource_server_name,
            description=permission.description,
            sources=tuple(dict.fromkeys(kinds[each.source_type] for each in permission.sources)),
        )
    )
    return shown
