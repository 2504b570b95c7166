"""One call from request to response: who calls, may they, what comes of it, and how that is told."""

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus
from gatewright.management.access import Access, Caller
from gatewright.management.errors import Accident, Busy, Refusal, TooManyCalls, Unauthorized, as_refusal
from gatewright.management.events import CallRefused, SecretsRead
from gatewright.management.rates import CallRates, Rate
from gatewright.management.resource import Answer, Call, Operation
from gatewright.web.context import Context, context_of

log = structlog.get_logger("gatewright.management")

_JSON = "application/json"
_NO_STORE = {"cache-control": "no-store"}


class Answering:
    """Runs operations and answers for them."""

    def __init__(self, *, access: Access, rates: CallRates, bus: Bus, clock: Clock) -> None:
        self._access = access
        self._rates = rates
        self._bus = bus
        self._clock = clock

    async def answer(self, operation: Operation, request: Request) -> Response:
        """The response to one call of ``operation``, whatever happens."""
        context = context_of(request)
        try:
            return await self._answered(operation, request, context)
        except GatewrightError as error:
            return refused(as_refusal(error), now=self._clock.now())
        except Exception as error:
            log.error("accident", path=operation.path, request_id=context.request_id, exc_info=error)
            told = Accident(f"Something went wrong here. Quote {context.request_id}.")
            return refused(told, now=self._clock.now())

    async def _answered(self, operation: Operation, request: Request, context: Context) -> Response:
        caller = await self._access.caller(context, request)
        rate = self._rates.count(context.tenant.tenant_id, caller.name)
        try:
            caller.check(operation.scopes)
            call = Call(context, caller, request, operation, self._clock.now())
            answer = await operation.run(call)
            await self._note_secrets(operation, call, answer)
        except GatewrightError as error:
            refusal = as_refusal(error)
            await self._note_refusal(operation, context, caller, refusal)
            return _counted(refused(refusal, now=self._clock.now()), rate)
        return _counted(_response(operation, answer), rate)

    async def _note_refusal(
        self, operation: Operation, context: Context, caller: Caller, refusal: Refusal
    ) -> None:
        """Puts on record what was not done: without the message, which repeats what was sent."""
        if operation.method == "GET" or isinstance(refusal, TooManyCalls | Busy):
            return
        event = CallRefused(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=caller.client_id,
            user_id=caller.user.user_id if caller.user else None,
            description=operation.summary,
            details={
                "call": f"{operation.method} {operation.path}",
                "status": refusal.status,
                "error": refusal.code,
            },
        )
        await self._bus.commit((), event)

    async def _note_secrets(self, operation: Operation, call: Call, answer: Answer) -> None:
        if operation.method != "GET" or not answer.secrets_of:  # changes are told of by their own events
            return
        event = SecretsRead(
            tenant_id=call.tenant_id,
            at=call.now,
            origin=call.context.origin,
            client_id=call.caller.client_id,
            user_id=call.caller.user.user_id if call.caller.user else None,
            description=operation.summary,
            details={"of": list(answer.secrets_of)},
        )
        await self._bus.commit((), event)


def refused(refusal: Refusal, *, now: int) -> Response:
    """The answer that tells of a refusal; ``now`` is seconds UTC."""
    body: dict[str, object] = {
        "statusCode": refusal.status,
        "error": refusal.reason,
        "message": refusal.message,
    }
    if refusal.code:
        body["errorCode"] = refusal.code
    response = Response(orjson.dumps(body), refusal.status, _NO_STORE, _JSON)
    if isinstance(refusal, Unauthorized):
        response.headers["www-authenticate"] = 'Bearer realm="Management API"'
    if isinstance(refusal, TooManyCalls | Busy):
        response.headers["retry-after"] = str(refusal.retry_after)
    if isinstance(refusal, TooManyCalls):
        response.headers.update(Rate(refusal.limit, 0, now + refusal.retry_after).headers)
    return response


def _response(operation: Operation, answer: Answer) -> Response:
    headers, status = {**_NO_STORE, **answer.headers}, answer.status or operation.status
    if answer.pieces is not None:
        return StreamingResponse(answer.pieces, status, headers, _JSON)
    if status == 204 or answer.body is None:
        return Response(None, status, headers)
    return Response(orjson.dumps(answer.body), status, headers, _JSON)


def _counted(response: Response, rate: Rate) -> Response:
    response.headers.update(rate.headers)
    return response
