"""What each kind of entry of a tenant file can say: the wire's fields, and where we have more, ours."""

from typing import Any, Literal

import msgspec

from gatewright.apis import ApiSettings, OrganizationUsage
from gatewright.clients import AuthenticationMethods, ClientSettings
from gatewright.connections import ConnectionSettings, PasswordlessSettings
from gatewright.messages import ProviderName, SmtpAddress
from gatewright.organizations import OrganizationSettings
from gatewright.roles import Permission
from gatewright.tenants import Branding, CustomDomainSettings, CustomText, PageTemplate, PromptSettings
from gatewright.tenants.prompts import Screens


class BrandingEntry(Branding, frozen=True, kw_only=True):
    """The section ``branding``; ``templates`` has at most one, what stands around the forms of login."""

    templates: tuple[PageTemplate, ...] = ()


class ApiEntry(ApiSettings, frozen=True, kw_only=True):
    """One of ``resourceServers``; ``signing_secret`` is what an HS256 API shares with us."""

    signing_secret: str = ""


class ClientEntry(ClientSettings, frozen=True, kw_only=True):
    """One of ``clients``.

    ``client_authentication_methods`` stand instead of ``token_endpoint_auth_method``: the client proves
    itself by a key of its own, and by no secret.
    """

    client_id: str = ""
    client_secret: str = ""
    client_authentication_methods: AuthenticationMethods | None = None


class GrantEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``clientGrants``; ``client_id`` is a client's name or id, ``audience`` an API's identifier.

    ``organization_usage``: whether the client may, or must, act for an organization;
    with ``allow_any_organization`` for each, otherwise for those that name the grant.
    """

    client_id: str
    audience: str
    scope: tuple[str, ...] = ()
    subject_type: Literal["client"] = "client"
    organization_usage: OrganizationUsage = "deny"
    allow_any_organization: bool = False


class DatabaseEntry(ConnectionSettings, frozen=True, kw_only=True):
    """One of ``databases``; ``enabled_clients`` are names or ids of clients."""

    strategy: Literal["auth0"] = "auth0"


class ConnectionEntry(PasswordlessSettings, frozen=True, kw_only=True):
    """One of ``connections``; ``enabled_clients`` are names or ids of clients."""

    strategy: Literal["email"]


class CustomDomainEntry(CustomDomainSettings, frozen=True, kw_only=True):
    """One of ``customDomains``. Whether it is vouched for is asked by the management API."""


class RoleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``roles``; ``is_default``, which is ours: everybody who joins from now on is given it."""

    name: str
    description: str = ""
    permissions: tuple[Permission, ...] = ()
    is_default: bool = False


class OrganizationConnectionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A connection through which the organization's people come in, by its name.

    ``assign_membership_on_login``: whoever comes in through it becomes a member.
    ``is_signup_enabled``: the organization's login page of a database offers new accounts.
    """

    name: str
    assign_membership_on_login: bool = False
    show_as_button: bool = True
    is_signup_enabled: bool = False


class OrganizationGrantEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Client grants by which a client, by name or id, may act for the organization.

    Without ``audience`` they are all that the client has.
    """

    client_id: str
    audience: str = ""


class OrganizationDomainEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A mail domain of the organization's people."""

    domain: str
    status: Literal["pending", "verified"] = "pending"
    use_for_organization_discovery: bool = True


class OrganizationClientEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A client, by name or id, that the organization is associated with."""

    client_id: str
    use_for_member_access: bool = False


class OrganizationEntry(OrganizationSettings, frozen=True, kw_only=True):
    """One of ``organizations``. Members and invitations are no part of a file."""

    connections: tuple[OrganizationConnectionEntry, ...] = ()
    client_grants: tuple[OrganizationGrantEntry, ...] = ()
    discovery_domains: tuple[OrganizationDomainEntry, ...] = ()
    clients: tuple[OrganizationClientEntry, ...] = ()


class UserEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``users``: which connection is theirs, how they are known, and whatever of their profile is set.

    ``user_id`` in a database is with or without ``auth0|``, in a passwordless connection with ``email|``.
    ``password_hash`` is what we export: argon2id, or what another system made and nobody signed in with yet.
    ``roles`` are names.
    """

    connection: str
    user_id: str = ""
    password: str = ""
    password_hash: str = ""
    roles: tuple[str, ...] = ()
    email: str = ""
    email_verified: bool = False
    username: str = ""
    phone_number: str = ""
    phone_verified: bool = False
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    nickname: str = ""
    preferred_username: str = ""
    profile: str = ""
    picture: str = ""
    website: str = ""
    gender: str = ""
    birthdate: str = ""
    zoneinfo: str = ""
    locale: str = ""
    address: dict[str, str] = {}
    blocked: bool = False
    user_metadata: dict[str, Any] = {}
    app_metadata: dict[str, Any] = {}


class SmtpCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """Which mail server, as whom, by which password; left out, a password that is there stays."""

    smtp_host: str
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_pass: str = ""

    @property
    def address(self) -> SmtpAddress:
        """Everything but the password."""
        return SmtpAddress(smtp_host=self.smtp_host, smtp_port=self.smtp_port, smtp_user=self.smtp_user)


class EmailProviderEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The section ``emailProvider``: the server that takes the tenant's mail.

    ``default_from_address`` is an address, or ``name <address>``.
    """

    name: ProviderName
    credentials: SmtpCredentials
    enabled: bool = True
    default_from_address: str = ""
    settings: dict[str, Any] = {}


class PromptsEntry(PromptSettings, frozen=True, kw_only=True, rename={"custom_text": "customText"}):
    """The section ``prompts``; ``customText`` has texts by language, prompt, screen and name."""

    custom_text: dict[str, dict[str, Screens]] = msgspec.field(default_factory=dict)
    partials: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def texts(self) -> tuple[CustomText, ...]:
        """The texts as they are kept."""
        return tuple(
            CustomText(language=language, prompt=prompt, screens=screens)
            for language, prompts in self.custom_text.items()
            for prompt, screens in prompts.items()
            if any(screens.values())
        )


NOT_FOR_PROFILE = frozenset({"connection", "user_id", "password", "password_hash", "roles"})
"""Fields of a user's entry that are not simply fields of the user."""
