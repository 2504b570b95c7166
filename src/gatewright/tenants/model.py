"""What a tenant is. Setting names and units are the wire's: session lifetimes are hours."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from gatewright.tenants.attack_protection import AttackProtection
from gatewright.tenants.branding import Branding
from gatewright.tenants.claim_rules import ClaimRule
from gatewright.tenants.custom_domains import CustomDomain


class TenantFlags(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Switches of a tenant.

    ``revoke_refresh_token_grant``: a client that revokes a refresh token gives up the user's consent too.
    ``disable_clickjack_protection_headers``: login pages may be framed by any site, which can then make
    people click what they do not see.
    ``enforce_client_authentication_on_passwordless_start``: a client that has a secret must send it to have
    mail sent.
    The second block is kept and given back for those who move here, and switches nothing.
    """

    enable_public_signup_user_exists_error: bool = False
    revoke_refresh_token_grant: bool = False
    disable_clickjack_protection_headers: bool = False
    allow_legacy_delegation_grant_types: bool = True
    allow_legacy_ro_grant_types: bool = True
    allow_legacy_tokeninfo_endpoint: bool = True
    enforce_client_authentication_on_passwordless_start: bool = False

    change_pwd_flow_v1: bool | None = None
    enable_apis_section: bool | None = None
    disable_impersonation: bool | None = None
    enable_client_connections: bool | None = None
    enable_pipeline2: bool | None = None
    enable_legacy_profile: bool | None = None
    enable_idtoken_api2: bool | None = None
    enable_sso: bool | None = None
    allow_changing_enable_sso: bool | None = None
    no_disclose_enterprise_connections: bool | None = None
    enable_adfs_waad_email_verification: bool | None = None
    dashboard_log_streams_next: bool | None = None
    dashboard_insights_view: bool | None = None
    disable_fields_map_fix: bool | None = None
    mfa_show_factor_list_on_enrollment: bool | None = None
    remove_alg_from_jwks: bool | None = None
    improved_signup_bot_detection_in_classic: bool | None = None
    enable_dynamic_client_registration: bool | None = None
    trust_azure_adfs_email_verified_connection_property: bool | None = None
    custom_domains_provisioning: bool | None = None


class OidcLogout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whether discovery publishes the logout endpoint."""

    rp_logout_end_session_endpoint_discovery: bool = True


class SessionCookie(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """``non-persistent`` cookies end with the browser."""

    mode: str = "persistent"


class TenantSettings(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What an administrator sets for the whole tenant; lifetimes are hours.

    ``token_claims`` add to tokens what their readers need to know about people.
    The second block is kept and given back for those who move here, and steers nothing.
    """

    friendly_name: str = ""
    picture_url: str = ""
    support_email: str = ""
    support_url: str = ""
    default_audience: str = ""
    default_directory: str = ""
    default_redirection_uri: str = ""
    allowed_logout_urls: tuple[str, ...] = ()
    session_lifetime: float = 168
    idle_session_lifetime: float = 72
    session_cookie: SessionCookie = SessionCookie()
    enabled_locales: tuple[str, ...] = ("en", "de")
    acr_values_supported: tuple[str, ...] = ()
    oidc_logout: OidcLogout = OidcLogout()
    flags: TenantFlags = TenantFlags()
    token_claims: tuple[ClaimRule, ...] = ()

    ephemeral_session_lifetime: float | None = None
    idle_ephemeral_session_lifetime: float | None = None
    sessions: dict[str, Any] | None = None
    sandbox_version: str | None = None
    change_password: dict[str, Any] | None = None
    guardian_mfa_page: dict[str, Any] | None = None
    error_page: dict[str, Any] | None = None
    device_flow: dict[str, Any] | None = None
    allow_organization_name_in_authentication_api: bool | None = None
    customize_mfa_in_postlogin_action: bool | None = None
    mtls: dict[str, Any] | None = None
    pushed_authorization_requests_supported: bool | None = None
    default_token_quota: dict[str, Any] | None = None
    security_headers: dict[str, Any] | None = None


class Tenant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One isolated world of clients and users.

    ``issuer`` is canonical and ends with a slash; ``hosts`` are all ``host[:port]`` the tenant answers on.
    """

    tenant_id: str
    issuer: str
    hosts: tuple[str, ...]
    settings: TenantSettings = TenantSettings()
    branding: Branding = Branding()
    attack_protection: AttackProtection = AttackProtection()
    custom_domains: tuple[CustomDomain, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.settings.friendly_name or self.tenant_id

    @property
    def is_https(self) -> bool:
        """Whether cookies may be ``Secure``; plain http is for loopback only."""
        return self.issuer.startswith("https://")

    def url(self, path: str) -> str:
        """An absolute address of this tenant: the issuer and ``path`` without its leading slash."""
        return self.issuer + path.lstrip("/")

    def host_of(self, domain: CustomDomain) -> str:
        """What browsers call one of its domains: with the port of the issuer, where that has one."""
        port = urlsplit(self.issuer).port
        return f"{domain.domain}:{port}" if port else domain.domain

    @property
    def userinfo_audience(self) -> str:
        """The audience that stands for the tenant's own userinfo endpoint."""
        return self.issuer + "userinfo"

    @property
    def management_audience(self) -> str:
        """The identifier of the management API."""
        return self.issuer + "api/v2/"
