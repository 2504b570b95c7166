"""What belongs to the system in every tenant: the management API, and in development a client for it.

No tenant file describes, changes or removes them.
"""

from gatewright.apis import MANAGEMENT_SCOPES, Api, ClientGrant, is_about_oneself, management_api
from gatewright.clients import Client, Clients
from gatewright.jose import Unsealable
from gatewright.kernel import ids

__all__ = [
    "DEVELOPMENT_CLIENT",
    "MANAGEMENT_SCOPES",
    "development_client",
    "management_api",
    "management_grant",
    "reserved_identifiers",
]

DEVELOPMENT_CLIENT = "gatewright_dev_management"
"""Id of the machine-to-machine client through which scripts manage a development server."""


def reserved_identifiers(issuer: str) -> frozenset[str]:
    """Identifiers that no API of the tenant's own may have; ``issuer`` ends with a slash."""
    return frozenset({f"{issuer}api/v2/", f"{issuer}userinfo"})


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
