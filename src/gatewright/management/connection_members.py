"""What hangs on a connection: the clients it is enabled for, and the users who came from there."""

import msgspec

from gatewright.administration import Author, UserAdministration
from gatewright.clients import Client, Clients
from gatewright.connections import Connection, Connections
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.connection_shape import ShownConnection, shown_connection
from gatewright.management.connections import (
    STRATEGY,
    changeable_connection,
    connection_in,
    with_connection,
)
from gatewright.management.errors import Inexistent, InvalidQuery
from gatewright.management.paging import USUAL, Checkpoint, Offset, listed, paging_of
from gatewright.management.query import CHECKPOINTS, FIELDS, Parameter, Query
from gatewright.management.resource import Answer, Call, Operation
from gatewright.provisioning import Problem, shown
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.state import DATABASE, TenantState
from gatewright.users import UserStore
from gatewright.users.identifiers import Identifier, normalised

_EMAIL = Parameter("email", "The address of the user.")


class EnabledClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client that the connection is enabled for."""

    client_id: str


class ClientStatus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent: whether the connection is to be enabled for the client."""

    client_id: str
    status: bool


class ConnectionMemberResource:
    """See ``resource.Resource``."""

    def __init__(
        self,
        editing: Editing,
        connections: Connections,
        clients: Clients,
        users: UserStore,
        administration: UserAdministration,
    ) -> None:
        self._editing = editing
        self._connections = connections
        self._clients = clients
        self._users = users
        self._administration = administration

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/connections/{id}/clients"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:connections",),
                summary="List the clients that a connection is enabled for.",
                run=self._list,
                query=CHECKPOINTS,
                shows=EnabledClient,
                plural="clients",
            ),
            Operation(
                method="PATCH",
                path=path,
                scopes=("update:connections",),
                summary="Enable a connection for clients, or no longer.",
                run=self._enable,
                status=204,
                body=Body(ClientStatus, several=True),
            ),
            Operation(
                method="GET",
                path="/clients/{id}/connections",
                scopes=("read:connections",),
                summary="List the connections that are enabled for a client.",
                run=self._of_client,
                query=(*CHECKPOINTS, *FIELDS, STRATEGY),
                shows=ShownConnection,
                plural="connections",
            ),
            Operation(
                method="DELETE",
                path="/connections/{id}/users",
                scopes=("delete:users",),
                summary="Delete the user of a database who has an e-mail address, if there is one.",
                run=self._delete_user,
                status=204,
                query=(_EMAIL,),
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging = _checkpoint(call.query)
        found = connection_in(await self._connections.all(call.tenant_id), call.id())
        body = listed(
            paging,
            "clients",
            found.enabled_clients,
            key=lambda client_id: client_id,
            show=lambda client_id: {"client_id": client_id},
        )
        return Answer(body)

    async def _enable(self, call: Call) -> Answer:
        sent, connection_id = await call.items(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = changeable_connection(call, state, connection_id)
            read = [entry_of(ClientStatus, each, f"[{place}]").value for place, each in enumerate(sent)]
            known = {client.client_id for client in state.clients}
            check(_lost(read, known))
            wanted = {each.client_id: each.status for each in read}
            kept = [key for key in current.enabled_clients if wanted.get(key, True)]
            more = [key for key, status in wanted.items() if status and key not in kept]
            if not more and len(kept) == len(current.enabled_clients):
                return state
            changed = msgspec.structs.replace(current, enabled_clients=(*kept, *more), updated_at=call.now)
            return with_connection(state, changed)

        await self._editing.change(call.tenant_id, edit, call.tell("Update clients of a connection"))
        return Answer()

    async def _of_client(self, call: Call) -> Answer:
        client, paging = await self._client(call), _checkpoint(call.query)
        strategies = call.query.items("strategy")
        found = [
            each
            for each in await self._connections.of_client(call.tenant_id, client.client_id)
            if not strategies or each.strategy in strategies
        ]
        return Answer(listed(paging, "connections", found, key=_id, show=lambda each: _selected(call, each)))

    async def _delete_user(self, call: Call) -> Answer:
        connection = connection_in(await self._connections.all(call.tenant_id), call.id())
        email = call.query.text("email")
        if not email:
            raise InvalidQuery("email: missing; wanted: the address of the user.")
        if connection.strategy != DATABASE:
            raise InvalidQuery(f"{shown(connection.name)} is no database; only its users go by address.")
        identifier = Identifier("email", normalised(email))
        owners = await self._users.owners(call.tenant_id, connection.name, [identifier])
        for user_id in owners.values():
            await self._administration.delete(call.tenant, user_id, by=_author(call))
        return Answer()

    async def _client(self, call: Call) -> Client:
        client = await self._clients.get(call.tenant_id, call.id())
        if client is None:
            raise Inexistent("client")
        return client


def _checkpoint(query: Query) -> Checkpoint:
    """The page asked for; these lists are always wrapped."""
    paging = paging_of(query)
    return Checkpoint("", USUAL) if isinstance(paging, Offset) else paging


def _lost(read: list[ClientStatus], known: set[str]) -> list[Problem]:
    return [
        Problem(f"[{place}].client_id", f"no client {shown(each.client_id)}")
        for place, each in enumerate(read)
        if each.client_id not in known
    ]


def _id(connection: Connection) -> str:
    return connection.connection_id


def _selected(call: Call, connection: Connection) -> object:
    return call.selected(shown_connection(connection))


def _author(call: Call) -> Author:
    return Author(
        client_id=call.caller.client_id,
        user_id=call.caller.user.user_id if call.caller.user else "",
        origin=call.context.origin,
    )
