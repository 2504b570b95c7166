"""Databases and roles as they shall be."""

import msgspec

from gatewright.connections import Connection, ConnectionSettings
from gatewright.kernel import ids
from gatewright.provisioning.document import DatabaseEntry, RoleEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, client_ids, dated, merged, settings_of
from gatewright.roles import Role


def target_connections(state: TenantState, wanted: TenantState, wish: Wish) -> tuple[Connection, ...]:
    """Databases, matched by name. ``wanted`` has the clients as they shall be, ``state`` as they were."""
    new = {client.client_id for client in wanted.clients} - {client.client_id for client in state.clients}
    known = {connection.name: connection for connection in wanted.connections}
    made: dict[str, Connection] = {}
    for entry in wish.document.databases or ():
        current = known.get(entry.value.name)
        made[entry.value.name] = connection = _connection(entry, current, wanted, wish)
        if current is not None and wish.only_missing:
            known[entry.value.name] = _also_enabled(current, connection, new, wish.now)
    return merged(known, made, wish, is_written=wish.document.databases is not None)


def target_roles(wanted: TenantState, wish: Wish) -> tuple[Role, ...]:
    """Roles, matched by name."""
    known = {role.name: role for role in wanted.roles}
    made = {e.value.name: _role(e, known.get(e.value.name)) for e in wish.document.roles or ()}
    return merged(known, made, wish, is_written=wish.document.roles is not None)


def _connection(
    entry: Entry[DatabaseEntry], current: Connection | None, wanted: TenantState, wish: Wish
) -> Connection:
    clients = client_ids(wanted.clients, wish.document)
    enabled = (clients[name] for name in entry.value.enabled_clients)
    chosen = {
        "enabled_clients": tuple(dict.fromkeys(enabled)),
        "realms": entry.value.realms or (entry.value.name,),
    }
    connection_id = current.connection_id if current else ids.connection_id()
    settings = settings_of(ConnectionSettings, entry.value) | chosen
    return dated(Connection, current, wish.now, connection_id=connection_id, **settings)


def _also_enabled(current: Connection, written: Connection, new: set[str], now: int) -> Connection:
    """The connection as it is, and open to those new clients that the file enables."""
    more = tuple(client_id for client_id in written.enabled_clients if client_id in new)
    if not more:
        return current
    enabled = (*current.enabled_clients, *more)
    return msgspec.structs.replace(current, enabled_clients=enabled, updated_at=now)


def _role(entry: Entry[RoleEntry], current: Role | None) -> Role:
    return Role(
        role_id=current.role_id if current else ids.role_id(),
        name=entry.value.name,
        description=entry.value.description,
        permissions=tuple(dict.fromkeys(entry.value.permissions)),
    )
