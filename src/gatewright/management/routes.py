"""THE LIST of resources of the management API."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatewright.administration import LinkAdministration, UserAdministration
from gatewright.apis import Apis
from gatewright.audit import LogStore
from gatewright.clients import Clients, ClientStore
from gatewright.connections import Connections, ConnectionStore
from gatewright.consents import ConsentStore
from gatewright.jobs import Jobs
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.events import Bus
from gatewright.log_streams import LogStreams
from gatewright.login.mailing import Mailing
from gatewright.login.store import TicketStore
from gatewright.management.absent_protections import AbsentProtectionResource
from gatewright.management.actions import ActionResource
from gatewright.management.attack_protection import AttackProtectionResource
from gatewright.management.authentication_methods import AuthenticationMethodResource
from gatewright.management.blacklists import BlacklistResource
from gatewright.management.blocks import BlockResource
from gatewright.management.branding import BrandingResource
from gatewright.management.client_credentials import ClientCredentialResource
from gatewright.management.client_grants import ClientGrantResource
from gatewright.management.clients import ClientResource
from gatewright.management.connection_members import ConnectionMemberResource
from gatewright.management.connections import ConnectionResource
from gatewright.management.custom_domains import CustomDomainResource
from gatewright.management.device_credentials import DeviceCredentialResource
from gatewright.management.effective_access import EffectiveAccessResource
from gatewright.management.email_provider import EmailProviderResource
from gatewright.management.email_templates import EmailTemplateResource
from gatewright.management.exports import Exports
from gatewright.management.grants import GrantResource
from gatewright.management.identities import IdentityResource
from gatewright.management.invitations import InvitationResource, Inviting
from gatewright.management.job_orders import JobOrderResource
from gatewright.management.jobs import JobResource
from gatewright.management.link_proof import LinkProofs
from gatewright.management.log_search import LogIndex
from gatewright.management.log_streams import LogStreamResource
from gatewright.management.logs import LogResource
from gatewright.management.organization_clients import OrganizationClientResource
from gatewright.management.organization_connections import OrganizationConnectionResource
from gatewright.management.organization_domains import OrganizationDomainResource
from gatewright.management.organization_grants import OrganizationGrantResource
from gatewright.management.organization_members import OrganizationMemberResource
from gatewright.management.organization_roles import OrganizationRoleResource
from gatewright.management.organizations import OrganizationResource
from gatewright.management.page_template import PageTemplateResource
from gatewright.management.prompts import PromptResource
from gatewright.management.refresh_tokens import RefreshTokenResource
from gatewright.management.resource import Operation, Resource
from gatewright.management.resource_servers import ResourceServerResource
from gatewright.management.revoking import RevokingResource
from gatewright.management.role_members import RoleMemberResource
from gatewright.management.roles import RoleResource
from gatewright.management.second_factors import SecondFactorResource
from gatewright.management.sessions import SessionResource
from gatewright.management.signing_keys import SigningKeyResource
from gatewright.management.stats import Stats, StatsResource
from gatewright.management.tenant_code import HookResource, RuleResource
from gatewright.management.tenant_settings import TenantSettingsResource
from gatewright.management.themes import ThemeResource
from gatewright.management.ticket_wishes import TicketWishes
from gatewright.management.tickets import TicketResource
from gatewright.management.token_exchange_profiles import TokenExchangeProfileResource
from gatewright.management.txt_records import TxtRecords
from gatewright.management.user_changes import UserChangeResource
from gatewright.management.user_permissions import UserPermissionResource
from gatewright.management.user_roles import UserRoleResource
from gatewright.management.users import UserResource
from gatewright.messages import MailProviders, MailSettingsStore, Reach
from gatewright.oauth.store import AuthorizationStore, FamilyIndex
from gatewright.organizations import MemberStore, OrganizationStore
from gatewright.protection import Blocks
from gatewright.provisioning.editing import Editing
from gatewright.roles import Roles, RoleStore
from gatewright.sessions import SessionStore
from gatewright.tenants import DeniedTokenStore, LooksStore, TenantStore
from gatewright.transfer import Transfers
from gatewright.users import PasswordHasher, UserStore
from gatewright.users.search import UserSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the resources are made of."""

    editing: Editing
    clients: Clients
    client_store: ClientStore
    apis: Apis
    connections: Connections
    user_search: UserSearch
    user_administration: UserAdministration
    link_administration: LinkAdministration
    link_proofs: LinkProofs
    tickets: TicketStore
    mailing: Mailing
    jobs: Jobs
    transfers: Transfers
    exports: Exports
    hasher: PasswordHasher
    roles: Roles
    role_store: RoleStore
    user_store: UserStore
    organizations: OrganizationStore
    members: MemberStore
    inviting: Inviting
    connection_store: ConnectionStore
    keys: SigningKeys
    tenants: TenantStore
    denied_tokens: DeniedTokenStore
    txt_records: TxtRecords
    logs: LogStore
    looks: LooksStore
    mail_settings: MailSettingsStore
    mail_providers: MailProviders
    reach: Reach
    log_streams: LogStreams
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
    wishes = TicketWishes(needs.user_store, needs.connections, needs.clients)
    return (
        ClientResource(needs.editing, needs.clients),
        ClientCredentialResource(needs.editing, needs.clients),
        ResourceServerResource(needs.editing, needs.apis),
        ClientGrantResource(needs.editing, needs.apis),
        ConnectionResource(needs.editing, needs.connections),
        ConnectionMemberResource(
            needs.editing, needs.connections, needs.clients, needs.user_store, needs.user_administration
        ),
        UserResource(needs.user_store, needs.user_search),
        UserChangeResource(needs.user_store, needs.user_administration),
        IdentityResource(needs.user_store, needs.link_administration, needs.link_proofs, needs.connections),
        UserRoleResource(needs.roles, needs.role_store, needs.user_store, needs.bus),
        UserPermissionResource(needs.roles, needs.role_store, needs.user_store, needs.apis, needs.bus),
        EffectiveAccessResource(needs.roles, needs.user_store, needs.apis),
        JobResource(needs.jobs, needs.exports),
        JobOrderResource(needs.jobs, needs.transfers, needs.connections, wishes, needs.mailing),
        TicketResource(
            wishes,
            needs.tickets,
            needs.user_store,
            needs.hasher,
            needs.bus,
        ),
        AuthenticationMethodResource(needs.user_store),
        SecondFactorResource(needs.user_store),
        RoleResource(needs.editing, needs.roles, needs.apis),
        RoleMemberResource(needs.roles, needs.role_store, needs.user_store, needs.bus),
        OrganizationResource(needs.editing, needs.organizations),
        OrganizationConnectionResource(needs.editing, needs.organizations, needs.connection_store),
        OrganizationMemberResource(
            needs.organizations, needs.members, needs.user_store, needs.roles, needs.bus
        ),
        OrganizationRoleResource(
            needs.organizations, needs.members, needs.user_store, needs.roles, needs.bus
        ),
        OrganizationGrantResource(needs.editing, needs.organizations, needs.apis),
        OrganizationClientResource(needs.editing, needs.organizations, needs.client_store),
        OrganizationDomainResource(needs.editing, needs.organizations),
        InvitationResource(needs.inviting),
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
        AttackProtectionResource(needs.editing),
        AbsentProtectionResource(),
        RuleResource(),
        HookResource(),
        ActionResource(),
        TokenExchangeProfileResource(),
        CustomDomainResource(needs.editing, needs.tenants, needs.txt_records),
        TenantSettingsResource(needs.editing),
        PageTemplateResource(needs.editing, needs.looks),
        BrandingResource(needs.editing),
        PromptResource(needs.editing, needs.looks),
        ThemeResource(needs.editing, needs.looks),
        EmailTemplateResource(needs.editing, needs.mail_settings),
        EmailProviderResource(needs.editing, needs.mail_settings, needs.mail_providers, needs.reach),
        SigningKeyResource(needs.keys, needs.tenants, needs.bus),
        LogResource(needs.logs, needs.log_index, needs.user_store),
        LogStreamResource(needs.editing, needs.log_streams),
        StatsResource(needs.stats),
        BlacklistResource(needs.denied_tokens, needs.tenants, needs.bus),
        BlockResource(needs.blocks, needs.user_store, needs.bus),
    )


def operations_of(found: Sequence[Resource]) -> tuple[Operation, ...]:
    """Every endpoint, in the order in which they are tried: fixed paths before those with an id."""
    every = (operation for resource in found for operation in resource.operations)
    return tuple(sorted(every, key=lambda operation: operation.path.count("{")))
