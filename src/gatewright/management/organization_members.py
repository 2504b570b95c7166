"""``/organizations/{id}/members``: who belongs to an organization, and to which ones a user does."""

from collections.abc import Callable
from typing import Any

import msgspec

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit, Unmatched
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.errors import Contended
from gatewright.management.organizations import ShownOrganization, organization_of_path, organization_shown
from gatewright.management.paging import Offset, listed, offset_of, paging_of
from gatewright.management.people import user_of
from gatewright.management.query import CHECKPOINTS, FIELDS, PAGES
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.organizations import MemberStore, Organization, OrganizationStore
from gatewright.provisioning import Problem, shown
from gatewright.roles import Roles
from gatewright.users import User, UserStore

MOST_AT_ONCE = 10
"""Users who are added or taken out by one call."""


class MemberRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that a member has there."""

    id: str
    name: str


class ShownOrganizationMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member as the wire shows them; ``roles`` are told where ``fields`` asks for them."""

    user_id: str
    email: str = ""
    picture: str = ""
    name: str = ""
    roles: tuple[MemberRole, ...] | None = None


class OrganizationMembers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to add people or to take them out: their ids."""

    members: tuple[str, ...]


class OrganizationMemberResource:
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
        path = "/organizations/{id}/members"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:organization_members",),
                summary="List members; `fields` with `roles` also needs `read:organization_member_roles`.",
                run=self._list,
                query=(*PAGES, *CHECKPOINTS, *FIELDS),
                shows=ShownOrganizationMember,
                plural="members",
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("create:organization_members",),
                summary="Make users members.",
                run=self._add,
                status=204,
                body=Body(OrganizationMembers),
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("delete:organization_members",),
                summary="Take members out; their refresh tokens for the organization end.",
                run=self._remove,
                status=204,
                body=Body(OrganizationMembers),
            ),
            Operation(
                method="GET",
                path="/users/{id}/organizations",
                scopes=("read:organizations",),
                summary="List the organizations that a user belongs to.",
                run=self._of_user,
                query=PAGES,
                shows=ShownOrganization,
                plural="organizations",
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging = paging_of(call.query)
        tells_roles = "roles" in call.query.items("fields") and call.query.flag("include_fields") is not False
        if tells_roles:
            call.caller.check(("read:organization_member_roles",))
        organization = await organization_of_path(call, self._organizations)
        place = call.tenant_id, organization.organization_id
        if isinstance(paging, Offset):
            total = await self._members.count(*place)
            ids = await self._members.members(*place, skip=paging.start, limit=paging.per_page)
            page = await self._shown(call, organization, ids, tells_roles=tells_roles)
            return Answer(paging.answer("members", page, total))
        ids = await self._members.members(*place, after=paging.after, limit=paging.take + 1)
        page = await self._shown(call, organization, ids[: paging.take], tells_roles=tells_roles)
        following = ids[paging.take - 1] if len(ids) > paging.take else ""
        return Answer(paging.answer("members", page, following))

    async def _add(self, call: Call) -> Answer:
        def change(organization: Organization, user: User) -> Unit:
            # The version must match: one deleted meanwhile leaves no place to whoever comes with their id.
            added = self._members.add(call.tenant_id, organization.organization_id, user.user_id)
            return (self._users.update(call.tenant_id, user), *added)

        return await self._changed(call, change, "Add members to an organization", must_exist=True)

    async def _remove(self, call: Call) -> Answer:
        def change(organization: Organization, user: User) -> Unit:
            return self._members.remove(call.tenant_id, organization.organization_id, user.user_id)

        return await self._changed(call, change, "Remove members from an organization", must_exist=False)

    async def _changed(
        self, call: Call, change: Callable[[Organization, User], Unit], description: str, *, must_exist: bool
    ) -> Answer:
        sent = await call.body()
        organization = await organization_of_path(call, self._organizations)
        user_ids = tuple(dict.fromkeys(entry_of(OrganizationMembers, sent).value.members))
        if not 1 <= len(user_ids) <= MOST_AT_ONCE:
            check([Problem("members", f"{len(user_ids)} members; wanted: 1 to {MOST_AT_ONCE}")])
        users = await self._found(call, user_ids, must_exist=must_exist)
        unit = tuple(each for user in users for each in change(organization, user))
        details: dict[str, Any] = {
            "organization": organization.organization_id,
            "name": organization.name,
            "users": list(user_ids),
        }
        try:
            await self._bus.commit(unit, call.event(description, details))
        except Unmatched:
            raise Contended(
                "The organization or one of the users was changed meanwhile; try again."
            ) from None
        return Answer()

    async def _found(self, call: Call, user_ids: tuple[str, ...], *, must_exist: bool) -> list[User]:
        """The users, each of whom ``must_exist`` or is left out. Raises ``InvalidFile``."""
        users = [(await self._users.get(call.tenant_id, user_id), user_id) for user_id in user_ids]
        check(
            Problem(f"members[{place}]", f"no user {shown(user_id)}")
            for place, (user, user_id) in enumerate(users)
            if user is None and must_exist
        )
        return [user for user, _ in users if user is not None]

    async def _shown(
        self, call: Call, organization: Organization, user_ids: list[str], *, tells_roles: bool
    ) -> list[Shown]:
        names = {each.role_id: each.name for each in await self._roles.all(call.tenant_id)}
        page = []
        for user_id in user_ids:
            user = await self._users.get(call.tenant_id, user_id)
            roles = None
            if tells_roles:
                place = call.tenant_id, organization.organization_id, user_id
                held = await self._members.roles_of(*place)
                roles = tuple(MemberRole(id=each, name=names[each]) for each in held if each in names)
            if user is not None:
                page.append(call.selected(member_shown(user, roles)))
        return page

    async def _of_user(self, call: Call) -> Answer:
        paging = offset_of(call.query)
        user = await user_of(call, self._users)
        ids = set(await self._members.of_user(call.tenant_id, user.user_id))
        found = [
            each for each in await self._organizations.all(call.tenant_id) if each.organization_id in ids
        ]
        body = listed(
            paging,
            "organizations",
            found,
            key=lambda each: each.organization_id,
            show=organization_shown,
        )
        return Answer(body)


def member_shown(user: User, roles: tuple[MemberRole, ...] | None = None) -> Shown:
    """A member as the wire shows them."""
    return shown_as(
        ShownOrganizationMember(
            user_id=user.user_id, email=user.email, picture=user.picture, name=user.name, roles=roles
        )
    )
