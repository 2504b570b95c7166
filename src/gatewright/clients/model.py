"""What a client (application) is. Field names, values and defaults are the wire's."""

from typing import Any, Literal

import msgspec

from gatewright.clients.credentials import ClientCredential
from gatewright.clients.secrets import ClientSecret
from gatewright.kernel.urls import is_registered, origin_of

AppType = Literal["native", "spa", "regular_web", "non_interactive"]
AuthMethod = Literal["none", "client_secret_post", "client_secret_basic"]


class JwtConfiguration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How id_tokens for this client are signed and how long they live (seconds).

    ``secret_encoded``: the HS256 key is the base64url-decoded secret, as with old clients,
    instead of its characters.
    """

    alg: Literal["RS256", "HS256", "PS256", "RS512", "ES256"] = "RS256"
    lifetime_in_seconds: int = 36_000
    secret_encoded: bool = False
    scopes: dict[str, Any] = {}


class RefreshTokenSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rotation and expiry of refresh tokens; lifetimes and ``leeway`` in seconds."""

    rotation_type: Literal["rotating", "non-rotating"] = "rotating"
    expiration_type: Literal["expiring", "non-expiring"] = "expiring"
    leeway: int = 3
    token_lifetime: int = 2_592_000
    idle_token_lifetime: int = 1_296_000
    infinite_token_lifetime: bool = False
    infinite_idle_token_lifetime: bool = False
    policies: tuple[dict[str, Any], ...] = ()

    @property
    def rotates(self) -> bool:
        """Whether each use replaces the token."""
        return self.rotation_type == "rotating"

    def absolute_expiry(self, now: int) -> int | None:
        """When the family ends whatever happens; ``None`` for never."""
        endless = self.expiration_type == "non-expiring" or self.infinite_token_lifetime
        return None if endless else now + self.token_lifetime

    def idle_expiry(self, now: int) -> int | None:
        """When the family ends unless used before; ``None`` for never."""
        endless = self.expiration_type == "non-expiring" or self.infinite_idle_token_lifetime
        return None if endless else now + self.idle_token_lifetime


class ClientSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an administrator sets for an application.

    ``id_token_claims``: ``by_scope`` puts the claims of the granted scopes into the id_token, as the wire
    does and its SDKs read; ``requested_only`` leaves them to the userinfo endpoint (OIDC Core §5.4).
    ``oidc_conformant``: without it, requests that name no API are in the legacy pipeline.
    ``cross_origin_authentication``: whether pages of the application may take passwords themselves; without a
    word, only those of the legacy pipeline may. ``cross_origin_loc`` is its page that vouches for the browser
    where cookies of other sites are blocked.
    ``allowed_clients`` are ids of those that may get id_tokens for this one at ``/delegation``; while there
    are none, every first-party client may.
    The second block is kept and given back for those who move here, and steers nothing.
    """

    name: str
    description: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    app_type: AppType = "regular_web"
    token_endpoint_auth_method: AuthMethod = "client_secret_post"
    callbacks: tuple[str, ...] = ()
    allowed_logout_urls: tuple[str, ...] = ()
    web_origins: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    initiate_login_uri: str = ""
    grant_types: tuple[str, ...] = ()
    is_first_party: bool = True
    oidc_conformant: bool = True
    jwt_configuration: JwtConfiguration = JwtConfiguration()
    refresh_token: RefreshTokenSettings = RefreshTokenSettings()
    id_token_claims: Literal["by_scope", "requested_only"] = "by_scope"
    default_max_age: int | None = None
    client_metadata: dict[str, str] = {}
    addons: dict[str, Any] = {}
    allowed_clients: tuple[str, ...] = ()
    cross_origin_authentication: bool | None = None
    cross_origin_loc: str | None = None

    sso: bool | None = None
    sso_disabled: bool | None = None
    custom_login_page_on: bool | None = None
    custom_login_page: str | None = None
    custom_login_page_preview: str | None = None
    form_template: str | None = None
    is_token_endpoint_ip_header_trusted: bool | None = None
    skip_non_verifiable_callback_uri_confirmation_prompt: bool | None = None
    client_aliases: tuple[str, ...] = ()
    encryption_key: dict[str, str] | None = None
    oidc_logout: dict[str, Any] | None = None
    oidc_backchannel_logout: dict[str, Any] | None = None
    native_social_login: dict[str, Any] | None = None
    mobile: dict[str, Any] | None = None
    organization_usage: Literal["deny", "allow", "require"] | None = None
    organization_require_behavior: Literal["no_prompt", "pre_login_prompt", "post_login_prompt"] | None = None
    organization_discovery_methods: tuple[Literal["email", "organization_name"], ...] = ()
    default_organization: dict[str, Any] | None = None
    session_transfer: dict[str, Any] | None = None
    fedcm_login: dict[str, Any] | None = None
    token_exchange: dict[str, Any] | None = None
    token_quota: dict[str, Any] | None = None
    require_pushed_authorization_requests: bool | None = None
    require_proof_of_possession: bool | None = None
    compliance_level: str | None = None
    signed_request_object: dict[str, Any] | None = None
    par_request_expiry: int | None = None


class Client(ClientSettings, frozen=True, kw_only=True):
    """An application. ``secrets`` are all that are accepted now; two during a rotation.

    ``credentials`` are its public keys. Once one is enabled, no secret proves the client any more.
    """

    client_id: str
    secrets: tuple[ClientSecret, ...] = ()
    credentials: tuple[ClientCredential, ...] = ()
    created_at: int = 0
    updated_at: int = 0

    @property
    def is_public(self) -> bool:
        """Whether it keeps no secret (RFC 6749 §2.1)."""
        return self.token_endpoint_auth_method == "none" and not self.proves_itself_by_key

    @property
    def proves_itself_by_key(self) -> bool:
        """Whether it proves itself by assertions (private_key_jwt), and by nothing else."""
        return any(credential.enabled for credential in self.credentials)

    @property
    def takes_passwords_itself(self) -> bool:
        """Whether its own pages may ask for passwords and send them here (embedded login)."""
        switch = self.cross_origin_authentication
        return not self.oidc_conformant if switch is None else switch

    @property
    def must_use_pkce(self) -> bool:
        """Whether codes are for it only with a challenge (RFC 9700 §2.1.1).

        A secret inside a native application is everybody's (RFC 8252 §8.5), so it spares nothing there;
        applications of the legacy pipeline are older than PKCE.
        """
        return self.is_public or (self.app_type == "native" and self.oidc_conformant)

    def may_use(self, grant_type: str) -> bool:
        """Whether the grant is listed for this client."""
        return grant_type in self.grant_types

    def accepts_redirect(self, uri: str) -> bool:
        """Whether the browser may be sent there: exact match, any loopback port for native applications."""
        return is_registered(uri, self.callbacks, any_loopback_port=self.app_type == "native")

    def accepts_logout_redirect(self, uri: str) -> bool:
        """Whether the browser may be sent there after logout: exact match."""
        return is_registered(uri, self.allowed_logout_urls)

    def web_message_origins(self) -> frozenset[str]:
        """Origins that may receive a ``web_message`` answer."""
        return frozenset(origin.rstrip("/") for origin in self.web_origins)

    def script_origins(self) -> frozenset[str]:
        """Origins whose scripts may call the token endpoint: listed ones and those of the callbacks."""
        listed = (origin.rstrip("/") for origin in (*self.web_origins, *self.allowed_origins))
        return frozenset((*listed, *filter(None, map(origin_of, self.callbacks))))
