"""The whole tenant as it shall be: tenant, then what is named, then what names it."""

from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from gatewright.apis import Api, Apis, ClientGrant
from gatewright.clients import Clients
from gatewright.connections import Connection, Connections
from gatewright.jose import KEY_ALGORITHMS
from gatewright.log_streams import LogStreams
from gatewright.messages import MailProviders
from gatewright.provisioning.management import (
    DEVELOPMENT_CLIENT,
    development_client,
    management_api,
    management_grant,
)
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.apis import target_apis, target_grants
from gatewright.provisioning.target.claim_rules import with_client_ids, without_lost
from gatewright.provisioning.target.clients import target_clients
from gatewright.provisioning.target.directory import target_connections, target_roles
from gatewright.provisioning.target.domains import with_target_domains
from gatewright.provisioning.target.log_streams import target_log_streams
from gatewright.provisioning.target.looks import target_page, target_prompts, target_texts, target_theme
from gatewright.provisioning.target.mail import target_email_templates, target_provider
from gatewright.provisioning.target.organizations import organization_pruned, target_organizations
from gatewright.provisioning.target.people import target_people
from gatewright.provisioning.target.wish import Wish, client_ids, settings_of
from gatewright.roles import Role
from gatewright.tenants import AttackProtection, Branding, Tenant, TenantSettings

DEFAULT_ALGORITHM = "RS256"

_T = TypeVar("_T", bound=msgspec.Struct)


def target_state(
    state: TenantState,
    wish: Wish,
    clients: Clients,
    apis: Apis,
    connections: Connections,
    log_streams: LogStreams,
    providers: MailProviders,
) -> TenantState:
    """The tenant as it shall be: within a section of the file equal to it, elsewhere as it was.

    What would lead nowhere afterwards goes too, as a grant for an API that goes.
    The file has been checked: every name in it leads somewhere.
    """
    tenant = _tenant(state.tenant, wish)
    system = management_api(tenant.management_audience, state.system_api, wish.now)
    moved = _moved(state, system.identifier)
    wanted = replace(
        moved,
        tenant=tenant,
        apis=(*target_apis(moved, wish, apis), system),
        clients=target_clients(moved, wish, clients),
        theme=target_theme(moved, wish),
        page=target_page(moved, wish),
        prompts=target_prompts(moved, wish),
        texts=target_texts(moved, wish),
        provider=target_provider(moved, wish, providers),
        email_templates=target_email_templates(moved, wish),
    )
    called = client_ids(wanted.clients, wish.document)
    wanted = replace(wanted, tenant=with_client_ids(tenant, called))
    if wish.management_client:
        wanted = _with_management_client(wanted, system, wish, clients)
    wanted = replace(wanted, grants=target_grants(wanted, wish), roles=target_roles(wanted, wish))
    wanted = replace(wanted, connections=target_connections(moved, wanted, wish, connections))
    wanted = replace(wanted, organizations=target_organizations(wanted, wish))
    wanted = replace(wanted, log_streams=target_log_streams(moved, wish, log_streams))
    wanted = settled(wanted, wish.now)
    return replace(wanted, people=target_people(wanted, wish))


def settled(wanted: TenantState, now: int) -> TenantState:
    """The state without anything that leads nowhere, and with keys for every algorithm that is chosen."""
    pruned = _pruned(wanted, now)
    return replace(pruned, key_algorithms=_algorithms(pruned))


def _tenant(current: Tenant | None, wish: Wish) -> Tenant:
    host = urlsplit(wish.issuer).netloc
    tenant = current or Tenant(tenant_id=wish.tenant_id, issuer=wish.issuer, hosts=(host,))
    others = tuple(name for name in tenant.hosts if name not in (host, urlsplit(tenant.issuer).netloc))
    tenant = msgspec.structs.replace(tenant, issuer=wish.issuer, hosts=(host, *others))
    settings, branding = wish.document.tenant, wish.document.branding
    if settings and (not wish.only_missing or tenant.settings == TenantSettings()):
        tenant = msgspec.structs.replace(tenant, settings=settings.value)
    if branding and (not wish.only_missing or tenant.branding == Branding()):
        tenant = msgspec.structs.replace(tenant, branding=Branding(**settings_of(Branding, branding.value)))
    protection = wish.document.attack_protection
    if protection and (not wish.only_missing or tenant.attack_protection == AttackProtection()):
        tenant = msgspec.structs.replace(tenant, attack_protection=protection.value)
    return with_target_domains(tenant, wish)


