"""``/public/api/{client_id}/connections``: where an application's users may come from (the wire §2.13)."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Clients
from gatewright.connections import Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, Invalid
from gatewright.selfservice.answers import json_answer, refusal
from gatewright.selfservice.errors import UnknownClient
from gatewright.selfservice.scripts import callback_of, jsonp
from gatewright.web.context import context_of
from gatewright.web.parameters import from_query


class DirectoryEndpoint:
    """Answers ``GET /public/api/{client_id}/connections``."""

    def __init__(self, *, clients: Clients, connections: Connections, clock: Clock) -> None:
        self._clients = clients
        self._connections = connections
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """The connections in JSON; with ``cbx`` as a script that calls the function of that name."""
        callback = ""
        try:
            query = from_query(request)
            if "cbx" in query.repeated:
                raise Invalid("cbx was sent more than once")
            callback = callback_of(query["cbx"]) if "cbx" in query else ""
            found = await self._found(request)
        except UnknownClient as error:
            if not callback:
                return refusal(error, now=self._clock.now())
            # A script that is not 200 never runs, and the page would wait in vain.
            return jsonp(callback, {"status": error.status, "error": error.message})
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())
        return jsonp(callback, found) if callback else json_answer(found)

    async def _found(self, request: Request) -> list[dict[str, object]]:
        tenant_id, client_id = context_of(request).tenant.tenant_id, request.path_params["client_id"]
        if await self._clients.get(tenant_id, client_id) is None:
            raise UnknownClient("There is no such client.")
        return [
            {"name": each.name, "strategy": each.strategy, "status": True}
            for each in await self._connections.of_client(tenant_id, client_id)
        ]
