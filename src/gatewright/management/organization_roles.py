"""``/organizations/{id}/members/{user_id}/roles``: what a member may do there, and who may."""

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit, Unmatched
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.effective_access import EffectiveRole
from gatewright.management.errors import Contended, Inexistent
from gatewright.management.organization_members import ShownOrganizationMember, member_shown
from gatewright.management.organizations import organization_of_path
from gatewright.management.paging import checkpoint_of, listed, offset_of
from gatewright.management.people import access_changed, check_given
from gatewright.management.query import CHECKPOINTS, FIELDS, PAGES
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.management.roles import ShownRole
from gatewright.management.user_roles import RoleIds, role_problems
from gatewright.organizations import MemberStore, OrganizationStore
from gatewright.roles import Role, Roles
from gatewright.users import UserStore


class OrganizationRoleResource:
    """See ``resource.Resource``."""

    def __init__(
        self,
        organizations: OrganizationStore,
        members: MemberStore,
        users: UserStore,
        roles: Roles,
        bus: Bus,
    ) -> None:
        self._organizations = organizations
        self._members = members
        self._users = users
        self._roles = roles
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/organizations/{id}/members/{user_id}/roles"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:organization_member_roles",),
                summary="List the roles that a member has in the organization.",
                run=self._list,
                query=PAGES,
                shows=ShownRole,
                plural="roles",
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("create:organization_member_roles",),
                summary="Give a member roles in the organization.",
                run=self._assign,
                status=204,
                body=Body(RoleIds),
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("delete:organization_member_roles",),
                summary="Take roles in the organization from a member.",
                run=self._withdraw,
                status=204,
                body=Body(RoleIds),
            ),
            Operation(
                method="GET",
                path="/organizations/{id}/members/{user_id}/effective-roles",
                scopes=("read:organization_member_effective_roles",),
                summary="List the roles that count for a member in the organization.",
                run=self._effective,
                query=CHECKPOINTS,
                shows=EffectiveRole,
                plural="roles",
                lacks="roles by groups, of which there are none",
            ),
            Operation(
                method="GET",
                path="/organizations/{id}/roles/{role_id}/members",
                scopes=("read:organization_member_roles",),
                summary="List the members who have a role in the organization.",
                run=self._holders,
                query=(*CHECKPOINTS, *FIELDS),
                shows=ShownOrganizationMember,
                plural="members",
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging, held = offset_of(call.query), await self._held(call)
        return Answer(listed(paging, "roles", held, key=_id, show=_shown))

    async def _effective(self, call: Call) -> Answer:
        paging = checkpoint_of(call.query)
        held = await self._held(call)
        return Answer(
            listed(paging, "roles", held, key=_id, show=lambda role: {**_shown(role), "sources": ["direct"]})
        )

    async def _holders(self, call: Call) -> Answer:
        paging = checkpoint_of(call.query)
        organization = await organization_of_path(call, self._organizations)
        role_id = call.id("role_id")
        if role_id not in {each.role_id for each in await self._roles.all(call.tenant_id)}:
            raise Inexistent("role")
        ids = await self._members.holders(
            call.tenant_id,
            organization.organization_id,
            role_id,
            after=paging.after,
            limit=paging.take + 1,
        )
        found = [await self._users.get(call.tenant_id, user_id) for user_id in ids[: paging.take]]
        page = [call.selected(member_shown(user)) for user in found if user is not None]
        return Answer(paging.answer("members", page, ids[paging.take - 1] if len(ids) > paging.take else ""))

    async def _assign(self, call: Call) -> Answer:
        place, role_ids = await self._asked(call, must_exist=True)
        unit = tuple(
            each for role_id in role_ids for each in self._members.give_role(call.tenant_id, *place, role_id)
        )
        return await self._commit(call, place, role_ids, unit, "Assign roles to a member")

    async def _withdraw(self, call: Call) -> Answer:
        place, role_ids = await self._asked(call, must_exist=False)
        unit = tuple(self._members.take_role(call.tenant_id, *place, role_id) for role_id in role_ids)
        return await self._commit(call, place, role_ids, unit, "Remove roles from a member")

    async def _asked(self, call: Call, *, must_exist: bool) -> tuple[tuple[str, str], tuple[str, ...]]:
        """Whose roles where are to change, and which."""
        sent = await call.body()
        place = await self._place(call)
        role_ids = tuple(dict.fromkeys(entry_of(RoleIds, sent).value.roles))
        every = {role.role_id: role for role in await self._roles.all(call.tenant_id)}
        check(role_problems(role_ids, every if must_exist else None))
        if must_exist:
            check_given(call, (every[role_id] for role_id in role_ids))
        return place, role_ids

    async def _commit(
        self, call: Call, place: tuple[str, str], role_ids: tuple[str, ...], unit: Unit, description: str
    ) -> Answer:
        organization_id, user_id = place
        event = access_changed(call, user_id, description, organization=organization_id, roles=list(role_ids))
        try:
            await self._bus.commit(unit, event)
        except Unmatched:
            raise Contended("The user is no member any more.") from None
        return Answer()

    async def _held(self, call: Call) -> list[Role]:
        place = await self._place(call)
        ids = set(await self._members.roles_of(call.tenant_id, *place))
        return [role for role in await self._roles.all(call.tenant_id) if role.role_id in ids]

    async def _place(self, call: Call) -> tuple[str, str]:
        """Ids of the organization and the member of the path. Raises ``Inexistent``."""
        organization = await organization_of_path(call, self._organizations)
        place = organization.organization_id, call.id("user_id")
        if not await self._members.is_member(call.tenant_id, *place):
            raise Inexistent("organization_member")
        return place


def _id(role: Role) -> str:
    return role.role_id


def _shown(role: Role) -> Shown:
    return {"id": role.role_id, "name": role.name, "description": role.description}
