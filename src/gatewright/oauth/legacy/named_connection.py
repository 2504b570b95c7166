"""The connection that a request of the legacy pipeline names, in the wire's words where there is none."""

from gatewright.clients import Client
from gatewright.connections import Connection, Connections
from gatewright.oauth.errors import InvalidRequest
from gatewright.tenants import Tenant


async def named_connection(connections: Connections, tenant: Tenant, client: Client, name: str) -> Connection:
    """The connection called ``name``, if it is enabled for the client.

    Raises ``InvalidRequest``. Whether one exists that is not enabled is for the record alone.
    """
    found = await connections.by_name(tenant.tenant_id, name)
    if found is None:
        raise InvalidRequest("the connection was not found", detail=f"no connection {name[:128]}")
    if not found.serves(client.client_id):
        raise InvalidRequest(
            "the connection was not found",
            detail=f"connection {name[:128]} is not enabled for the client (enabled_clients)",
        )
    return found


def unsupported() -> InvalidRequest:
    """The refusal for a connection that knows no such way to prove a person."""
    return InvalidRequest("specified strategy does not support requested operation")
