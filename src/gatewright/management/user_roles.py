"""``/users/{id}/roles`` and ``/users/{id}/permissions``: what a user may do."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from gatewright.apis import Api, Apis
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Change, Unmatched
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.errors import Contended
from gatewright.management.paging import listed, offset_of
from gatewright.management.people import access_changed, user_of
from gatewright.management.query import PAGES
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.provisioning import Problem, shown
from gatewright.roles import Permission, Role, Roles, RoleStore
from gatewright.users import UserStore

MOST_AT_ONCE = 100
"""Roles that one call gives or takes."""

_TRIES = 10


class UserRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that a user has, as the wire shows it."""

    id: str
    name: str
    description: str = ""


class PermissionSource(msgspec.Struct, frozen=True, kw_only=True):
    """Through what a user has a permission; so far that is always a role."""

    source_id: str
    source_name: str
    source_type: str = "ROLE"


class UserPermission(Permission, frozen=True, kw_only=True):
    """A permission that a user has, as the wire shows it."""

    resource_server_name: str
    description: str = ""
    sources: tuple[PermissionSource, ...] = ()


class RoleIds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to give or take roles."""

    roles: tuple[str, ...]


class UserRoleResource:
    """See ``resource.Resource``."""

    def __init__(self, roles: Roles, store: RoleStore, users: UserStore, apis: Apis, bus: Bus) -> None:
        self._roles = roles
        self._store = store
        self._users = users
        self._apis = apis
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/users/{id}/roles"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:users", "read:role_members"),
                summary="List a user's roles; `read:users` suffices together with `read:roles`.",
                run=self._list,
                query=PAGES,
                shows=UserRole,
                plural="roles",
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("update:users", "create:role_members"),
                summary="Give a user roles; `update:users` suffices together with `read:roles`.",
                run=self._assign,
                status=204,
                body=Body(RoleIds),
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("update:users", "delete:role_members"),
                summary="Take roles from a user; `update:users` suffices together with `read:roles`.",
                run=self._withdraw,
                status=204,
                body=Body(RoleIds),
            ),
            Operation(
                method="GET",
                path="/users/{id}/permissions",
                scopes=("read:users",),
                summary="List what a user may do.",
                run=self._permissions,
                query=PAGES,
                shows=UserPermission,
                plural="permissions",
                lacks="permissions that no role gives",
            ),
        )

    async def _list(self, call: Call) -> Answer:
        _check_pair(call, "read:role_members")
        user = await user_of(call, self._users)
        held = await self._roles.held(call.tenant_id, user.user_id)
        return Answer(
            listed(offset_of(call.query), "roles", held, key=lambda role: role.role_id, show=_role_shown)
        )

    async def _assign(self, call: Call) -> Answer:
        _check_pair(call, "create:role_members")
        return await self._changed(call, self._store.assign, "Assign roles to a user", must_exist=True)

    async def _withdraw(self, call: Call) -> Answer:
        _check_pair(call, "delete:role_members")
        return await self._changed(call, self._store.withdraw, "Remove roles from a user", must_exist=False)

    async def _changed(
        self, call: Call, change: Callable[[str, str, str], Change], description: str, *, must_exist: bool
    ) -> Answer:
        """Gives or takes the roles that were sent, all of them or none."""
        sent = await call.body()
        for _ in range(_TRIES):
            user = await user_of(call, self._users)
            role_ids = tuple(dict.fromkeys(entry_of(RoleIds, sent).value.roles))
            known = {role.role_id for role in await self._roles.all(call.tenant_id)} if must_exist else None
            check(_problems(role_ids, known))
            changes = (change(call.tenant_id, user.user_id, role_id) for role_id in role_ids)
            event = access_changed(call, user.user_id, description, roles=list(role_ids))
            # The version must match: one deleted meanwhile leaves no role to whoever comes with their id.
            unit = (self._users.update(call.tenant_id, user), *changes)
            try:
                await self._bus.commit(unit, event)
            except Unmatched:
                continue
            return Answer()
        raise Contended("The user is being changed by others; try again.")

    async def _permissions(self, call: Call) -> Answer:
        user = await user_of(call, self._users)
        apis = {api.identifier: api for api in await self._apis.all(call.tenant_id)}
        held = await self._roles.held(call.tenant_id, user.user_id)
        body = listed(offset_of(call.query), "permissions", _permitted(held, apis), key=_name, show=shown_as)
        return Answer(body)


def _check_pair(call: Call, scope: str) -> None:
    """The scope for members suffices; the one for users does together with the one for roles."""
    if not call.caller.may(scope):
        call.caller.check(("read:roles",))


def _problems(role_ids: tuple[str, ...], known: set[str] | None) -> Iterator[Problem]:
    if not 1 <= len(role_ids) <= MOST_AT_ONCE:
        yield Problem("roles", f"{len(role_ids)} roles; wanted: 1 to {MOST_AT_ONCE}")
    for place, role_id in enumerate(role_ids):
        if known is not None and role_id not in known:
            yield Problem(f"roles[{place}]", f"no role {shown(role_id)}")


def _role_shown(role: Role) -> Shown:
    return {"id": role.role_id, "name": role.name, "description": role.description}


def _permitted(roles: Iterable[Role], apis: dict[str, Api]) -> list[UserPermission]:
    """Each permission once, by API and name, with all the roles that give it."""
    sources: dict[tuple[str, str], list[PermissionSource]] = {}
    for role in roles:
        source = PermissionSource(source_id=role.role_id, source_name=role.name)
        for each in role.permissions:
            sources.setdefault((each.resource_server_identifier, each.permission_name), []).append(source)
    return [
        _permission(*pair, apis.get(pair[0]), found) for pair, found in sorted(sources.items(), key=_pair)
    ]


def _permission(
    identifier: str, name: str, api: Api | None, sources: Iterable[PermissionSource]
) -> UserPermission:
    meanings = {scope.value: scope.description for scope in api.scopes} if api else {}
    return UserPermission(
        permission_name=name,
        resource_server_identifier=identifier,
        resource_server_name=api.name if api else "",
        description=meanings.get(name, ""),
        sources=tuple(sources),
    )


def _pair(item: tuple[tuple[str, str], object]) -> tuple[str, str]:
    return item[0]


def _name(permission: UserPermission) -> str:
    return permission.permission_name
