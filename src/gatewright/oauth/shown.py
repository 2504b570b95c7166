"""Errors that stay in the browser: it cannot be trusted yet where the request wants it to go."""

from collections.abc import Iterator
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.texts import N_
from gatewright.oauth.errors import ShownError
from gatewright.oauth.events import AuthorizationFailed, LogoutFailed
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages


class ShownErrors:
    """Renders refused authorization requests, and puts them on record."""

    event: ClassVar[type[Event]] = AuthorizationFailed
    title: ClassVar[str] = N_("This sign-in link does not work")

    def __init__(self, pages: HostedPages, bus: Bus, clock: Clock) -> None:
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def page(self, request: Request, error: GatewrightError, *, ui_locales: str = "") -> Response:
        """The error page: what was seen, what is registered, what to change.

        ``ui_locales`` are the languages that the request asked for, as far as it could be read.
        """
        context = context_of(request)
        shown = error if isinstance(error, ShownError) else _unread(error)
        event = self.event(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=shown.client.client_id if shown.client else None,
            client_name=shown.client.name if shown.client else None,
            description=error.message[:500],
            details={label: value[:500] for label, value in _recorded(shown)},
        )
        await self._bus.commit((), event)
        return self._pages.error(
            request,
            title=self.title,
            message=shown.message,
            facts=shown.facts,
            change=shown.change,
            locale=self._pages.locale(request, ui_locales),
        )


class ShownLogoutErrors(ShownErrors):
    """The same for refused requests to log out: nobody failed to sign in, and the session stays."""

    event: ClassVar[type[Event]] = LogoutFailed
    title: ClassVar[str] = N_("This sign-out link does not work")


def _recorded(shown: ShownError) -> Iterator[tuple[str, str]]:
    yield from shown.facts
    if shown.detail:
        yield "detail", shown.detail


def _unread(error: GatewrightError) -> ShownError:
    """A request that could not be read, as a page tells it."""
    told = N_("The request of the application could not be read.")
    return ShownError("invalid_request", told, facts=((N_("What was wrong"), error.message),))
