"""The end of a session: the row goes, the cookie goes, the log tells."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.oauth.current_session import CurrentSession
from gatewright.oauth.events import LoggedOut
from gatewright.sessions import SessionCookies, Sessions
from gatewright.web.context import context_of


class SessionEnd:
    """Ends the browser's session."""

    def __init__(self, *, current: CurrentSession, sessions: Sessions, bus: Bus, clock: Clock) -> None:
        self._current = current
        self._sessions = sessions
        self._bus = bus
        self._clock = clock

    async def end(self, request: Request, response: Response, client: Client | None) -> Response:
        """``response``, with the session ended and its cookie taken away."""
        context = context_of(request)
        cookies = SessionCookies(secure=context.tenant.is_https)
        signed_in = await self._current.of(request)
        if signed_in is not None:
            event = LoggedOut(
                tenant_id=context.tenant.tenant_id,
                at=self._clock.now(),
                origin=context.origin,
                client_id=client.client_id if client else None,
                client_name=client.name if client else None,
                user_id=signed_in.user.user_id,
                user_name=signed_in.user.display_name,
                session_id=signed_in.session.sid,
            )
            end = self._sessions.end(context.tenant.tenant_id, signed_in.session)
            await self._bus.commit((end,), event)
        if cookies.read(request) is not None:
            cookies.clear(response)
        return response
