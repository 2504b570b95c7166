"""Names in a file that stand for something else: what they may stand for, and those that lead nowhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from gatewright.connections import PASSWORDLESS, DatabaseOptions
from gatewright.provisioning.checks.claim_rules import claim_rules
from gatewright.provisioning.document import Document
from gatewright.provisioning.entry_kinds import ApiEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import DATABASE, TenantState


@dataclass(frozen=True, slots=True)
class Known:
    """What there will be after the file is applied.

    ``clients`` are names and ids. ``apis`` maps identifiers to scopes, ``None`` where the entry cannot be
    read; ``databases`` maps names to options, and ``connections`` names of every kind to strategies.
    ``grants`` are pairs of what a client may be called and an audience.
    """

    clients: frozenset[str]
    apis: Mapping[str, frozenset[str] | None]
    databases: Mapping[str, DatabaseOptions]
    connections: Mapping[str, str]
    roles: frozenset[str]
    grants: frozenset[tuple[str, str]] = frozenset()


def known_names(document: Document, state: TenantState, system: Mapping[str, frozenset[str]]) -> Known:
    """Sections in the file count as the file has them, others as the tenant has them.

    ``system`` are the system's own APIs with their scopes.
    """
    names = document.names
    clients = frozenset(text for client in state.clients for text in (client.client_id, client.name))
    apis: dict[str, frozenset[str] | None] = {
        api.identifier: api.scope_values for api in state.apis if not api.is_system
    }
    if document.apis is not None:
        apis = dict.fromkeys(names["resourceServers"])
        apis |= {entry.value.identifier: _scopes(entry, document) for entry in document.apis}
    databases = {connection.name: connection.options for connection in state.databases}
    if document.databases is not None:
        databases = dict.fromkeys(names["databases"], DatabaseOptions())
        databases |= {entry.value.name: entry.value.options for entry in document.databases}
    others = {connection.name: connection.strategy for connection in state.other_connections}
    if document.connections is not None:
        others = dict.fromkeys(names["connections"], PASSWORDLESS)
    roles = frozenset(role.name for role in state.roles)
    return Known(
        clients=clients if document.clients is None else names["clients"],
        apis=apis | dict(system),
        databases=databases,
        connections=others | dict.fromkeys(databases, DATABASE),
        roles=roles if document.roles is None else names["roles"],
        grants=_grants(document, state),
    )


def _grants(document: Document, state: TenantState) -> frozenset[tuple[str, str]]:
    if document.grants is not None:
        return frozenset((entry.value.client_id, entry.value.audience) for entry in document.grants)
    called = {client.client_id: client.name for client in state.clients}
    return frozenset(
        (name, grant.audience)
        for grant in state.grants
        for name in (grant.client_id, called.get(grant.client_id, grant.client_id))
    )


def _scopes(entry: Entry[ApiEntry], document: Document) -> frozenset[str] | None:
    where = inside(entry.path, "scopes")
    if any(problem.path.startswith(where) for problem in document.problems):
        return None
    return frozenset(scope.value for scope in entry.value.scopes)


def dangling(document: Document, known: Known) -> Iterator[Problem]:
    """Every name in the file that leads nowhere."""
    yield from _of_tenant(document, known)
    for grant in document.grants or ():
        yield from _missing(inside(grant.path, "client_id"), grant.value.client_id, "client", known.clients)
        path = inside(grant.path, "audience")
        yield from _missing(path, grant.value.audience, "API", known.apis)
        for place, scope in enumerate(grant.value.scope):
            yield from _unknown_scope(f"{grant.path}.scope[{place}]", scope, grant.value.audience, known)
    for client in document.clients or ():
        path = inside(client.path, "allowed_clients")
        yield from _unknown_clients(path, client.value.allowed_clients, known)
    for database in document.databases or ():
        path = inside(database.path, "enabled_clients")
        yield from _unknown_clients(path, database.value.enabled_clients, known)
    for connection in document.connections or ():
        path = inside(connection.path, "enabled_clients")
        yield from _unknown_clients(path, connection.value.enabled_clients, known)
    yield from _of_roles(document, known)
    yield from _of_organizations(document, known)
    for user in document.users or ():
        path = inside(user.path, "connection")
        yield from _missing(path, user.value.connection, "connection", known.connections)
        for place, name in enumerate(user.value.roles):
            yield from _missing(f"{user.path}.roles[{place}]", name, "role", known.roles)


def _unknown_clients(path: str, names: tuple[str, ...], known: Known) -> Iterator[Problem]:
    for place, name in enumerate(names):
        yield from _missing(f"{path}[{place}]", name, "client", known.clients)


def _of_tenant(document: Document, known: Known) -> Iterator[Problem]:
    if document.tenant is None:
        return
    tenant, path = document.tenant.value, document.tenant.path
    if tenant.default_directory:
        where = inside(path, "default_directory")
        yield from _missing(where, tenant.default_directory, "database", known.databases)
    if tenant.default_audience:
        yield from _missing(inside(path, "default_audience"), tenant.default_audience, "API", known.apis)
    for path, rule in claim_rules(document.tenant):
        yield from _unknown_clients(inside(path, "clients"), rule.clients, known)
        for place, audience in enumerate(rule.audiences):
            yield from _missing(f"{path}.audiences[{place}]", audience, "API", known.apis)


def _of_roles(document: Document, known: Known) -> Iterator[Problem]:
    for role in document.roles or ():
        for place, permission in enumerate(role.value.permissions):
            path = f"{role.path}.permissions[{place}]"
            audience = permission.resource_server_identifier
            yield from _missing(inside(path, "resource_server_identifier"), audience, "API", known.apis)
            yield from _unknown_scope(
                inside(path, "permission_name"), permission.permission_name, audience, known
            )


def _of_organizations(document: Document, known: Known) -> Iterator[Problem]:
    for organization in document.organizations or ():
        for place, connection in enumerate(organization.value.connections):
            path = f"{organization.path}.connections[{place}].name"
            yield from _missing(path, connection.name, "connection", known.connections)
        for place, client in enumerate(organization.value.clients):
            path = f"{organization.path}.clients[{place}].client_id"
            yield from _missing(path, client.client_id, "client", known.clients)
        for place, grant in enumerate(organization.value.client_grants):
            path = f"{organization.path}.client_grants[{place}].client_id"
            of_client = {audience for name, audience in known.grants if name == grant.client_id}
            if not of_client or (grant.audience and grant.audience not in of_client):
                yield Problem(
                    path, f"no client grant of {shown(grant.client_id)} for {shown(grant.audience)}"
                )


def _missing(
    path: str, name: str, kind: str, known: frozenset[str] | Mapping[str, object]
) -> Iterator[Problem]:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {shown(near[0])}?" if near else ""
        yield Problem(path, f"no {kind} {shown(name)}{hint}")


def _unknown_scope(path: str, scope: str, audience: str, known: Known) -> Iterator[Problem]:
    scopes = known.apis.get(audience)
    if scopes is not None and scope not in scopes:
        near = get_close_matches(scope, scopes, n=1)
        hint = f"; did you mean {shown(near[0])}?" if near else ""
        yield Problem(path, f"{shown(audience)} has no scope {shown(scope)}{hint}")
