"""``/dbconnections/change_password``: the wish for a link that sets a new password (the wire §2.13).

The sentence that answers is the same whether or not the address has an account. A password sent along, as
old libraries do, is not looked at: only whoever holds the mailed link sets one.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.texts import N_
from gatewright.login.reset_wish import ResetWish
from gatewright.selfservice.answers import refusal, sentence
from gatewright.selfservice.applications import Applications
from gatewright.selfservice.errors import MalformedRequest
from gatewright.selfservice.fields import read_fields
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages

_SENT = N_("If there is an account, we have mailed a link to choose a new password.")


class ChangePasswordEndpoint:
    """Answers ``POST /dbconnections/change_password``."""

    def __init__(
        self, *, applications: Applications, wish: ResetWish, pages: HostedPages, clock: Clock
    ) -> None:
        self._applications = applications
        self._wish = wish
        self._pages = pages
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """A sentence for the person, and a mail to whom ``email`` or ``username`` names, if to anybody."""
        try:
            return sentence(await self._granted(request))
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())

    async def _granted(self, request: Request) -> str:
        context, fields = context_of(request), await read_fields(request)
        client = await self._applications.named(request, fields.wanted("client_id"))
        connection = await self._applications.database(context.tenant, client, fields.wanted("connection"))
        typed = fields.get("email") or fields.get("username")
        if not typed:
            raise MalformedRequest("missing email parameter")
        asking = self._applications.asking(request, client)
        await self._wish.grant(context, asking, connection, typed)
        return self._pages.text(asking.locale, _SENT)
