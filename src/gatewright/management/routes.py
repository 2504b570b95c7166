"""THE LIST of resources of the management API."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatewright.apis import Apis
from gatewright.audit import LogStore
from gatewright.clients import Clients
from gatewright.consents import ConsentStore
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.events import Bus
from gatewright.management.blocks import BlockResource
from gatewright.management.client_grants import ClientGrantResource
from gatewright.management.clients import ClientResource
from gatewright.management.device_credentials import DeviceCredentialResource
from gatewright.management.grants import GrantResource
from gatewright.management.log_search import LogIndex
from gatewright.management.logs import LogResource
from gatewright.management.refresh_tokens import RefreshTokenResource
from gatewright.management.resource import Operation, Resource
from gatewright.management.resource_servers import ResourceServerResource
from gatewright.management.revoking import RevokingResource
from gatewright.management.role_members import RoleMemberResource
from gatewright.management.roles import RoleResource
from gatewright.management.sessions import SessionResource
from gatewright.management.signing_keys import SigningKeyResource
from gatewright.management.stats import Stats, StatsResource
from gatewright.management.tenant_settings import TenantSettingsResource
from gatewright.management.user_roles import UserRoleResource
from gatewright.management.users import UserResource
from gatewright.oauth.store import AuthorizationStore, FamilyIndex
from gatewright.protection import Blocks
from gatewright.provisioning.editing import Editing
from gatewright.roles import Roles, RoleStore
from gatewright.sessions import SessionStore
from gatewright.tenants import TenantStore
from gatewright.users import UserStore
from gatewright.users.search import UserSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the resources are made of."""

    editing: Editing
    clients: Clients
    apis: Apis
    user_search: UserSearch
    roles: Roles
    role_store: RoleStore
    user_store: UserStore
    keys: SigningKeys
    tenants: TenantStore
    logs: LogStore
    log_index: LogIndex
    stats: Stats
    blocks: Blocks
    sessions: SessionStore
    authorizations: AuthorizationStore
    families: FamilyIndex
    consents: ConsentStore
    bus: Bus


def resources(needs: Needs) -> tuple[Resource, ...]:
    """Every resource."""
    return (
        ClientResource(needs.editing, needs.clients),
        ResourceServerResource(needs.editing, needs.apis),
        ClientGrantResource(needs.editing, needs.apis),
        UserResource(needs.user_store, needs.user_search),
        UserRoleResource(needs.roles, needs.role_store, needs.user_store, needs.apis, needs.bus),
        RoleResource(needs.editing, needs.roles, needs.apis),
        RoleMemberResource(needs.roles, needs.role_store, needs.user_store, needs.bus),
        SessionResource(needs.sessions, needs.user_store, needs.bus),
        RefreshTokenResource(needs.families, needs.clients, needs.user_store, needs.bus),
        RevokingResource(
            index=needs.families,
            store=needs.authorizations,
            sessions=needs.sessions,
            users=needs.user_store,
            bus=needs.bus,
        ),
        GrantResource(needs.consents, needs.families, needs.bus),
        DeviceCredentialResource(needs.families, needs.authorizations, needs.clients, needs.bus),
        TenantSettingsResource(needs.editing),
        SigningKeyResource(needs.keys, needs.tenants, needs.bus),
        LogResource(needs.logs, needs.log_index, needs.user_store),
        StatsResource(needs.stats),
        BlockResource(needs.blocks, needs.user_store, needs.bus),
    )


def operations_of(found: Sequence[Resource]) -> tuple[Operation, ...]:
    """Every endpoint, in the order in which they are tried: fixed paths before those with an id."""
    every = (operation for resource in found for operation in resource.operations)
    return tuple(sorted(every, key=lambda operation: operation.path.count("{")))
