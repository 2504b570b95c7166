"""Errors that stay in the browser: client or redirect URI cannot be trusted yet."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus
from gatewright.kernel.texts import N_
from gatewright.oauth.errors import ShownError
from gatewright.oauth.events import AuthorizationFailed
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages


class ShownErrors:
    """Renders them, and puts them on record."""

    def __init__(self, pages: HostedPages, bus: Bus, clock: Clock) -> None:
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def page(self, request: Request, error: GatewrightError) -> Response:
        """The error page: what was seen, what is registered, what to change."""
        context = context_of(request)
        facts = error.facts if isinstance(error, ShownError) else ()
        event = AuthorizationFailed(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            description=error.message[:500],
            details={label: value[:500] for label, value in facts},
        )
        await self._bus.commit((), event)
        return self._pages.error(
            request,
            title=N_("This sign-in link does not work"),
            message=error.message,
            facts=facts,
            change=error.change if isinstance(error, ShownError) else "",
        )
