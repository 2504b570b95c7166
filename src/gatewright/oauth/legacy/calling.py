"""What the endpoints of the legacy pipeline that serve a client without its secret begin with."""

from starlette.requests import Request

from gatewright.clients import Client, Clients
from gatewright.oauth.errors import InvalidRequest, UnauthorizedClient
from gatewright.oauth.token import parse
from gatewright.web.context import Context
from gatewright.web.cors import allow_origins
from gatewright.web.parameters import NotText, Parameters


async def parse_texts(request: Request) -> Parameters:
    """The parameters of the body, as at the token endpoint; others than texts in the wire's words (§2.17).

    Raises ``InvalidRequest`` and ``Invalid``.
    """
    try:
        return await parse(request)
    except NotText as error:
        raise InvalidRequest(f"{error.name} parameter must be a string") from None


async def calling_client(
    clients: Clients,
    context: Context,
    request: Request,
    form: Parameters,
    *,
    refused: type[UnauthorizedClient] = UnauthorizedClient,
) -> Client:
    """The client that asks, whose own scripts may then read the answer.

    No secret is wanted: browsers and phones of that time had none, and what else is sent proves more.
    Raises ``InvalidRequest``, and ``refused`` for a client that is unknown or OIDC-conformant.
    """
    client = await clients.get(context.tenant.tenant_id, needed(form, "client_id"))
    if client is None:
        raise refused("invalid client")
    allow_origins(request, client.script_origins)
    if client.oidc_conformant:
        raise refused("This endpoint is for clients of the legacy pipeline, and this one is OIDC-conformant.")
    return client


def check_listed(client: Client, grant_type: str, *, refused: type[UnauthorizedClient]) -> None:
    """Raises ``refused`` unless the client lists the legacy grant type."""
    if not client.may_use(grant_type):
        raise refused(f"Grant type '{grant_type}' not allowed for the client.")


def needed(form: Parameters, name: str) -> str:
    """A parameter without which nothing goes. Raises ``InvalidRequest`` in the wire's words (§2.17)."""
    value: str | None = form.get(name)
    if value is None:
        raise InvalidRequest(f"missing {name} parameter")
    return value
