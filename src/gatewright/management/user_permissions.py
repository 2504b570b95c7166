"""``/users/{id}/permissions``: what a user may do, and what they may without any role."""

from collections.abc import Callable, Iterable, Iterator

from gatewright.apis import Api, Apis
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Change, Unmatched
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.errors import Contended
from gatewright.management.paging import listed, offset_of
from gatewright.management.people import access_changed, check_giving, user_of
from gatewright.management.permission_shape import UserPermission, permitted
from gatewright.management.query import PAGES
from gatewright.management.resource import Answer, Call, Operation, shown_as
from gatewright.management.roles import Permissions
from gatewright.provisioning import Problem, shown
from gatewright.roles import Permission, Roles, RoleStore
from gatewright.users import UserStore

MOST_AT_ONCE = 100
"""Permissions that one call gives or takes."""

_TRIES = 10


class UserPermissionResource:
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
        path = "/users/{id}/permissions"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:users",),
                summary="List what a user may do.",
                run=self._list,
                query=PAGES,
                shows=UserPermission,
                plural="permissions",
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("update:users",),
                summary=(
                    "Let a user do more, without a role; "
                    "of the management API, only what the caller may as well."
                ),
                run=self._give,
                status=201,
                body=Body(Permissions),
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("update:users",),
                summary="Take from a user what they may do without a role.",
                run=self._take,
                status=204,
                body=Body(Permissions),
            ),
        )

    async def _list(self, call: Call) -> Answer:
        user = await user_of(call, self._users)
        roles, own = await self._roles.held_with_own(call.tenant_id, user.user_id)
        found = permitted(roles, own, await self._apis.all(call.tenant_id))
        return Answer(
            listed(offset_of(call.query), "permissions", found, key=lambda each: each.key, show=shown_as)
        )

    async def _give(self, call: Call) -> Answer:
        return await self._changed(call, self._store.permit, "Assign permissions to a user", must_exist=True)

    async def _take(self, call: Call) -> Answer:
        return await self._changed(
            call, self._store.forbid, "Remove permissions from a user", must_exist=False
        )

    async def _changed(
        self,
        call: Call,
        change: Callable[[str, str, Permission], Change],
        description: str,
        *,
        must_exist: bool,
    ) -> Answer:
        """Gives or takes the permissions that were sent, all of them or none."""
        sent = await call.body()
        for _ in range(_TRIES):
            user = await user_of(call, self._users)
            asked = tuple(dict.fromkeys(entry_of(Permissions, sent).value.permissions))
            check(_counted(asked))
            if must_exist:
                check_giving(call, asked)
                check(_unknown(asked, await self._apis.all(call.tenant_id)))
            changes = (change(call.tenant_id, user.user_id, each) for each in asked)
            event = access_changed(call, user.user_id, description, permissions=[*map(shown_as, asked)])
            # The version must match: one deleted meanwhile leaves nothing to whoever comes with their id.
            unit = (self._users.update(call.tenant_id, user), *changes)
            try:
                await self._bus.commit(unit, event)
            except Unmatched:
                continue
            return Answer({})
        raise Contended("The user is being changed by others; try again.")


def _counted(asked: tuple[Permission, ...]) -> Iterator[Problem]:
    if not 1 <= len(asked) <= MOST_AT_ONCE:
        yield Problem("permissions", f"{len(asked)} permissions; wanted: 1 to {MOST_AT_ONCE}")


def _unknown(asked: tuple[Permission, ...], apis: Iterable[Api]) -> Iterator[Problem]:
    """Scopes that no API of the tenant has."""
    scopes = {api.identifier: {scope.value for scope in api.scopes} for api in apis}
    for place, each in enumerate(asked):
        identifier, name = each.resource_server_identifier, each.permission_name
        if identifier not in scopes:
            where = f"permissions[{place}].resource_server_identifier"
            yield Problem(where, f"no API {shown(identifier)}")
        elif name not in scopes[identifier]:
            where = f"permissions[{place}].permission_name"
            yield Problem(where, f"the API {shown(identifier)} has no scope {shown(name)}")
