"""Connections and roles as they shall be."""

from collections.abc import Mapping

import msgspec

from gatewright.connections import CommonSettings, Connection, Connections, ConnectionSettings
from gatewright.kernel import ids
from gatewright.provisioning.entry_kinds import ConnectionEntry, DatabaseEntry, RoleEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, client_ids, dated, merged, settings_of
from gatewright.roles import Role


def target_connections(
    state: TenantState, wanted: TenantState, wish: Wish, connections: Connections
) -> tuple[Connection, ...]:
    """Connections, matched by name. ``wanted`` has the clients as they shall be, ``state`` as they were.

    Each of the two sections speaks of its own kinds and leaves the others alone.
    """
    new = {client.client_id for client in wanted.clients} - {client.client_id for client in state.clients}
    document = wish.document
    return (
        *_of_section(document.databases, wanted.databases, wanted, new, wish, connections),
        *_of_section(document.connections, wanted.other_connections, wanted, new, wish, connections),
    )


def _of_section(
    entries: tuple[Entry[DatabaseEntry], ...] | tuple[Entry[ConnectionEntry], ...] | None,
    there: tuple[Connection, ...],
    wanted: TenantState,
    new: set[str],
    wish: Wish,
    connections: Connections,
) -> tuple[Connection, ...]:
    known = {connection.name: connection for connection in there}
    made: dict[str, Connection] = {}
    clients = client_ids(wanted.clients, wish.document)
    for entry in entries or ():
        name = entry.value.name
        current = known.get(name)
        made[name] = connection = connection_of(entry.value, current, clients, wish, connections)
        if current is not None and wish.only_missing:
            known[name] = _also_enabled(current, connection, new, wish.now)
    return merged(known, made, wish, is_written=entries is not None)


def target_roles(wanted: TenantState, wish: Wish) -> tuple[Role, ...]:
    """Roles, matched by name."""
    known = {role.name: role for role in wanted.roles}
    made = {e.value.name: role_of(e, known.get(e.value.name)) for e in wish.document.roles or ()}
    return merged(known, made, wish, is_written=wish.document.roles is not None)


def connection_of(
    written: DatabaseEntry | ConnectionEntry,
    current: Connection | None,
    called: Mapping[str, str],
    wish: Wish,
    connections: Connections,
) -> Connection:
    """The connection that an entry describes; ``called`` are the ids of clients by what it calls them.

    Secrets of its scripts that the entry does not speak of stay.
    """
    enabled = tuple(dict.fromkeys(called[name] for name in written.enabled_clients))
    if isinstance(written, DatabaseEntry):
        settings = settings_of(ConnectionSettings, written) | {"realms": written.realms or (written.name,)}
        settings["options"] = msgspec.structs.replace(written.options, configuration=None)
    else:
        settings = settings_of(CommonSettings, written) | {"passwordless": written.options}
    connection_id = current.connection_id if current else ids.connection_id()
    held = current.sealed_configuration if current else {}
    secrets = written.options.configuration if isinstance(written, DatabaseEntry) else None
    if secrets is not None:
        held = connections.sealed_configuration(wish.tenant_id, connection_id, secrets, held)
    settings |= {"enabled_clients": enabled, "sealed_configuration": held}
    return dated(Connection, current, wish.now, connection_id=connection_id, **settings)


def _also_enabled(current: Connection, written: Connection, new: set[str], now: int) -> Connection:
    """The connection as it is, and open to those new clients that the file enables."""
    more = tuple(client_id for client_id in written.enabled_clients if client_id in new)
    if not more:
        return current
    enabled = (*current.enabled_clients, *more)
    return msgspec.structs.replace(current, enabled_clients=enabled, updated_at=now)


def role_of(entry: Entry[RoleEntry], current: Role | None) -> Role:
    """The role that an entry describes; ``current`` is the one that it changes."""
    return Role(
        role_id=current.role_id if current else ids.role_id(),
        name=entry.value.name,
        description=entry.value.description,
        permissions=tuple(dict.fromkeys(entry.value.permissions)),
        is_default=entry.value.is_default,
    )
