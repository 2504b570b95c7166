"""Through what an organization's people come in: ``/enabled_connections``, and newer ``/connections``.

Both addresses are of the same things.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from gatewright.connections import Connection, ConnectionStore
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.enabled_connections import check_one
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.organizations import (
    changeable,
    organization_in,
    organization_of_path,
    with_organization,
)
from gatewright.management.paging import listed, offset_of
from gatewright.management.query import PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.organizations import EnabledConnection, Organization, OrganizationStore
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.state import TenantState

_IS_ENABLED = Parameter("is_enabled", "Whether those switched on are wanted, or those off: none.", "flag")
_FIXED = {"connection_id": "cannot be changed; wanted: no such field"}
_NEWER = "is_enabled, organization_connection_name and organization_access_level"


class OrganizationConnectionInformation(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection is."""

    name: str
    strategy: str


class ShownEnabledConnection(EnabledConnection, frozen=True, kw_only=True, omit_defaults=False):
    """A connection of an organization as the wire shows it."""

    connection: OrganizationConnectionInformation


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One of the two addresses: its last piece, the name of the id in it, and how a list is wrapped."""

    piece: str
    id_name: str
    plural: str

    @property
    def all(self) -> str:
        return f"/organizations/{{id}}/{self.piece}"

    @property
    def one(self) -> str:
        return f"{self.all}/{{{self.id_name}}}"


_SPELLINGS = (
    _Spelling("enabled_connections", "connectionId", "enabled_connections"),
    _Spelling("connections", "connection_id", "connections"),
)


class OrganizationConnectionResource:
    """See ``resource.Resource``."""

    def __init__(
        self, editing: Editing, organizations: OrganizationStore, connections: ConnectionStore
    ) -> None:
        self._editing = editing
        self._organizations = organizations
        self._connections = connections

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return tuple(
            operation
            for spelling in _SPELLINGS
            for operation in _AtOneAddress(
                spelling, self._editing, self._organizations, self._connections
            ).operations
        )


class _AtOneAddress:
    def __init__(
        self,
        spelling: _Spelling,
        editing: Editing,
        organizations: OrganizationStore,
        connections: ConnectionStore,
    ) -> None:
        self._at = spelling
        self._editing = editing
        self._organizations = organizations
        self._connections = connections

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The five endpoints."""
        at, is_newer = self._at, self._at.piece == "connections"
        lacks = _NEWER if is_newer else ""
        return (
            Operation(
                method="GET",
                path=at.all,
                scopes=("read:organization_connections",),
                summary="List connections through which the organization's people come in.",
                run=self._list,
                query=(*PAGES, _IS_ENABLED) if is_newer else PAGES,
                shows=ShownEnabledConnection,
                plural=at.plural,
                lacks=lacks,
            ),
            Operation(
                method="POST",
                path=at.all,
                scopes=("create:organization_connections",),
                summary="Let the organization's people come in through a connection.",
                run=self._add,
                status=201,
                body=Body(EnabledConnection),
                shows=ShownEnabledConnection,
                lacks=lacks,
            ),
            Operation(
                method="GET",
                path=at.one,
                scopes=("read:organization_connections",),
                summary="Read how a connection is enabled for the organization.",
                run=self._read,
                shows=ShownEnabledConnection,
            ),
            Operation(
                method="PATCH",
                path=at.one,
                scopes=("update:organization_connections",),
                summary="Change how a connection is enabled for the organization.",
                run=self._update,
                body=Body(EnabledConnection, partial=True, fixed=_FIXED),
                shows=ShownEnabledConnection,
                lacks=lacks,
            ),
            Operation(
                method="DELETE",
                path=at.one,
                scopes=("delete:organization_connections",),
                summary="Let nobody of the organization come in through a connection any more.",
                run=self._remove,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging = offset_of(call.query)
        organization = await organization_of_path(call, self._organizations)
        is_off = call.query.has("is_enabled") and call.query.flag("is_enabled") is False
        found = () if is_off else organization.connections
        about = await self._about(call)
        body = listed(
            paging,
            self._at.plural,
            found,
            key=lambda each: each.connection_id,
            show=lambda each: _shown(each, about),
        )
        return Answer(body)

    async def _read(self, call: Call) -> Answer:
        organization = await organization_of_path(call, self._organizations)
        return call.one(_shown(self._enabled(call, organization), await self._about(call)))

    async def _add(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = changeable(call, state, organization_id)
            made = _decided(state, sent)
            if current.enabled(made.connection_id):
                raise Exists("organization_connection", "The connection is enabled there already.")
            return _with(state, current, (*current.connections, made))

        description = "Add a connection to an organization"
        state = await self._editing.change(call.tenant_id, edit, call.tell(description))
        made = organization_in(state.organizations, organization_id).enabled(sent["connection_id"])
        assert made is not None
        return call.one(_shown(made, await self._about(call)))

    async def _update(self, call: Call) -> Answer:
        sent, organization_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = organization_in(state.organizations, organization_id)
            before = self._enabled(call, current)
            call.check_unchanged(_shown(before, _by_id(state.connections)))
            made = _decided(state, merged(msgspec.structs.asdict(before), sent))
            return _with(
                state, current, tuple(made if each is before else each for each in current.connections)
            )

        description = "Update a connection of an organization"
        state = await self._editing.change(call.tenant_id, edit, call.tell(description))
        changed = self._enabled(call, organization_in(state.organizations, organization_id))
        return call.one(_shown(changed, await self._about(call)))

    async def _remove(self, call: Call) -> Answer:
        organization_id = call.id()

        def edit(state: TenantState) -> TenantState:
            current = organization_in(state.organizations, organization_id)
            gone = self._enabled(call, current)
            return _with(state, current, tuple(each for each in current.connections if each is not gone))

        description = "Remove a connection from an organization"
        await self._editing.change(call.tenant_id, edit, call.tell(description))
        return Answer()

    def _enabled(self, call: Call, organization: Organization) -> EnabledConnection:
        """The connection that the path names. Raises ``Inexistent``."""
        found = organization.enabled(call.id(self._at.id_name))
        if found is None:
            raise Inexistent("organization_connection")
        return found

    async def _about(self, call: Call) -> Mapping[str, Connection]:
        return _by_id(await self._connections.all(call.tenant_id))


def _decided(state: TenantState, values: Sent) -> EnabledConnection:
    wanted = {name: value for name, value in values.items() if value is not None}
    made: EnabledConnection = entry_of(EnabledConnection, wanted).value
    check_one(state, made)
    return made


def _with(
    state: TenantState, organization: Organization, connections: tuple[EnabledConnection, ...]
) -> TenantState:
    return with_organization(state, msgspec.structs.replace(organization, connections=connections))


def _by_id(connections: tuple[Connection, ...] | list[Connection]) -> Mapping[str, Connection]:
    return {each.connection_id: each for each in connections}


def _shown(enabled: EnabledConnection, about: Mapping[str, Connection]) -> Shown:
    found = about.get(enabled.connection_id)
    what = {"name": found.name, "strategy": found.strategy} if found else {}
    return {**msgspec.structs.asdict(enabled), "connection": what}
