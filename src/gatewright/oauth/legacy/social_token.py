"""``/oauth/access_token``: an application that has a social provider's access token asks for ours.

No kind of connection that we have takes such a token, so what is well formed ends at its connection.
"""

from typing import NoReturn

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import SOCIAL_ACCESS_TOKEN, Client, Clients
from gatewright.connections import Connections
from gatewright.kernel.errors import GatewrightError
from gatewright.oauth.errors import ClientNotServed
from gatewright.oauth.events import SocialSignInFailed
from gatewright.oauth.legacy.calling import calling_client, check_listed, needed, parse_texts
from gatewright.oauth.legacy.named_connection import named_connection, unsupported
from gatewright.oauth.legacy.refusals import Refusals
from gatewright.oauth.scopes import parse_scope
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import Parameters


class SocialTokenEndpoint:
    """Answers ``POST /oauth/access_token`` (the wire §2.17)."""

    def __init__(self, *, clients: Clients, connections: Connections, refusals: Refusals) -> None:
        self._clients = clients
        self._connections = connections
        self._refusals = refusals

    async def __call__(self, request: Request) -> Response:
        """A refusal that is on record: no connection takes the access token of a social provider yet."""
        context = context_of(request)
        form, client = Parameters({}), None
        try:
            form = await parse_texts(request)
            client = await calling_client(self._clients, context, request, form, refused=ClientNotServed)
            check_listed(client, SOCIAL_ACCESS_TOKEN, refused=ClientNotServed)
            await self._refuse(context, client, form)
        except GatewrightError as error:
            details = {"detail": error.detail[:200]} if error.detail else {}
            return await self._refusals.answer(
                context, SocialSignInFailed, client, form, error, details=details
            )

    async def _refuse(self, context: Context, client: Client, form: Parameters) -> NoReturn:
        needed(form, "access_token")
        name = needed(form, "connection")
        parse_scope(form.get("scope"))
        await named_connection(self._connections, context.tenant, client, name)
        raise unsupported()
