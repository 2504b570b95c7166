"""``/roles``: roles and the permissions they bundle."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from gatewright.apis import Api, Apis
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.paging import listed, offset_of
from gatewright.management.people import check_given, check_giving
from gatewright.management.query import PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import role_entry
from gatewright.provisioning.entry_kinds import RoleEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.directory import role_of
from gatewright.roles import Permission, Role, Roles

_FIXED = {"permissions": "has an address of its own, /roles/{id}/permissions; wanted: no such field"}
_NAMES = Parameter("name_filter", "A part of the name, in large or small letters.")
_OWNERS = "type and owner_id, since every role is the tenant's"


class ShownRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role as the wire shows it; ``is_default``, which is ours, where it is one."""

    id: str
    name: str
    description: str = ""
    is_default: bool | None = None


class ShownPermission(Permission, frozen=True, kw_only=True):
    """A permission as the wire shows it: with the name of its API and what its scope says of itself."""

    resource_server_name: str
    description: str = ""


class Permissions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to add or remove permissions."""

    permissions: tuple[Permission, ...]


class RoleResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, roles: Roles, apis: Apis) -> None:
        self._editing = editing
        self._roles = roles
        self._apis = apis

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (*self._of_roles, *self._of_permissions)

    @property
    def _of_roles(self) -> tuple[Operation, ...]:
        one = "/roles/{id}"
        return (
            Operation(
                method="GET",
                path="/roles",
                scopes=("read:roles",),
                summary="List roles.",
                run=self._list,
                query=(*PAGES, _NAMES),
                shows=ShownRole,
                plural="roles",
                lacks=f"the filters {_OWNERS}",
            ),
            Operation(
                method="POST",
                path="/roles",
                scopes=("create:roles",),
                summary="Create a role.",
                run=self._create,
                status=201,
                body=Body(RoleEntry, fixed=_FIXED),
                shows=ShownRole,
                lacks=_OWNERS,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:roles",),
                summary="Read a role.",
                run=self._read,
                shows=ShownRole,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:roles",),
                summary="Update a role.",
                run=self._update,
                body=Body(RoleEntry, partial=True, fixed=_FIXED),
                shows=ShownRole,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:roles",),
                summary="Delete a role; nobody has it from then on.",
                run=self._delete,
                status=204,
            ),
        )

    @property
    def _of_permissions(self) -> tuple[Operation, ...]:
        path = "/roles/{id}/permissions"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:roles",),
                summary="List what a role permits.",
                run=self._list_permissions,
                query=PAGES,
                shows=ShownPermission,
                plural="permissions",
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("update:roles",),
                summary="Let a role permit more.",
                run=self._add_permissions,
                status=201,
                body=Body(Permissions),
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("update:roles",),
                summary="Let a role permit less.",
                run=self._remove_permissions,
                status=204,
                body=Body(Permissions),
            ),
        )

    async def _list(self, call: Call) -> Answer:
        wanted = call.query.text("name_filter").casefold()
        found = [each for each in await self._roles.all(call.tenant_id) if wanted in each.name.casefold()]
        return Answer(
            listed(offset_of(call.query), "roles", found, key=lambda each: each.role_id, show=role_shown)
        )

    async def _read(self, call: Call) -> Answer:
        return call.one(role_shown(role_in(await self._roles.all(call.tenant_id), call.id())))

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            made = _decided(Draft(call.tenant, state, call.now), sent, None)
            check_given(call, (made,) if made.is_default else ())
            return replace(state, roles=(*state.roles, made))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create a role"))
        return call.one(role_shown(next(role for role in state.roles if role.name == sent["name"])))

    async def _update(self, call: Call) -> Answer:
        sent, role_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = _changeable(call, state, role_id)
            values = merged(role_entry(current), sent)
            changed = _decided(Draft(call.tenant, state, call.now), values, current)
            check_given(call, (changed,) if changed.is_default and not current.is_default else ())
            return _with(state, changed)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a role"))
        return call.one(role_shown(role_in(state.roles, role_id)))

    async def _delete(self, call: Call) -> Answer:
        role_id = call.id()

        def edit(state: TenantState) -> TenantState:
            gone = _changeable(call, state, role_id)
            return replace(state, roles=tuple(role for role in state.roles if role is not gone))

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a role"))
        return Answer()

    async def _list_permissions(self, call: Call) -> Answer:
        role = role_in(await self._roles.all(call.tenant_id), call.id())
        apis = {api.identifier: api for api in await self._apis.all(call.tenant_id)}
        body = listed(
            offset_of(call.query),
            "permissions",
            role.permissions,
            key=lambda each: each.permission_name,
            show=lambda each: _shown_permission(each, apis.get(each.resource_server_identifier)),
        )
        return Answer(body)

    async def _add_permissions(self, call: Call) -> Answer:
        sent, role_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = _changeable(call, state, role_id)
            added = entry_of(Permissions, sent)
            check_giving(call, added.value.permissions)
            Draft(call.tenant, state, call.now).check("roles", _permitting(current, added.value.permissions))
            return _with(state, _permits(current, (*current.permissions, *added.value.permissions)))

        await self._editing.change(call.tenant_id, edit, call.tell("Add permissions to a role"))
        return Answer({})

    async def _remove_permissions(self, call: Call) -> Answer:
        sent, role_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = _changeable(call, state, role_id)
            gone = entry_of(Permissions, sent).value.permissions
            return _with(state, _permits(current, (each for each in current.permissions if each not in gone)))

        await self._editing.change(call.tenant_id, edit, call.tell("Remove permissions from a role"))
        return Answer()


def role_in(roles: Iterable[Role], role_id: str) -> Role:
    """The role with this id. Raises ``Inexistent``."""
    for role in roles:
        if role.role_id == role_id:
            return role
    raise Inexistent("role")


def _decided(draft: Draft, values: Sent, current: Role | None) -> Role:
    """The role as it shall be, checked. Raises ``InvalidFile``, or ``Exists`` for a name that is taken."""
    entry = entry_of(RoleEntry, {name: value for name, value in values.items() if value is not None})
    draft.check("roles", entry)
    if any(role.name == entry.value.name for role in draft.state.roles if role is not current):
        raise Exists("role", "A role with this name exists already.")
    return role_of(entry, current)


def _permitting(role: Role, permissions: tuple[Permission, ...]) -> Entry[RoleEntry]:
    """What a file would say of the role if it permitted this alone."""
    return Entry("", RoleEntry(name=role.name, permissions=permissions), frozenset({"permissions"}))


def _permits(role: Role, permissions: Iterable[Permission]) -> Role:
    return msgspec.structs.replace(role, permissions=tuple(dict.fromkeys(permissions)))


def _changeable(call: Call, state: TenantState, role_id: str) -> Role:
    """The role, if it is in the state that the caller knows."""
    current = role_in(state.roles, role_id)
    call.check_unchanged(role_shown(current))
    return current


def _with(state: TenantState, changed: Role) -> TenantState:
    roles = (changed if role.role_id == changed.role_id else role for role in state.roles)
    return replace(state, roles=tuple(roles))


def role_shown(role: Role) -> Shown:
    """The role as the wire shows it, here and at its holders."""
    shown = ShownRole(
        id=role.role_id, name=role.name, description=role.description, is_default=role.is_default or None
    )
    return shown_as(shown)


def _shown_permission(permission: Permission, api: Api | None) -> Shown:
    name = permission.permission_name
    said = {scope.value: scope.description for scope in api.scopes} if api else {}
    return shown_as(
        ShownPermission(
            permission_name=name,
            resource_server_identifier=permission.resource_server_identifier,
            resource_server_name=api.name if api else "",
            description=said.get(name, ""),
        )
    )
