"""What the tenant shall be: what it is now, and the file on top.

Within a section of the file the tenant becomes equal to it; sections that are not in the file stay.
What would lead nowhere afterwards (a grant for an API that goes) goes with it.
Users are made and changed, never removed, and only those fields that are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from gatewright.apis import Api, Apis, ApiSettings, ClientGrant
from gatewright.clients import Client, Clients
from gatewright.connections import Connection, ConnectionSettings
from gatewright.jose import KEY_ALGORITHMS
from gatewright.kernel import ids
from gatewright.provisioning.defaults import web_lifetime
from gatewright.provisioning.document import ApiEntry, DatabaseEntry, Document, RoleEntry
from gatewright.provisioning.management import (
    DEVELOPMENT_CLIENT,
    development_client,
    management_api,
    management_grant,
)
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import Match, TenantState
from gatewright.provisioning.target_clients import target_clients
from gatewright.provisioning.target_people import target_people
from gatewright.roles import Role
from gatewright.tenants import Tenant

DEFAULT_ALGORITHM = "RS256"

_T = TypeVar("_T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for. ``issuer`` is canonical and ends with a slash; ``now`` is seconds UTC.

    With ``only_missing`` what exists is left alone and nothing is removed: the file is a starting point.
    ``management_client`` asks for the client that manages a development server.
    ``people`` tells whom the entries of ``users`` are about, ``hashes`` their new passwords, by path.
    """

    tenant_id: str
    issuer: str
    document: Document
    now: int
    only_missing: bool = False
    management_client: bool = False
    people: Mapping[str, Match] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)


def target_state(state: TenantState, wish: Wish, clients: Clients, apis: Apis) -> TenantState:
    """The tenant as it shall be. The file has been checked: every name in it leads somewhere."""
    tenant = _tenant(state, wish)
    state = _moved(state, tenant)
    system = management_api(tenant.management_audience, state.system_api, wish.now)
    wanted = replace(
        state,
        tenant=tenant,
        apis=(*_apis(state, wish, apis), system),
        clients=target_clients(state, wish, clients),
    )
    if wish.management_client:
        wanted = _with_management_client(wanted, wish, clients, system)
    wanted = replace(wanted, grants=_grants(wanted, wish), roles=_roles(wanted, wish))
    wanted = _pruned(replace(wanted, connections=_connections(state, wanted, wish)))
    return replace(wanted, key_algorithms=_algorithms(wanted), people=target_people(wanted, wish))


def _tenant(state: TenantState, wish: Wish) -> Tenant:
    host = urlsplit(wish.issuer).netloc
    now = state.tenant or Tenant(tenant_id=wish.tenant_id, issuer=wish.issuer, hosts=(host,))
    settings, branding = now.settings, now.branding
    if state.tenant is None or not wish.only_missing:
        settings = wish.document.tenant.value if wish.document.tenant else settings
        branding = wish.document.branding.value if wish.document.branding else branding
    others = (name for name in now.hosts if name not in (host, urlsplit(now.issuer).netloc))
    return msgspec.structs.replace(
        now, issuer=wish.issuer, hosts=(host, *others), settings=settings, branding=branding
    )


def _moved(state: TenantState, tenant: Tenant) -> TenantState:
    """The state with the management API under its new name, wherever it is named, when the issuer changed."""
    if state.system_api is None:
        return state
    old, new = state.system_api.identifier, tenant.management_audience
    if old == new:
        return state
    return replace(
        state,
        grants=tuple(_renamed(grant, "audience", old, new) for grant in state.grants),
        roles=tuple(
            msgspec.structs.replace(
                role,
                permissions=tuple(
                    _renamed(permission, "resource_server_identifier", old, new)
                    for permission in role.permissions
                ),
            )
            for role in state.roles
        ),
    )


def _renamed(value: _T, name: str, old: str, new: str) -> _T:
    return msgspec.structs.replace(value, **{name: new}) if getattr(value, name) == old else value


def _apis(state: TenantState, wish: Wish, apis: Apis) -> tuple[Api, ...]:
    known = {api.identifier: api for api in state.apis if not api.is_system}
    entries = wish.document.apis
    made = [_api(entry, known.get(entry.value.identifier), wish, apis) for entry in entries or ()]
    return merged(known, {api.identifier: api for api in made}, wish, section_given=entries is not None)


