"""What an API is. Field names and defaults are the wire's; lifetimes are seconds."""

from typing import Any, Literal

import msgspec

Dialect = Literal["access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"]


class ApiScope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A permission the API knows, and the words by which a person is asked for it."""

    value: str
    description: str = ""


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an administrator sets for a resource server.

    The second block is kept and given back for those who move here, and steers nothing.
    """

    identifier: str
    name: str
    scopes: tuple[ApiScope, ...] = ()
    signing_alg: Literal["RS256", "HS256", "RS512", "PS256", "ES256"] = "RS256"
    token_lifetime: int = 86_400
    token_lifetime_for_web: int = 7_200
    allow_offline_access: bool = False
    enforce_policies: bool = False
    token_dialect: Dialect = "access_token"
    skip_consent_for_verifiable_first_party_clients: bool = True

    allow_online_access: bool | None = None
    token_lifetime_for_anonymous_access_tokens: int | None = None
    token_encryption: dict[str, Any] | None = None
    consent_policy: Literal["transactional-authorization-with-mfa"] | None = None
    authorization_details: tuple[dict[str, Any], ...] = ()
    proof_of_possession: dict[str, Any] | None = None
    subject_type_authorization: dict[str, Any] | None = None
    authorization_policy: dict[str, Any] | None = None


class Api(ApiSettings, frozen=True, kw_only=True):
    """A resource server. ``sealed_secret`` is the shared secret of an HS256 API under the master key."""

    api_id: str
    sealed_secret: str = ""
    is_system: bool = False
    created_at: int = 0
    updated_at: int = 0

    @property
    def scope_values(self) -> frozenset[str]:
        """Names of all its scopes."""
        return frozenset(scope.value for scope in self.scopes)

    @property
    def scopes_about_oneself(self) -> frozenset[str]:
        """Scopes of the management API by which people read and change what is theirs; all may have them."""
        return frozenset(filter(is_about_oneself, self.scope_values)) if self.is_system else frozenset()

    @property
    def tells_permissions(self) -> bool:
        """Whether its tokens carry a ``permissions`` claim."""
        return self.enforce_policies and self.token_dialect.endswith("_authz")

    @property
    def follows_rfc9068(self) -> bool:
        """Whether its tokens are ``at+jwt`` (RFC 9068)."""
        return self.token_dialect.startswith("rfc9068")


def is_about_oneself(scope: str) -> bool:
    """Whether a scope of the management API reaches only the user of the token, as ``read:current_user``."""
    return scope.partition(":")[2].startswith("current_user")
