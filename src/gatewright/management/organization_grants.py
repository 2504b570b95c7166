"""``/organizations/{id}/client-grants``: by which grants clients act for an organization."""

import msgspec

from gatewright.apis import Apis, ClientGrant
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.client_grants import ShownGrant, grant_in, grant_shown
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.organizations import (
    ShownOrganization,
    changeable,
    organization_in,
    organization_of_path,
    organization_shown,
    with_organization,
)
from gatewright.management.paging import listed, offset_of, paging_of
from gatewright.management.query import CHECKPOINTS, PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation
from gatewright.organizations import Organization, OrganizationStore
from gatewright.provisioning import Problem, shown
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.state import TenantState

_FILTERS = (
    Parameter("audience", "The identifier of an API."),
    Parameter("client_id", "The id of a client."),
    Parameter("grant_ids", "Ids of client grants.", "list"),
)


class AssociatedGrant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to associate a client grant."""

    grant_id: str


class OrganizationGrantResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, organizations: OrganizationStore, apis: Apis) -> None:
        self._editing = editing
        self._organizations = organizations
        self._apis = apis

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/organizations/{id}/client-grants"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:organization_client_grants",),
                summary="List the client grants by which clients act for the organization.",
                run=self._list,
                query=(*PAGES, *_FILTERS),
                shows=ShownGrant,
                plural="client_grants",
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("create:organization_client_grants",),
                summary="Let a client act for the organization by a grant that it has.",
                run=self._associate,
                status=201,
                body=Body(AssociatedGrant),
                shows=ShownGrant,
            ),
            Operation(
                method="DELETE",
                path=f"{path}/{{grant_id}}",
                scopes=("delete:organization_client_grants",),
                summary="Let a client not act for the organization by a grant any more.",
                run=self._remove,
                status=204,
            ),
            Operation(
                method="GET",
                path="/client-grants/{id}/organizations",
                scopes=("read:organization_client_grants",),
                summary="List the organizations that a client grant is associated with.",
                run=self._organizations_of,
                query=(*PAGES, *CHECKPOINTS),
                shows=ShownOrganization,
                plural="organizations",
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging = offset_of(call.query)
        organization = await organization_of_path(call, self._organizations)
        every = {grant.grant_id: grant for grant in await self._apis.grants(call.tenant_id)}
        found = [every[each] for each in organization.client_grants if each in every]
        asked = [grant for grant in found if _is_asked(call, grant)]
        body = listed(paging, "client_grants", asked, key=lambda each: each.grant_id, show=grant_shown)
        return Answer(body)

    async def _associate(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = changeable(call, state, organization_id)
            wanted = entry_of(AssociatedGrant, sent).value.grant_id
            grant = next((each for each in state.grants if each.grant_id == wanted), None)
            if grant is None:
                check([Problem("grant_id", f"no client grant {shown(wanted)}")])
            elif grant.organization_usage == "deny":
                message = "the grant is for no organization; wanted: organization_usage allow or require"
                check([Problem("grant_id", message)])
            if wanted in current.client_grants:
                raise Exists("organization_client_grant", "The client grant is associated already.")
            return _with(state, current, (*current.client_grants, wanted))

        description = "Associate a client grant with an organization"
        state = await self._editing.change(call.tenant_id, edit, call.tell(description))
        return call.one(grant_shown(grant_in(state.grants, sent["grant_id"])))

    async def _remove(self, call: Call) -> Answer:
        organization_id, gone = call.id(), call.id("grant_id")

        def edit(state: TenantState) -> TenantState:
            current = organization_in(state.organizations, organization_id)
            if gone not in current.client_grants:
                raise Inexistent("organization_client_grant")
            return _with(state, current, tuple(each for each in current.client_grants if each != gone))

        description = "Remove a client grant from an organization"
        await self._editing.change(call.tenant_id, edit, call.tell(description))
        return Answer()

    async def _organizations_of(self, call: Call) -> Answer:
        paging = paging_of(call.query)
        grant = grant_in(await self._apis.grants(call.tenant_id), call.id())
        every = await self._organizations.all(call.tenant_id)
        found = [each for each in every if grant.grant_id in each.client_grants]
        body = listed(
            paging,
            "organizations",
            found,
            key=lambda each: each.organization_id,
            show=organization_shown,
        )
        return Answer(body)


def _with(state: TenantState, organization: Organization, grants: tuple[str, ...]) -> TenantState:
    return with_organization(state, msgspec.structs.replace(organization, client_grants=grants))


def _is_asked(call: Call, grant: ClientGrant) -> bool:
    query, ids = call.query, call.query.items("grant_ids")
    is_named = not ids or grant.grant_id in ids
    is_for = query.text("audience") in ("", grant.audience)
    return is_named and is_for and query.text("client_id") in ("", grant.client_id)
