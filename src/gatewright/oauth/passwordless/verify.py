"""``/passwordless/verify``: a page of the application asks whether a code is right before it uses it."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError, Invalid
from gatewright.login.one_time_code_proof import CodeAttempt, OneTimeCodeProof
from gatewright.login.password_proof import NotProved
from gatewright.oauth.errors import AccessDenied
from gatewright.oauth.passwordless.asked import AskedByClient, needed, nothing_twice
from gatewright.oauth.passwordless.errors import BadRequest
from gatewright.oauth.responses import refusal
from gatewright.web.context import context_of
from gatewright.web.parameters import Parameters, from_body


class VerifyEndpoint:
    """Answers ``POST /passwordless/verify`` (the wire §2.14)."""

    def __init__(self, *, asked: AskedByClient, proof: OneTimeCodeProof, clock: Clock) -> None:
        self._asked = asked
        self._proof = proof
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """``OK`` for the right code, which stays in force; the question counts as a guess."""
        try:
            form = await from_body(request)
            nothing_twice(request, form)
            await self._check(request, form)
        except NotProved as error:
            return refusal(AccessDenied(error.message), now=self._clock.now())
        except Invalid as error:
            return refusal(BadRequest(error.message), now=self._clock.now())
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())
        return PlainTextResponse("OK", headers={"cache-control": "no-store"})

    async def _check(self, request: Request, form: Parameters) -> None:
        """The wire's older libraries do not say which client asks: then it need not be the code's own."""
        context, client_id = context_of(request), str(form.get("client_id", ""))
        client = await self._asked.client(context.tenant, request, client_id) if client_id else None
        if client is not None:
            connection = await self._asked.connection(context.tenant, client, form)
        else:
            connection = await self._asked.any_connection(context.tenant, request, form)
        attempt = CodeAttempt(
            client_id=client_id,
            client_name=client.name if client else "",
            connection=connection,
            address=needed(form, "email"),
            code=needed(form, "verification_code"),
        )
        await self._proof.check(context, attempt)
