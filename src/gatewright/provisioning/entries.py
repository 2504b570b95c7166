"""An entity as its entry in a tenant file: wire names, names for ids, defaults left out, no secrets."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from gatewright.apis import Api, ApiSettings, ClientGrant
from gatewright.clients import Client, ClientCredential, ClientSettings, CredentialSettings
from gatewright.connections import CommonSettings, Connection, ConnectionSettings
from gatewright.log_streams import MASK, HttpHeader, LogStream, SinkSecrets, StreamSettings
from gatewright.messages import EmailProvider, EmailTemplate
from gatewright.organizations import Organization, OrganizationSettings
from gatewright.provisioning.entry_kinds import NOT_FOR_PROFILE, UserEntry
from gatewright.provisioning.state import Person, TenantState
from gatewright.roles import Role
from gatewright.tenants import (
    BrandingTheme,
    CustomDomain,
    CustomDomainSettings,
    CustomText,
    PageTemplate,
    PromptSettings,
    Tenant,
    ThemeSettings,
)

Written = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """How a file calls clients, roles and connections, by id, and what client grants are for.

    A name that several clients share is no name.
    """

    clients: Mapping[str, str]
    roles: Mapping[str, str]
    connections: Mapping[str, str] = dataclasses.field(default_factory=dict)
    grants: Mapping[str, ClientGrant] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, *states: TenantState) -> "Names":
        """The names in ``states``, the last one preferred."""
        clients = {client.client_id: client.name for state in states for client in state.clients}
        taken = Counter((*clients.values(), *clients))
        return cls(
            clients={key: name if taken[name] == 1 else key for key, name in clients.items()},
            roles={role.role_id: role.name for state in states for role in state.roles},
            connections={each.connection_id: each.name for state in states for each in state.connections},
            grants={grant.grant_id: grant for state in states for grant in state.grants},
        )


def tenant_entry(tenant: Tenant, names: Names) -> Written:
    """The section ``tenant``."""
    entry = _fields(tenant.settings, type(tenant.settings))
    for rule in entry.get("token_claims", ()):
        if "clients" in rule:
            rule["clients"] = [names.clients.get(key, key) for key in rule["clients"]]
    return entry


def branding_entry(tenant: Tenant, page: PageTemplate | None = None) -> Written:
    """The section ``branding``."""
    templates = {"templates": [msgspec.to_builtins(page)]} if page else {}
    return {**_fields(tenant.branding, type(tenant.branding)), **templates}


def page_entry(page: PageTemplate) -> Written:
    """One of the templates of ``branding``."""
    return {"template": page.template, "body": page.body}


def theme_entry(theme: BrandingTheme) -> Written:
    """One of ``themes``."""
    return _fields(theme, ThemeSettings, always=("display_name",))


def prompts_entry(settings: PromptSettings, texts: Iterable[CustomText]) -> Written:
    """The section ``prompts``."""
    written: dict[str, Any] = {}
    for text in texts:
        written.setdefault(text.language, {})[text.prompt] = _plain(text.screens)
    return {**_fields(settings, PromptSettings), **({"customText": written} if written else {})}


def custom_text_entry(text: CustomText) -> Written:
    """The words for one prompt in one language."""
    return {"name": text.key, **_plain(text.screens)}


def attack_protection_entry(tenant: Tenant) -> Written:
    """The section ``attackProtection``."""
    return _fields(tenant.attack_protection, type(tenant.attack_protection))


def custom_domain_entry(domain: CustomDomain) -> Written:
    """One of ``customDomains``."""
    return _fields(domain, CustomDomainSettings, always=("type",))


def api_entry(api: Api) -> Written:
    """One of ``resourceServers``."""
    entry = _fields(api, ApiSettings, always=("name", "identifier", "signing_alg"))
    if api.token_lifetime_for_web == min(_default(ApiSettings, "token_lifetime_for_web"), api.token_lifetime):
        entry.pop("token_lifetime_for_web", None)
    else:
        entry["token_lifetime_for_web"] = api.token_lifetime_for_web
    return entry


def client_entry(client: Client, names: Names) -> Written:
    """One of ``clients``."""
    always = ("app_type", "token_endpoint_auth_method", "grant_types")
    settings = _fields(client, ClientSettings, always=always)
    if client.allowed_clients:
        settings["allowed_clients"] = [names.clients.get(key, key) for key in client.allowed_clients]
    if not client.oidc_conformant:  # whose algorithm has another default
        settings.setdefault("jwt_configuration", {})["alg"] = client.jwt_configuration.alg
    keys = [_credential(each) for each in client.credentials if each.enabled]
    if keys:
        del settings["token_endpoint_auth_method"]
        settings["client_authentication_methods"] = {"private_key_jwt": {"credentials": keys}}
    return {"name": settings.pop("name"), "client_id": client.client_id, **settings}


def _credential(held: ClientCredential) -> Written:
    ends = datetime.fromtimestamp(held.expires_at, UTC).isoformat() if held.expires_at is not None else ""
    written = CredentialSettings(
        id=held.credential_id, name=held.name, pem=held.pem, alg=held.alg, kid=held.kid, expires_at=ends
    )
    return _fields(written, CredentialSettings)


def grant_entry(grant: ClientGrant, names: Names) -> Written:
    """One of ``clientGrants``."""
    client = names.clients.get(grant.client_id, grant.client_id)
    entry: Written = {"client_id": client, "audience": grant.audience, "scope": list(grant.scope)}
    if grant.organization_usage != "deny":
        entry["organization_usage"] = grant.organization_usage
    return {**entry, **({"allow_any_organization": True} if grant.allow_any_organization else {})}


def database_entry(connection: Connection, names: Names) -> Written:
    """One of ``databases``."""
    entry = _fields(connection, ConnectionSettings, always=("strategy", "enabled_clients"))
    entry["enabled_clients"] = [names.clients.get(key, key) for key in connection.enabled_clients]
    if entry.get("realms") == [connection.name]:
        del entry["realms"]
    return entry


def connection_entry(connection: Connection, names: Names) -> Written:
    """One of ``connections``."""
    entry = _fields(connection, CommonSettings, always=("strategy",))
    entry["enabled_clients"] = [names.clients.get(key, key) for key in connection.enabled_clients]
    options = _plain(connection.passwordless)
    return {**entry, "options": options} if options else entry


def role_entry(role: Role) -> Written:
    """One of ``roles``."""
    permissions = [msgspec.to_builtins(permission) for permission in role.permissions]
    said = {"description": role.description, "permissions": permissions, "is_default": role.is_default}
    return {"name": role.name, **{name: value for name, value in said.items() if value}}


def organization_entry(organization: Organization, names: Names) -> Written:
    """One of ``organizations``."""
    entry = _fields(organization, OrganizationSettings)
    connections = [
        {
            "name": names.connections.get(each.connection_id, each.connection_id),
            **_rest(each, "connection_id"),
        }
        for each in organization.connections
    ]
    grants = [
        {"client_id": names.clients.get(grant.client_id, grant.client_id), "audience": grant.audience}
        for grant in map(names.grants.get, organization.client_grants)
        if grant is not None
    ]
    domains = [_rest(each, "domain_id") for each in organization.discovery_domains]
    clients = [
        {"client_id": names.clients.get(each.client_id, each.client_id), **_rest(each, "client_id")}
        for each in organization.clients
    ]
    lists = {
        "connections": connections,
        "client_grants": grants,
        "discovery_domains": domains,
        "clients": clients,
    }
    return {**entry, **{name: items for name, items in lists.items() if items}}


def provider_entry(provider: EmailProvider | None) -> Written:
    """The section ``emailProvider``."""
    if provider is None:
        return {}
    own = {name for name in EmailProvider.__struct_fields__ if name not in ("sealed_password", "name")}
    written = _fields(provider, EmailProvider)
    return {"name": provider.name, **{name: held for name, held in written.items() if name in own}}


def email_template_entry(template: EmailTemplate) -> Written:
    """One of ``emailTemplates``."""
    return _fields(template, EmailTemplate, always=("enabled", "syntax"))


def log_stream_entry(stream: LogStream, secrets: SinkSecrets | None = None) -> Written:
    """One of ``logStreams``, with its secrets where they are given."""
    entry = _fields(stream, StreamSettings, always=("type", "status"))
    sink = _plain(stream.sink)
    if secrets is not None and secrets.authorization:
        sink["httpAuthorization"] = secrets.authorization
    if secrets is not None and secrets.headers:
        sink["httpCustomHeaders"] = [msgspec.to_builtins(each) for each in secrets.headers]
    return {**entry, "sink": sink}


def masked_secrets(stream: LogStream) -> SinkSecrets:
    """What stands for the stream's secrets where they are not shown."""
    headers = tuple(HttpHeader(header=name, value=MASK) for name in stream.header_names)
    return SinkSecrets(authorization=MASK if stream.has_authorization else "", headers=headers)


