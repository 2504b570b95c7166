"""How the endpoints of the legacy pipeline refuse: on record, counted if it was a guess, in JSON."""

from collections.abc import Mapping

from starlette.responses import Response

from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, TooMany
from gatewright.kernel.events import Bus, Event
from gatewright.oauth.errors import InvalidGrant, TooManyAttempts
from gatewright.oauth.responses import refusal
from gatewright.protection import TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters

_NOTHING: Mapping[str, object] = {}


class Refusals:
    """Turns errors into answers."""

    def __init__(self, *, limiter: AttemptLimiter, bus: Bus, clock: Clock) -> None:
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    async def answer(
        self,
        context: Context,
        kind: type[Event],
        client: Client | None,
        form: Parameters,
        error: GatewrightError,
        *,
        details: Mapping[str, object] = _NOTHING,
    ) -> Response:
        """The refusal. ``kind`` is the event that tells of it, with ``details``."""
        if not isinstance(error, TooMany | TooManyAttempts):  # of those the limiter told, once
            await self._bus.commit((), self._told(context, kind, client, form, error, details))
            error = await self._counted(context, error)
        return refusal(error, now=self._clock.now())

    def _told(
        self,
        context: Context,
        kind: type[Event],
        client: Client | None,
        form: Parameters,
        error: GatewrightError,
        details: Mapping[str, object],
    ) -> Event:
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id if client else str(form.get("client_id", ""))[:64] or None,
            client_name=client.name if client else None,
            description=error.message[:500],
            details=details,
        )

    async def _counted(self, context: Context, error: GatewrightError) -> GatewrightError:
        """Guessing is counted by address; a token that was really issued is no guess."""
        if not isinstance(error, InvalidGrant) or error.detail != "unknown":
            return error
        subject = network_of(context.origin.ip)
        try:
            await self._limiter.failed(context.tenant.tenant_id, TOKEN_PER_IP, subject, context.origin)
        except TooMany as refused:
            return refused
        return error
