"""THE LIST of resources of the management API."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatewright.apis import Apis
from gatewright.audit import LogStore
from gatewright.clients import Clients
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.events import Bus
from gatewright.management.branding import BrandingResource
from gatewright.management.client_grants import ClientGrantResource
from gatewright.management.clients import ClientResource
from gatewright.management.email_provider import EmailProviderResource
from gatewright.management.email_templates import EmailTemplateResource
from gatewright.management.logs import LogResource
from gatewright.management.prompts import PromptResource
from gatewright.management.resource import Operation, Resource
from gatewright.management.resource_servers import ResourceServerResource
from gatewright.management.role_members import RoleMemberResource
from gatewright.management.roles import RoleResource
from gatewright.management.signing_keys import SigningKeyResource
from gatewright.management.tenant_settings import TenantSettingsResource
from gatewright.management.themes import ThemeResource
from gatewright.management.user_roles import UserRoleResource
from gatewright.management.users import UserResource
from gatewright.messages import MailProviders, MailSettingsStore, Reach
from gatewright.provisioning.editing import Editing
from gatewright.roles import Roles, RoleStore
from gatewright.tenants import LooksStore, TenantStore
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
    looks: LooksStore
    mail_settings: MailSettingsStore
    mail_providers: MailProviders
    reach: Reach
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
        TenantSettingsResource(needs.editing),
        BrandingResource(needs.editing),
        PromptResource(needs.editing, needs.looks),
        ThemeResource(needs.editing, needs.looks),
        EmailTemplateResource(needs.editing, needs.mail_settings),
        EmailProviderResource(needs.editing, needs.mail_settings, needs.mail_providers, needs.reach),
        SigningKeyResource(needs.keys, needs.tenants, needs.bus),
        LogResource(needs.logs),
    )


def operations_of(found: Sequence[Resource]) -> tuple[Operation, ...]:
    """Every endpoint, in the order in which they are tried: fixed paths before those with an id."""
    every = (operation for resource in found for operation in resource.operations)
    return tuple(sorted(every, key=lambda operation: operation.path.count("{")))
