"""What belongs to the system in every tenant: the management API, and in development a client for it.

No tenant file describes, changes or removes them.
"""

from gatewright.apis import Api, ApiScope, ClientGrant, is_about_oneself
from gatewright.clients import Client, Clients
from gatewright.jose import Unsealable
from gatewright.kernel import ids

MANAGEMENT_API = "Management API"
DEVELOPMENT_CLIENT = "gatewright_dev_management"
"""Id of the machine-to-machine client through which scripts manage a development server."""

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
            "organizations",
            "resource_servers",
            "roles",
            "rules",
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
    "organization_connections": _CRUD,
    "organization_invitations": ("create", "read", "delete"),
    "organization_member_roles": ("create", "read", "delete"),
    "organization_members": ("create", "read", "delete"),
    "passwords_checking_job": ("create",),
    "prompts": ("read", "update"),
    "refresh_tokens": ("read", "update", "delete"),
    "role_members": ("create", "read", "delete"),
    "rules_configs": ("read", "update", "delete"),
    "sessions": ("read", "update", "delete"),
    "signing_keys": ("create", "read", "update"),
    "stats": ("read",),
    "tenant_settings": ("read", "update"),
    "user_idp_tokens": ("read",),
    "user_tickets": ("create",),
    "users_app_metadata": _CRUD,
}

MANAGEMENT_SCOPES = tuple(
    f"{verb}:{resource}" for resource, verbs in sorted(_VERBS.items()) for verb in verbs
)
"""Scopes of the management API, by the wire's names."""


def reserved_identifiers(issuer: str) -> frozenset[str]:
    """Identifiers that no API of the tenant's own may have; ``issuer`` ends with a slash."""
    return frozenset({f"{issuer}api/v2/", f"{issuer}userinfo"})


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


def development_client(tenant_id: str, current: Client | None, clients: Clients, now: int) -> Client:
    """The client that manages a development server; its secret is made once and kept.

    A secret that was sealed under another master key is replaced, for nobody can read it any more.
    """
    if current is not None and _readable(tenant_id, current, clients):
        return current
    return Client(
        client_id=DEVELOPMENT_CLIENT,
        name="Development management",
        description="Manages this development server from scripts.",
        app_type="non_interactive",
        grant_types=("client_credentials",),
        secrets=(clients.sealed(tenant_id, DEVELOPMENT_CLIENT, ids.client_secret(), now),),
        created_at=now,
        updated_at=now,
    )


def management_grant(client_id: str, api: Api, current: ClientGrant | None) -> ClientGrant:
    """Everything the management API offers a client, which is no person with things of their own."""
    return ClientGrant(
        grant_id=current.grant_id if current else ids.client_grant_id(),
        client_id=client_id,
        audience=api.identifier,
        scope=tuple(scope.value for scope in api.scopes if not is_about_oneself(scope.value)),
    )


def _readable(tenant_id: str, client: Client, clients: Clients) -> bool:
    try:
        return clients.secret(tenant_id, client) is not None
    except Unsealable:
        return False