def _moved(state: TenantState, identifier: str) -> TenantState:
    """The state in which the management API already has the ``identifier`` of the tenant's (new) issuer."""
    old = state.system_api.identifier if state.system_api else identifier
    if old == identifier:
        return state
    grants = tuple(_renamed(grant, "audience", old, identifier) for grant in state.grants)
    return replace(state, grants=grants, roles=tuple(_role_moved(r, old, identifier) for r in state.roles))


def _role_moved(role: Role, old: str, new: str) -> Role:
    moved = tuple(_renamed(one, "resource_server_identifier", old, new) for one in role.permissions)
    return msgspec.structs.replace(role, permissions=moved)


def _renamed(value: _T, name: str, old: str, new: str) -> _T:
    return msgspec.structs.replace(value, **{name: new}) if getattr(value, name) == old else value


def _with_management_client(wanted: TenantState, system: Api, wish: Wish, clients: Clients) -> TenantState:
    current = next((one for one in wanted.clients if one.client_id == DEVELOPMENT_CLIENT), None)
    granted = next((one for one in wanted.grants if one.client_id == DEVELOPMENT_CLIENT), None)
    client = development_client(wish.tenant_id, current, clients, wish.now)
    grant = management_grant(DEVELOPMENT_CLIENT, system, granted)
    return replace(
        wanted,
        clients=(*(one for one in wanted.clients if one is not current), client),
        grants=(*(one for one in wanted.grants if one is not granted), grant),
    )


def _pruned(wanted: TenantState, now: int) -> TenantState:
    """The state without anything that leads nowhere."""
    clients = frozenset(client.client_id for client in wanted.clients)
    pruned = _without_organizations(wanted, clients, now)
    organizations = tuple(organization_pruned(each, pruned, now) for each in wanted.organizations)
    return replace(pruned, organizations=organizations)


def _without_organizations(wanted: TenantState, clients: frozenset[str], now: int) -> TenantState:
    scopes = {api.identifier: api.scope_values for api in wanted.apis}
    return replace(
        wanted,
        tenant=wanted.tenant and _tenant_pruned(wanted.tenant, wanted),
        grants=tuple(
            _grant_pruned(grant, scopes[grant.audience])
            for grant in wanted.grants
            if grant.client_id in clients and grant.audience in scopes
        ),
        connections=tuple(_connection_pruned(one, clients, now) for one in wanted.connections),
        roles=tuple(_role_pruned(role, scopes) for role in wanted.roles),
    )


def _tenant_pruned(tenant: Tenant, wanted: TenantState) -> Tenant:
    settings = tenant.settings
    if settings.default_directory not in {connection.name for connection in wanted.connections}:
        settings = msgspec.structs.replace(settings, default_directory="")
    audiences = {api.identifier for api in wanted.apis}
    if settings.default_audience not in audiences:
        settings = msgspec.structs.replace(settings, default_audience="")
    pruned = msgspec.structs.replace(tenant, settings=settings)
    return without_lost(pruned, {client.client_id for client in wanted.clients}, audiences)


def _grant_pruned(grant: ClientGrant, scopes: frozenset[str]) -> ClientGrant:
    return msgspec.structs.replace(grant, scope=tuple(scope for scope in grant.scope if scope in scopes))


def _connection_pruned(connection: Connection, clients: frozenset[str], now: int) -> Connection:
    enabled = tuple(client_id for client_id in connection.enabled_clients if client_id in clients)
    if enabled == connection.enabled_clients:
        return connection
    return msgspec.structs.replace(connection, enabled_clients=enabled, updated_at=now)


def _role_pruned(role: Role, scopes: dict[str, frozenset[str]]) -> Role:
    kept = tuple(
        permission
        for permission in role.permissions
        if permission.permission_name in scopes.get(permission.resource_server_identifier, ())
    )
    return msgspec.structs.replace(role, permissions=kept)


def _algorithms(wanted: TenantState) -> frozenset[str]:
    apis = {str(api.signing_alg) for api in wanted.apis}
    clients = {str(client.jwt_configuration.alg) for client in wanted.clients}
    chosen = (apis | clients | {DEFAULT_ALGORITHM}) & KEY_ALGORITHMS
    return frozenset(wanted.key_algorithms | chosen)
