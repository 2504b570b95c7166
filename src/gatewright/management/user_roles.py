"""``/users/{id}/roles``: the roles of a user."""

from collections.abc import Callable, Container, Iterator

import msgspec

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Change, Unmatched
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.errors import Contended
from gatewright.management.paging import listed, offset_of
from gatewright.management.people import access_changed, check_given, check_pair, user_of
from gatewright.management.query import PAGES
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.roles import ShownRole, role_shown
from gatewright.provisioning import Problem, shown
from gatewright.roles import Role, Roles, RoleStore
from gatewright.users import UserStore

MOST_AT_ONCE = 100
"""Roles that one call gives or takes."""

_TRIES = 10


class RoleIds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to give or take roles."""

    roles: tuple[str, ...]


class UserRoleResource:
    """See ``resource.Resource``."""

    def __init__(self, roles: Roles, store: RoleStore, users: UserStore, bus: Bus) -> None:
        self._roles = roles
        self._store = store
        self._users = users
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
                shows=ShownRole,
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
        )

    async def _list(self, call: Call) -> Answer:
        check_pair(call, "read:role_members")
        user = await user_of(call, self._users)
        held = await self._roles.held(call.tenant_id, user.user_id)
        return Answer(
            listed(offset_of(call.query), "roles", held, key=lambda role: role.role_id, show=role_shown)
        )

    async def _assign(self, call: Call) -> Answer:
        check_pair(call, "create:role_members")
        return await self._changed(call, self._store.assign, "Assign roles to a user", must_exist=True)

    async def _withdraw(self, call: Call) -> Answer:
        check_pair(call, "delete:role_members")
        return await self._changed(call, self._store.withdraw, "Remove roles from a user", must_exist=False)

    async def _changed(
        self, call: Call, change: Callable[[str, str, str], Change], description: str, *, must_exist: bool
    ) -> Answer:
        """Gives or takes the roles that were sent, all of them or none."""
        sent = await call.body()
        for _ in range(_TRIES):
            user = await user_of(call, self._users)
            role_ids = tuple(dict.fromkeys(entry_of(RoleIds, sent).value.roles))
            known = await self._known(call) if must_exist else None
            check(role_problems(role_ids, known))
            check_given(call, (role for role_id, role in (known or {}).items() if role_id in role_ids))
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

    async def _known(self, call: Call) -> dict[str, Role]:
        return {role.role_id: role for role in await self._roles.all(call.tenant_id)}


def role_problems(role_ids: tuple[str, ...], known: Container[str] | None) -> Iterator[Problem]:
    """What is wrong with ids of roles that were sent; ``known`` are those there are, where they must be."""
    if not 1 <= len(role_ids) <= MOST_AT_ONCE:
        yield Problem("roles", f"{len(role_ids)} roles; wanted: 1 to {MOST_AT_ONCE}")
    for place, role_id in enumerate(role_ids):
        if known is not None and role_id not in known:
            yield Problem(f"roles[{place}]", f"no role {shown(role_id)}")
