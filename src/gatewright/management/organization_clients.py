"""``/organizations/{id}/clients``: applications that an organization is associated with."""

from collections.abc import Iterator, Mapping

import msgspec

from gatewright.clients import Client, ClientStore
from gatewright.management.bodies import Body, check, entry_of, merged
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.organizations import (
    changeable,
    organization_in,
    organization_of_path,
    with_organization,
)
from gatewright.management.paging import checkpoint_of, listed
from gatewright.management.query import CHECKPOINTS
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.organizations import MemberClient, Organization, OrganizationStore
from gatewright.provisioning import Problem, shown
from gatewright.provisioning.checks.organizations import MOST_CONNECTIONS
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.state import TenantState

MOST_AT_ONCE = 50
_LACKS = "any effect: an association is kept and shown, and lets nobody in or out"
_FIXED = {"client_id": "cannot be changed; wanted: no such field"}


class OrganizationClientMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """What the application is."""

    name: str
    app_type: str
    is_first_party: bool
    grant_types: tuple[str, ...]
    logo_uri: str = ""
    organization_usage: str | None = None


class ShownMemberClient(MemberClient, frozen=True, kw_only=True, omit_defaults=False):
    """An association as the wire shows it."""

    client: OrganizationClientMetadata


class NewOrganizationClients(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to associate applications."""

    clients: tuple[MemberClient, ...]


class GoneOrganizationClients(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to end associations: ids of applications."""

    clients: tuple[str, ...]


class OrganizationClientResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, organizations: OrganizationStore, clients: ClientStore) -> None:
        self._editing = editing
        self._organizations = organizations
        self._clients = clients

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/organizations/{id}/clients"
        one = f"{path}/{{client_id}}"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:organization_clients",),
                summary="List the applications that the organization is associated with.",
                run=self._list,
                query=CHECKPOINTS,
                shows=ShownMemberClient,
                plural="clients",
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("create:organization_clients",),
                summary="Associate applications with the organization.",
                run=self._add,
                status=201,
                body=Body(NewOrganizationClients),
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("delete:organization_clients",),
                summary="End associations of applications with the organization.",
                run=self._remove,
                status=204,
                body=Body(GoneOrganizationClients),
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:organization_clients",),
                summary="Read an association with an application.",
                run=self._read,
                shows=ShownMemberClient,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:organization_clients",),
                summary="Change an association with an application.",
                run=self._update,
                body=Body(MemberClient, partial=True, fixed=_FIXED),
                shows=ShownMemberClient,
                lacks=_LACKS,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging = checkpoint_of(call.query)
        organization = await organization_of_path(call, self._organizations)
        about = _by_id(await self._clients.all(call.tenant_id))
        found = [each for each in organization.clients if each.client_id in about]
        body = listed(
            paging, "clients", found, key=lambda each: each.client_id, show=lambda one: _shown(one, about)
        )
        return Answer(body)

    async def _read(self, call: Call) -> Answer:
        organization = await organization_of_path(call, self._organizations)
        about = _by_id(await self._clients.all(call.tenant_id))
        return call.one(_shown(_of_path(call, organization), about))

    async def _add(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = changeable(call, state, organization_id)
            added = entry_of(NewOrganizationClients, sent).value.clients
            known = {each.client_id for each in current.clients}
            check(_problems(added, _by_id(state.clients), len(known)))
            if known & {each.client_id for each in added}:
                raise Exists("organization_client", "One of the clients is associated already.")
            return _with(state, current, (*current.clients, *added))

        description = "Associate clients with an organization"
        state = await self._editing.change(call.tenant_id, edit, call.tell(description))
        about = _by_id(state.clients)
        added = {each["client_id"] for each in sent["clients"]}
        clients = organization_in(state.organizations, organization_id).clients
        return Answer([_shown(each, about) for each in clients if each.client_id in added])

    async def _remove(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = changeable(call, state, organization_id)
            gone = frozenset(entry_of(GoneOrganizationClients, sent).value.clients)
            return _with(
                state, current, tuple(each for each in current.clients if each.client_id not in gone)
            )

        description = "Remove clients from an organization"
        await self._editing.change(call.tenant_id, edit, call.tell(description))
        return Answer()

    async def _update(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = organization_in(state.organizations, organization_id)
            before = _of_path(call, current)
            call.check_unchanged(_shown(before, _by_id(state.clients)))
            made = entry_of(MemberClient, merged(msgspec.structs.asdict(before), sent)).value
            return _with(state, current, tuple(made if each is before else each for each in current.clients))

        description = "Update a client of an organization"
        state = await self._editing.change(call.tenant_id, edit, call.tell(description))
        changed = _of_path(call, organization_in(state.organizations, organization_id))
        return call.one(_shown(changed, _by_id(state.clients)))


def _problems(added: tuple[MemberClient, ...], clients: Mapping[str, Client], held: int) -> Iterator[Problem]:
    if not 1 <= len(added) <= MOST_AT_ONCE or held + len(added) > MOST_CONNECTIONS:
        wanted = f"1 to {MOST_AT_ONCE} at once, {MOST_CONNECTIONS} at all"
        yield Problem("clients", f"{len(added)} clients beside {held}; wanted: {wanted}")
    ids = [each.client_id for each in added]
    for place, client_id in enumerate(ids):
        if client_id not in clients:
            yield Problem(f"clients[{place}].client_id", f"no client {shown(client_id)}")
        elif client_id in ids[:place]:
            yield Problem(f"clients[{place}].client_id", "stands there twice; wanted: once")


def _of_path(call: Call, organization: Organization) -> MemberClient:
    """The association with the client in the path. Raises ``Inexistent``."""
    wanted = call.id("client_id")
    for each in organization.clients:
        if each.client_id == wanted:
            return each
    raise Inexistent("organization_client")


def _with(state: TenantState, organization: Organization, clients: tuple[MemberClient, ...]) -> TenantState:
    return with_organization(state, msgspec.structs.replace(organization, clients=clients))


def _by_id(clients: tuple[Client, ...] | list[Client]) -> Mapping[str, Client]:
    return {each.client_id: each for each in clients}


def _shown(member: MemberClient, about: Mapping[str, Client]) -> Shown:
    client = about[member.client_id]
    what = OrganizationClientMetadata(
        name=client.name,
        app_type=client.app_type,
        is_first_party=client.is_first_party,
        grant_types=client.grant_types,
        logo_uri=client.logo_uri,
        organization_usage=client.organization_usage,
    )
    return {
        "client_id": member.client_id,
        "use_for_member_access": member.use_for_member_access,
        "client": shown_as(what),
    }
