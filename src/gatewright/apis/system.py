"""The management API, which every tenant has: its name and its scopes, by the wire's names."""

from gatewright.apis.model import Api, ApiScope
from gatewright.kernel import ids

MANAGEMENT_API = "Management API"

_CRUD = ("create", "read", "update", "delete")
_VERBS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "actions",
            "authentication_methods",
            "branding",
            "client_credentials",
            "client_grants",
            "clients",
            "connections",
            "custom_domains",
            "email_provider",
            "hooks",
            "log_streams",
            "organization_discovery_domains",
            "organizations",
            "resource_servers",
            "roles",
            "rules",
            "token_exchange_profiles",
            "users",
        ),
        _CRUD,
    ),
    "anomaly_blocks": ("read", "delete"),
    "attack_protection": ("read", "update"),
    "client_keys": ("read", "update"),
    "client_summary": ("read",),
    "current_user": ("read", "delete"),
    "current_user_device_credentials": ("create", "delete"),
    "current_user_identities": ("update",),
    "current_user_metadata": ("create", "update", "delete"),
    "connections_keys": ("create", "read", "update"),
    "device_credentials": ("read", "delete"),
    "email_templates": ("create", "read", "update"),
    "grants": ("read", "delete"),
    "guardian_enrollment_tickets": ("create",),
    "guardian_enrollments": ("read", "delete"),
    "guardian_factors": ("read", "update"),
    "logs": ("read",),
    "logs_users": ("read",),
    "mfa_policies": ("read", "update"),
    "organization_client_grants": ("create", "read", "delete"),
    "organization_clients": _CRUD,
    "organization_connections": _CRUD,
    "organization_invitations": ("create", "read", "delete"),
    "organization_member_effective_roles": ("read",),
    "organization_member_roles": ("create", "read", "delete"),
    "organization_members": ("create", "read", "delete"),
    "organizations_summary": ("read",),
    "passwords_checking_job": ("create",),
    "prompts": ("read", "update"),
    "refresh_tokens": ("read", "update", "delete"),
    "role_members": ("create", "read", "delete"),
    "rules_configs": ("read", "update", "delete"),
    "sessions": ("read", "update", "delete"),
    "signing_keys": ("create", "read", "update"),
    "stats": ("read",),
    "tenant_settings": ("read", "update"),
    "tokens": ("blacklist",),
    "user_effective_permissions": ("read",),
    "user_effective_roles": ("read",),
    "user_idp_tokens": ("read",),
    "user_permission_source_roles": ("read",),
    "user_tickets": ("create",),
    "users_app_metadata": _CRUD,
}

MANAGEMENT_SCOPES = tuple(
    f"{verb}:{resource}" for resource, verbs in sorted(_VERBS.items()) for verb in verbs
)
"""Scopes of the management API, by the wire's names."""


def management_api(identifier: str, current: Api | None, now: int) -> Api:
    """The system API as this version knows it; the current one when it is that already."""
    wanted = Api(
        api_id=current.api_id if current else ids.hexadecimal(),
        identifier=identifier,
        name=MANAGEMENT_API,
        scopes=tuple(ApiScope(value=value) for value in MANAGEMENT_SCOPES),
        is_system=True,
        created_at=current.created_at if current else now,
        updated_at=current.updated_at if current else now,
    )
    return current if wanted == current else wanted