def user_entry(person: Person, names: Names) -> Written:
    """One of ``users``."""
    user = person.user
    profile = [name for name in UserEntry.__struct_fields__ if name not in NOT_FOR_PROFILE]
    values = {name: _plain(getattr(user, name)) for name in profile if getattr(user, name)}
    roles = sorted(names.roles[role_id] for role_id in person.roles if role_id in names.roles)
    return {
        "connection": user.connection,
        "user_id": user.user_id.removeprefix("auth0|"),
        "email_verified": user.email_verified,
        **values,
        "roles": roles,
    }


def _default(kind: type[msgspec.Struct], name: str) -> Any:
    field = next(field for field in msgspec.structs.fields(kind) if field.name == name)
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _fields(value: msgspec.Struct, kind: type[msgspec.Struct], always: tuple[str, ...] = ()) -> Written:
    """The fields of ``kind`` in ``value`` that are not at their default, by their names on the wire."""
    written = {}
    for field in msgspec.structs.fields(kind):
        held = getattr(value, field.name)
        if field.name in always or field.required or held != _default(kind, field.name):
            written[field.encode_name] = _plain(held)
    return written


def _rest(value: msgspec.Struct, key: str) -> Written:
    """Every field but ``key``, at its default or not: a list of such things is compared whole."""
    return {name: held for name, held in msgspec.structs.asdict(value).items() if name != key}


def _plain(value: object) -> Any:
    if isinstance(value, msgspec.Struct):
        return _fields(value, type(value))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
