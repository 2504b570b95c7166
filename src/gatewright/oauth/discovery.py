"""Metadata of the provider (OIDC Discovery §3, RFC 8414 §2) and its key set: bytes, made once per change."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gatewright.jose.jwks import key_set
from gatewright.jose.public_keys import ASSERTION_ALGORITHMS
from gatewright.jose.rotation import SigningKeys
from gatewright.oauth.grants import GRANT_TYPES
from gatewright.oauth.vocabulary import (
    IMPLICIT,
    RESPONSE_MODES,
    RESPONSE_TYPES,
    SCOPES_SUPPORTED,
    SINGLE_CLAIM_SCOPES,
    STANDARD_CLAIMS,
)
from gatewright.tenants import Tenant
from gatewright.web.context import context_of

_CACHED = {"cache-control": "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"}
_JSON = "application/json"
_CLIENT_AUTH = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]

_ASSERTED = list(ASSERTION_ALGORITHMS)
_ENDPOINTS = ("token", "revocation", "introspection")


def metadata(tenant: Tenant) -> dict[str, object]:
    """The discovery document. Only what is there is told."""
    found: dict[str, object] = {
        "issuer": tenant.issuer,
        "authorization_endpoint": tenant.url("authorize"),
        "token_endpoint": tenant.url("oauth/token"),
        "userinfo_endpoint": tenant.url("userinfo"),
        "jwks_uri": tenant.url(".well-known/jwks.json"),
        "revocation_endpoint": tenant.url("oauth/revoke"),
        "introspection_endpoint": tenant.url("oauth/introspect"),
        "scopes_supported": list(SCOPES_SUPPORTED),
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": [*GRANT_TYPES, IMPLICIT],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "PS256", "ES256", "RS512"],
        "token_endpoint_auth_methods_supported": _CLIENT_AUTH,
        "revocation_endpoint_auth_methods_supported": _CLIENT_AUTH,
        "introspection_endpoint_auth_methods_supported": _CLIENT_AUTH[:3],
        **{f"{each}_endpoint_auth_signing_alg_values_supported": _ASSERTED for each in _ENDPOINTS},
        "claims_supported": sorted(
            STANDARD_CLAIMS | SINGLE_CLAIM_SCOPES | {"aud", "auth_time", "exp", "iat", "iss", "sid", "sub"}
        ),
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "display_values_supported": ["page", "popup"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": list(tenant.settings.enabled_locales),
    }
    if tenant.settings.acr_values_supported:
        found["acr_values_supported"] = list(tenant.settings.acr_values_supported)
    if tenant.settings.oidc_logout.rp_logout_end_session_endpoint_discovery:
        found["end_session_endpoint"] = tenant.url("oidc/logout")
    return found


class DiscoveryEndpoint:
    """Answers both well-known addresses of the metadata."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Tenant, bytes]] = {}

    async def __call__(self, request: Request) -> Response:
        """The metadata of the tenant asked (OIDC Discovery §3, RFC 8414 §2)."""
        tenant = context_of(request).tenant
        made = self._made.get(tenant.tenant_id)
        if made is None or made[0] is not tenant:
            made = self._made[tenant.tenant_id] = (tenant, orjson.dumps(metadata(tenant)))
        return Response(made[1], 200, _CACHED, _JSON)


class KeySetEndpoint:
    """Answers ``/.well-known/jwks.json``."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys
        self._made: dict[str, tuple[object, bytes]] = {}

    async def __call__(self, request: Request) -> Response:
        """The public halves of the tenant's keys."""
        tenant = context_of(request).tenant
        ring = await self._keys.ring(tenant.tenant_id)
        made = self._made.get(tenant.tenant_id)
        if made is None or made[0] is not ring:
            made = self._made[tenant.tenant_id] = (ring, key_set(ring))
        return Response(made[1], 200, _CACHED, _JSON)
