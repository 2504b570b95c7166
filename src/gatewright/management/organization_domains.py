"""``/organizations/{id}/discovery-domains``: mail domains of an organization's people."""

from collections.abc import Callable
from typing import Literal

import msgspec

from gatewright.kernel import ids
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.organizations import organization_in, organization_of_path, with_organization
from gatewright.management.paging import checkpoint_of, listed
from gatewright.management.query import CHECKPOINTS
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.organizations import DiscoveryDomain, Organization, OrganizationStore
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.organization_entry import (
    OrganizationDomainEntry,
    OrganizationEntry,
)
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState

_FIXED = {"domain": "cannot be changed; wanted: no such field"}
_LACKS = "verification by DNS: status is what is sent; and discovery by the domain at login"


class ShownDiscoveryDomain(msgspec.Struct, frozen=True, kw_only=True):
    """A domain as the wire shows it."""

    id: str
    domain: str
    status: Literal["pending", "verified"]
    use_for_organization_discovery: bool
    verification_host: str
    verification_txt: str


class OrganizationDomainResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, organizations: OrganizationStore) -> None:
        self._editing = editing
        self._organizations = organizations

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/organizations/{id}/discovery-domains"
        one, read = f"{path}/{{discovery_domain_id}}", ("read:organization_discovery_domains",)
        return (
            Operation(
                method="GET",
                path=path,
                scopes=read,
                summary="List the organization's domains.",
                run=self._list,
                query=CHECKPOINTS,
                shows=ShownDiscoveryDomain,
                plural="domains",
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("create:organization_discovery_domains",),
                summary="Add a domain to the organization.",
                run=self._create,
                status=201,
                body=Body(OrganizationDomainEntry),
                shows=ShownDiscoveryDomain,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=f"{path}/name/{{discovery_domain}}",
                scopes=read,
                summary="Read a domain of the organization by its name.",
                run=self._read_by_name,
                shows=ShownDiscoveryDomain,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=read,
                summary="Read a domain of the organization.",
                run=self._read,
                shows=ShownDiscoveryDomain,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:organization_discovery_domains",),
                summary="Change what a domain is good for.",
                run=self._update,
                body=Body(OrganizationDomainEntry, partial=True, fixed=_FIXED),
                shows=ShownDiscoveryDomain,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:organization_discovery_domains",),
                summary="Remove a domain from the organization.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging = checkpoint_of(call.query)
        organization = await organization_of_path(call, self._organizations)
        found = organization.discovery_domains
        return Answer(listed(paging, "domains", found, key=lambda each: each.domain_id, show=_shown))

    async def _read(self, call: Call) -> Answer:
        organization = await organization_of_path(call, self._organizations)
        return call.one(_shown(_of_path(call, organization)))

    async def _read_by_name(self, call: Call) -> Answer:
        organization = await organization_of_path(call, self._organizations)
        return call.one(_shown(_called(organization, call.id("discovery_domain"))))

    async def _create(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = organization_in(state.organizations, organization_id)
            made = _decided(Draft(call.tenant, state, call.now), current, sent, ids.discovery_domain_id())
            if any(each.domain == made.domain for each in current.discovery_domains):
                raise Exists("organization_discovery_domain", "The organization has this domain already.")
            return _with(state, current, (*current.discovery_domains, made))

        description = "Add a domain to an organization"
        state = await self._editing.change(call.tenant_id, edit, call.tell(description))
        return call.one(
            _shown(_called(organization_in(state.organizations, organization_id), sent["domain"]))
        )

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()

        def change(state: TenantState, current: Organization, domain: DiscoveryDomain) -> TenantState:
            call.check_unchanged(_shown(domain))
            held = {n: getattr(domain, n) for n in OrganizationDomainEntry.__struct_fields__}
            draft = Draft(call.tenant, state, call.now)
            made = _decided(draft, current, merged(held, sent), domain.domain_id)
            domains = (made if each is domain else each for each in current.discovery_domains)
            return _with(state, current, tuple(domains))

        organization = await self._changed(call, change, "Update a domain of an organization")
        return call.one(_shown(_of_path(call, organization)))

    async def _delete(self, call: Call) -> Answer:
        def change(state: TenantState, current: Organization, domain: DiscoveryDomain) -> TenantState:
            return _with(
                state, current, tuple(each for each in current.discovery_domains if each is not domain)
            )

        await self._changed(call, change, "Remove a domain from an organization")
        return Answer()

    async def _changed(
        self,
        call: Call,
        change: Callable[[TenantState, Organization, DiscoveryDomain], TenantState],
        description: str,
    ) -> Organization:
        """Changes the domain of the path; returns its organization."""
        organization_id = call.id()

        def edit(state: TenantState) -> TenantState:
            current = organization_in(state.organizations, organization_id)
            return change(state, current, _of_path(call, current))

        state = await self._editing.change(call.tenant_id, edit, call.tell(description))
        return organization_in(state.organizations, organization_id)


def _decided(draft: Draft, organization: Organization, values: Sent, domain_id: str) -> DiscoveryDomain:
    """The domain as it shall be, checked as in a file. Raises ``InvalidFile``."""
    wanted = {name: value for name, value in values.items() if value is not None}
    written = entry_of(OrganizationDomainEntry, wanted).value
    alone = OrganizationEntry(name=organization.name, discovery_domains=(written,))
    draft.check("organizations", Entry("", alone, frozenset({"discovery_domains"})))
    return DiscoveryDomain(
        domain_id=domain_id,
        domain=written.domain,
        status=written.status,
        use_for_organization_discovery=written.use_for_organization_discovery,
    )


def _of_path(call: Call, organization: Organization) -> DiscoveryDomain:
    """The domain with the id in the path. Raises ``Inexistent``."""
    wanted = call.id("discovery_domain_id")
    for each in organization.discovery_domains:
        if each.domain_id == wanted:
            return each
    raise Inexistent("organization_discovery_domain")


def _called(organization: Organization, domain: str) -> DiscoveryDomain:
    for each in organization.discovery_domains:
        if each.domain == domain:
            return each
    raise Inexistent("organization_discovery_domain")


def _with(
    state: TenantState, organization: Organization, domains: tuple[DiscoveryDomain, ...]
) -> TenantState:
    return with_organization(state, msgspec.structs.replace(organization, discovery_domains=domains))


def _shown(domain: DiscoveryDomain) -> Shown:
    return {
        "id": domain.domain_id,
        "domain": domain.domain,
        "status": domain.status,
        "use_for_organization_discovery": domain.use_for_organization_discovery,
        "verification_host": f"_gatewright-challenge.{domain.domain}",
        "verification_txt": f"gatewright-domain-verification={domain.domain_id}",
    }
