"""``/organizations``: business customers, say, whose people sign in as their members."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import msgspec

from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.enabled_connections import enabled_of
from gatewright.management.errors import Exists, Inexistent, InvalidQuery
from gatewright.management.paging import listed, paging_of
from gatewright.management.query import CHECKPOINTS, PAGES, Parameter, Query
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.organizations import EnabledConnection, Organization, OrganizationSettings, OrganizationStore
from gatewright.provisioning import shown
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.organization_entry import (
    OrganizationEntry,
)
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.organizations import organization_of

READ = ("read:organizations",)
SUMMARY = ("id", "name", "display_name")
"""What the scope for summaries lets be seen."""

_ADDRESS = "has an address of its own, /organizations/{id}/enabled_connections; wanted: no such field"
_BY_KEY = frozenset({"metadata"})
_SORT = Parameter("sort", "`name`, `display_name` or `created_at`, then `:1` for upwards or `:-1`.")
_SORTED_BY: Mapping[str, Callable[[Organization], tuple[object, ...]]] = {
    "name": lambda each: (each.name,),
    "display_name": lambda each: (each.called.casefold(), each.name),
    "created_at": lambda each: (each.created_at, each.name),
}
_ENTITLEMENTS = "is_app_entitlement_active, and a token_quota that is enforced"


class NewOrganization(OrganizationSettings, frozen=True, kw_only=True):
    """What is sent to create an organization."""

    enabled_connections: tuple[EnabledConnection, ...] = ()


class ShownOrganization(OrganizationSettings, frozen=True, kw_only=True, omit_defaults=False):
    """An organization as the wire shows it."""

    id: str


class OrganizationResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, organizations: OrganizationStore) -> None:
        self._editing = editing
        self._organizations = organizations

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/organizations/{id}"
        return (
            Operation(
                method="GET",
                path="/organizations",
                scopes=(*READ, "read:organizations_summary"),
                summary="List organizations; `read:organizations_summary` shows what they are called.",
                run=self._list,
                query=(*PAGES, *CHECKPOINTS, _SORT),
                shows=ShownOrganization,
                plural="organizations",
                lacks="include_client_association_for; a sort of pages from a checkpoint on",
            ),
            Operation(
                method="POST",
                path="/organizations",
                scopes=("create:organizations",),
                summary="Create an organization.",
                run=self._create,
                status=201,
                body=Body(NewOrganization),
                shows=ShownOrganization,
                lacks=_ENTITLEMENTS,
            ),
            Operation(
                method="GET",
                path="/organizations/name/{name}",
                scopes=READ,
                summary="Read the organization with a name.",
                run=self._read_by_name,
                shows=ShownOrganization,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=READ,
                summary="Read an organization.",
                run=self._read,
                shows=ShownOrganization,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:organizations",),
                summary="Update an organization; fields of its metadata are laid over what is there.",
                run=self._update,
                body=Body(NewOrganization, partial=True, fixed={"enabled_connections": _ADDRESS}),
                shows=ShownOrganization,
                lacks=_ENTITLEMENTS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:organizations",),
                summary="Delete an organization with its memberships; its refresh tokens end.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        found = _sorted(call.query, await self._organizations.all(call.tenant_id))
        is_whole = call.caller.may(*READ)
        body = listed(
            paging_of(call.query),
            "organizations",
            found,
            key=lambda each: each.organization_id,
            show=organization_shown if is_whole else _summary,
        )
        return Answer(body)

    async def _read(self, call: Call) -> Answer:
        return call.one(organization_shown(await organization_of_path(call, self._organizations)))

    async def _read_by_name(self, call: Call) -> Answer:
        found = await self._organizations.by_name(call.tenant_id, call.id("name"))
        if found is None:
            raise Inexistent("organization")
        return call.one(organization_shown(found))

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            entry = entry_of(NewOrganization, _given(sent))
            _check(Draft(call.tenant, state, call.now), sent, None)
            connections = enabled_of(state, entry.value.enabled_connections, "enabled_connections")
            made = organization_of(entry.value, None, call.now, connections=connections)
            return replace(state, organizations=(*state.organizations, made))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create an organization"))
        return call.one(
            organization_shown(next(each for each in state.organizations if each.name == sent["name"]))
        )

    async def _update(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = changeable(call, state, organization_id)
            held = {name: getattr(current, name) for name in OrganizationSettings.__struct_fields__}
            values = merged(msgspec.to_builtins(held), sent, by_key=_BY_KEY)
            written = _check(Draft(call.tenant, state, call.now), values, current)
            return with_organization(state, organization_of(written, current, call.now))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update an organization"))
        return call.one(organization_shown(organization_in(state.organizations, organization_id)))

    async def _delete(self, call: Call) -> Answer:
        organization_id = call.id()

        def edit(state: TenantState) -> TenantState:
            gone = changeable(call, state, organization_id)
            return replace(
                state, organizations=tuple(each for each in state.organizations if each is not gone)
            )

        await self._editing.change(call.tenant_id, edit, call.tell("Delete an organization"))
        return Answer()


async def organization_of_path(call: Call, organizations: OrganizationStore) -> Organization:
    """The organization with the id in the path. Raises ``Inexistent``."""
    found = await organizations.get(call.tenant_id, call.id())
    if found is None:
        raise Inexistent("organization")
    return found


def organization_in(organizations: Iterable[Organization], organization_id: str) -> Organization:
    """The organization with this id. Raises ``Inexistent``."""
    for each in organizations:
        if each.organization_id == organization_id:
            return each
    raise Inexistent("organization")


def changeable(call: Call, state: TenantState, organization_id: str) -> Organization:
    """The organization, if it is in the state that the caller knows."""
    current = organization_in(state.organizations, organization_id)
    call.check_unchanged(organization_shown(current))
    return current


def with_organization(state: TenantState, changed: Organization) -> TenantState:
    """The state in which the organization is as ``changed``."""
    organizations = (
        changed if each.organization_id == changed.organization_id else each for each in state.organizations
    )
    return replace(state, organizations=tuple(organizations))


def organization_shown(organization: Organization) -> Shown:
    """The organization as the wire shows it."""
    settings = {name: getattr(organization, name) for name in OrganizationSettings.__struct_fields__}
    found = shown_as(ShownOrganization(id=organization.organization_id, **settings))
    if not found["branding"]:
        del found["branding"]
    return found


def _summary(organization: Organization) -> Shown:
    return {name: value for name, value in organization_shown(organization).items() if name in SUMMARY}


def _given(values: Sent) -> Sent:
    return {name: value for name, value in values.items() if value is not None}


def _check(draft: Draft, values: Sent, current: Organization | None) -> OrganizationEntry:
    """The settings, checked as in a file. Raises ``InvalidFile``, or ``Exists`` for a name that is taken."""
    names = OrganizationSettings.__struct_fields__
    settings = {name: value for name, value in _given(values).items() if name in names}
    entry: Entry[OrganizationEntry] = entry_of(OrganizationEntry, settings)
    draft.check("organizations", entry)
    if any(each.name == entry.value.name for each in draft.state.organizations if each is not current):
        raise Exists("organization", "An organization with this name exists already.")
    return entry.value


def _sorted(query: Query, organizations: list[Organization]) -> list[Organization]:
    """By name, or as ``sort`` wants it. Raises ``InvalidQuery``."""
    asked = query.text("sort")
    name, _, direction = asked.partition(":")
    if not asked:
        return organizations
    if name not in _SORTED_BY or direction not in ("1", "-1"):
        raise InvalidQuery(f"sort: read {shown(asked)}; wanted: {', '.join(_SORTED_BY)} with :1 or :-1.")
    return sorted(organizations, key=_SORTED_BY[name], reverse=direction == "-1")
