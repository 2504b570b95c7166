"""``/roles/{id}/users``: who holds a role."""

import msgspec

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit, Unmatched
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.errors import Contended
from gatewright.management.paging import Offset, paging_of
from gatewright.management.people import check_given, check_pair
from gatewright.management.query import CHECKPOINTS, PAGES
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.management.roles import role_in
from gatewright.provisioning import Problem, shown
from gatewright.roles import Roles, RoleStore
from gatewright.users import User, UserStore

MOST_AT_ONCE = 100
"""Users who are given a role by one call."""


class ShownMember(msgspec.Struct, frozen=True, kw_only=True):
    """A holder of a role as the wire shows them."""

    user_id: str
    email: str = ""
    picture: str = ""
    name: str = ""


class Members(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to give people a role: their ids."""

    users: tuple[str, ...]


class RoleMemberResource:
    """See ``resource.Resource``."""

    def __init__(self, roles: Roles, store: RoleStore, users: UserStore, bus: Bus) -> None:
        self._roles = roles
        self._store = store
        self._users = users
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/roles/{id}/users"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:role_members", "read:users"),
                summary="List those who hold a role; `read:users` suffices together with `read:roles`.",
                run=self._list,
                query=(*PAGES, *CHECKPOINTS),
                shows=ShownMember,
                plural="users",
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("create:role_members", "update:users"),
                summary="Give users a role; `update:users` suffices together with `read:roles`.",
                run=self._assign,
                body=Body(Members),
            ),
        )

    async def _list(self, call: Call) -> Answer:
        check_pair(call, "read:role_members")
        paging = paging_of(call.query)
        role = role_in(await self._roles.all(call.tenant_id), call.id())
        place = call.tenant_id, role.role_id
        if isinstance(paging, Offset):
            total = await self._store.count_holders(*place)
            ids = await self._store.holders(*place, skip=paging.start, limit=paging.per_page)
            return Answer(paging.answer("users", await self._shown(call, ids), total))
        ids = await self._store.holders(*place, after=paging.after, limit=paging.take + 1)
        page = ids[: paging.take]
        following = page[-1] if len(ids) > len(page) else ""
        return Answer(paging.answer("users", await self._shown(call, page), following))

    async def _assign(self, call: Call) -> Answer:
        check_pair(call, "create:role_members")
        sent = await call.body()
        role = role_in(await self._roles.all(call.tenant_id), call.id())
        check_given(call, (role,))
        user_ids = tuple(dict.fromkeys(entry_of(Members, sent).value.users))
        check(_counted(user_ids))
        unit: Unit = ()
        for user in await self._found(call, user_ids):
            # The version must match: who is deleted meanwhile leaves no role to one who comes with their id.
            given = self._store.assign(call.tenant_id, user.user_id, role.role_id)
            unit += (self._users.update(call.tenant_id, user), given)
        details = {"role": role.role_id, "name": role.name, "users": list(user_ids)}
        try:
            await self._bus.commit(unit, call.event("Assign users to a role", details))
        except Unmatched:
            raise Contended("One of the users was changed meanwhile; try again.") from None
        return Answer({})

    async def _found(self, call: Call, user_ids: tuple[str, ...]) -> list[User]:
        """The users, each of whom must be there. Raises ``InvalidFile``."""
        users = [(await self._users.get(call.tenant_id, user_id), user_id) for user_id in user_ids]
        check(
            Problem(f"users[{place}]", f"no user {shown(user_id)}")
            for place, (user, user_id) in enumerate(users)
            if user is None
        )
        return [user for user, _ in users if user is not None]

    async def _shown(self, call: Call, user_ids: list[str]) -> list[Shown]:
        found = [await self._users.get(call.tenant_id, user_id) for user_id in user_ids]
        return [_shown(user) for user in found if user is not None]


def _counted(user_ids: tuple[str, ...]) -> list[Problem]:
    if 1 <= len(user_ids) <= MOST_AT_ONCE:
        return []
    return [Problem("users", f"{len(user_ids)} users; wanted: 1 to {MOST_AT_ONCE}")]


def _shown(user: User) -> Shown:
    return shown_as(ShownMember(user_id=user.user_id, email=user.email, picture=user.picture, name=user.name))
