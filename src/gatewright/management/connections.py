"""``/connections``: places users come from."""

from collections.abc import Iterable
from dataclasses import replace
from types import NoneType
from typing import Any

import msgspec

from gatewright.connections import STRATEGIES, CommonSettings, Connection, Connections
from gatewright.management.bodies import Body, Sent, check, entry_of, merged
from gatewright.management.connection_shape import ShownConnection, shown_connection, without_empty
from gatewright.management.drafts import BY_ID, Draft
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.paging import listed, paging_of
from gatewright.management.query import CHECKPOINTS, FIELDS, PAGES, Parameter, Query
from gatewright.management.resource import Answer, Call, Operation
from gatewright.provisioning import Problem, shown
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import connection_entry, database_entry
from gatewright.provisioning.entry_kinds import ConnectionEntry, DatabaseEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import DATABASE, TenantState
from gatewright.provisioning.target.directory import connection_of

STRATEGY = Parameter("strategy", "Strategies, repeated or separated by commas.", "list")
_NAME = Parameter("name", "The exact name.")
_FIXED = {
    "name": "cannot be changed; wanted: no such field",
    "strategy": "cannot be changed; wanted: no such field",
}
_LACKS = "every strategy but auth0 and email; cross_app_access_*; some options are kept and steer nothing yet"


class SentConnection(CommonSettings, frozen=True, kw_only=True):
    """What is sent of a connection; what ``options`` may hold depends on its strategy."""

    options: dict[str, Any] = msgspec.field(default_factory=dict)


class ConnectionResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, connections: Connections) -> None:
        self._editing = editing
        self._connections = connections

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/connections/{id}"
        return (
            Operation(
                method="GET",
                path="/connections",
                scopes=("read:connections",),
                summary="List connections.",
                run=self._list,
                query=(*PAGES, *CHECKPOINTS, *FIELDS, STRATEGY, _NAME),
                shows=ShownConnection,
                plural="connections",
            ),
            Operation(
                method="POST",
                path="/connections",
                scopes=("create:connections",),
                summary="Create a connection.",
                run=self._create,
                status=201,
                body=Body(SentConnection),
                shows=ShownConnection,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:connections",),
                summary="Read a connection.",
                run=self._read,
                query=FIELDS,
                shows=ShownConnection,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:connections",),
                summary="Update a connection; `options` replaces all of them.",
                run=self._update,
                body=Body(SentConnection, partial=True, fixed=_FIXED),
                shows=ShownConnection,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:connections",),
                summary="Delete a connection and all who came from there.",
                run=self._delete,
                status=204,
            ),
            Operation(
                method="GET",
                path="/connections/{id}/status",
                scopes=("read:connections",),
                summary="Ask whether a connection is online, which ours always are.",
                run=self._status,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        found = _filtered(call.query, await self._connections.all(call.tenant_id))
        body = listed(
            paging_of(call.query),
            "connections",
            found,
            key=lambda each: each.connection_id,
            show=lambda each: call.selected(shown_connection(each)),
        )
        return Answer(body)

    async def _read(self, call: Call) -> Answer:
        found = connection_in(await self._connections.all(call.tenant_id), call.id())
        return call.one(shown_connection(found))

    async def _status(self, call: Call) -> Answer:
        connection_in(await self._connections.all(call.tenant_id), call.id())
        return Answer({})

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            made = self._decided(call, state, sent, None)
            return replace(state, connections=(*state.connections, made))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create a connection"))
        made = next(each for each in state.connections if each.name == sent["name"])
        return call.one(shown_connection(made))

    async def _update(self, call: Call) -> Answer:
        sent, connection_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = changeable_connection(call, state, connection_id)
            return with_connection(state, self._decided(call, state, sent, current))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a connection"))
        return call.one(shown_connection(connection_in(state.connections, connection_id)))

    async def _delete(self, call: Call) -> Answer:
        connection_id = call.id()

        def edit(state: TenantState) -> TenantState:
            gone = changeable_connection(call, state, connection_id)
            return replace(state, connections=tuple(each for each in state.connections if each is not gone))

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a connection"))
        return Answer()

    def _decided(self, call: Call, state: TenantState, sent: Sent, current: Connection | None) -> Connection:
        """The connection as it shall be, checked. Raises ``InvalidFile``, or ``Exists`` for a name taken."""
        draft = Draft(call.tenant, state, call.now)
        entry = _entry(sent, current)
        if any(each.name == entry.value.name for each in state.connections if each is not current):
            raise Exists("connection", "A connection with this name exists already.")
        draft.check("databases" if isinstance(entry.value, DatabaseEntry) else "connections", entry)
        called = {client.client_id: client.client_id for client in state.clients}
        return connection_of(entry.value, current, called, draft.wish(), self._connections)


def connection_in(connections: Iterable[Connection], connection_id: str) -> Connection:
    """The connection with this id. Raises ``Inexistent``."""
    for connection in connections:
        if connection.connection_id == connection_id:
            return connection
    raise Inexistent("connection")


def changeable_connection(call: Call, state: TenantState, connection_id: str) -> Connection:
    """The connection, if it is in the state that the caller knows."""
    current = connection_in(state.connections, connection_id)
    call.check_unchanged(shown_connection(current))
    return current


def with_connection(state: TenantState, changed: Connection) -> TenantState:
    """The state with ``changed`` in the place of the connection with its id."""
    is_it = changed.connection_id
    found = (changed if each.connection_id == is_it else each for each in state.connections)
    return replace(state, connections=tuple(found))


def _entry(sent: Sent, current: Connection | None) -> Entry[DatabaseEntry] | Entry[ConnectionEntry]:
    """What a file would say of it; ``options`` that are sent are all there are, secrets included."""
    strategy = current.strategy if current else sent.get("strategy")
    check(_unknown_strategy(strategy))
    if isinstance(sent.get("options"), dict):
        sent = sent | {"options": without_empty(sent["options"])}
    if strategy != DATABASE:
        return entry_of(ConnectionEntry, merged(connection_entry(current, BY_ID) if current else {}, sent))
    if "options" in sent and isinstance(sent["options"], dict | NoneType):
        sent = sent | {"options": {"configuration": {}, **(sent["options"] or {})}}
    return entry_of(DatabaseEntry, merged(database_entry(current, BY_ID) if current else {}, sent))


def _unknown_strategy(strategy: object) -> list[Problem]:
    if strategy in STRATEGIES:
        return []
    seen = "missing" if strategy is None else f"read {shown(strategy)}"
    return [Problem("strategy", f"{seen}; wanted one of those that exist here: {', '.join(STRATEGIES)}")]


def _filtered(query: Query, connections: Iterable[Connection]) -> Iterable[Connection]:
    strategies, name = query.items("strategy"), query.text("name")
    for connection in connections:
        if strategies and connection.strategy not in strategies:
            continue
        if name in ("", connection.name):
            yield connection