def _api(entry: Entry[ApiEntry], current: Api | None, wish: Wish, apis: Apis) -> Api:
    written = entry.value
    api_id = current.api_id if current else ids.hexadecimal()
    sealed = current.sealed_secret if current and written.signing_alg == "HS256" else ""
    if written.signing_secret and not (sealed and _same_secret(apis, wish.tenant_id, current, written)):
        sealed = apis.sealed_secret(wish.tenant_id, api_id, written.signing_secret)
    settings = settings_of(ApiSettings, written) | {"token_lifetime_for_web": web_lifetime(entry)}
    return dated(Api, current, wish.now, api_id=api_id, sealed_secret=sealed, **settings)


def _same_secret(apis: Apis, tenant_id: str, current: Api | None, written: ApiEntry) -> bool:
    return current is not None and apis.shares_secret(tenant_id, current, written.signing_secret)


def _grants(wanted: TenantState, wish: Wish) -> tuple[ClientGrant, ...]:
    known = {(grant.client_id, grant.audience): grant for grant in wanted.grants}
    made = {}
    for entry in wish.document.grants or ():
        client_id = wanted_client_id(wanted, entry.value.client_id)
        key = (client_id, entry.value.audience)
        made[key] = ClientGrant(
            grant_id=known[key].grant_id if key in known else ids.client_grant_id(),
            client_id=client_id,
            audience=entry.value.audience,
            scope=entry.value.scope,
        )
    kept = {key: grant for key, grant in known.items() if key[0] == DEVELOPMENT_CLIENT}
    return merged(known, kept | made, wish, section_given=wish.document.grants is not None)


def _connections(state: TenantState, wanted: TenantState, wish: Wish) -> tuple[Connection, ...]:
    known = {connection.name: connection for connection in wanted.connections}
    new = {client.client_id for client in wanted.clients} - {client.client_id for client in state.clients}
    made = {}
    for entry in wish.document.databases or ():
        connection = _connection(entry, known.get(entry.value.name), wanted, wish)
        if wish.only_missing and entry.value.name in known:
            connection = _also_enabled(known[entry.value.name], connection, new, wish.now)
            known[connection.name] = connection
        made[connection.name] = connection
    return merged(known, made, wish, section_given=wish.document.databases is not None)


def _connection(
    entry: Entry[DatabaseEntry], current: Connection | None, wanted: TenantState, wish: Wish
) -> Connection:
    names = entry.value.enabled_clients
    settings = settings_of(ConnectionSettings, entry.value) | {
        "enabled_clients": tuple(dict.fromkeys(wanted_client_id(wanted, name) for name in names)),
        "realms": entry.value.realms or (entry.value.name,),
    }
    connection_id = current.connection_id if current else ids.connection_id()
    return dated(Connection, current, wish.now, connection_id=connection_id, **settings)


def _also_enabled(current: Connection, written: Connection, new: set[str], now: int) -> Connection:
    """The connection as it is, and open to those new clients that the file enables."""
    more = [client_id for client_id in written.enabled_clients if client_id in new]
    if not more:
        return current
    enabled = (*current.enabled_clients, *more)
    return msgspec.structs.replace(current, enabled_clients=enabled, updated_at=now)


def _roles(wanted: TenantState, wish: Wish) -> tuple[Role, ...]:
    known = {role.name: role for role in wanted.roles}
    made = {e.value.name: _role(e, known.get(e.value.name)) for e in wish.document.roles or ()}
    return merged(known, made, wish, section_given=wish.document.roles is not None)


def _role(entry: Entry[RoleEntry], current: Role | None) -> Role:
    return Role(
        role_id=current.role_id if current else ids.role_id(),
        name=entry.value.name,
        description=entry.value.description,
        permissions=tuple(dict.fromkeys(entry.value.permissions)),
    )


def _with_management_client(
    wanted: TenantState, wish: Wish, clients: Clients, system: Api
) -> TenantState:
    current = next((c for c in wanted.clients if c.client_id == DEVELOPMENT_CLIENT), None)
    client = development_client(wish.tenant_id, current, clients, wish.now)
    key = (DEVELOPMENT_CLIENT, system.identifier)
    granted = next((g for g in wanted.grants if (g.client_id, g.audience) == key), None)
    return replace(
        wanted,
        clients=(*(c for c in wanted.clients if c is not current), client),
        grants=(
            *(grant for grant in wanted.grants if grant is not granted),
            management_grant(DEVELOPMENT_CLIENT, system, granted),
        ),
    )
