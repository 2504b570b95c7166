"""Sign in by mail, second page: the code from the mail, typed or brought along by a link."""

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatewright.connections import Connection, Connections
from gatewright.kernel.errors import Conflict, TooMany
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unmatched
from gatewright.login.dispatch import Step, next_step
from gatewright.login.one_time_code_proof import CodeAttempt, NotTheCode, OneTimeCodeProof, ProvedByCode
from gatewright.login.password_proof import NotProved
from gatewright.login.sessions import SessionStart
from gatewright.login.steps.ask_code import ASK_CODE, ENTER_CODE
from gatewright.login.steps.step import (
    BUSY,
    OTHER_ACCOUNT,
    Refused,
    asked_passwordless,
    form_token,
    is_expected,
    no_connection,
    too_often,
)
from gatewright.login.transactions import Found
from gatewright.login.way_back import onward
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_WRONG = N_("That code or link is wrong, was used already, or is too old.")


class EnterCode:
    """See ``step.PageStep``: another face of the sign-in step."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        proof: OneTimeCodeProof,
        start: SessionStart,
        pages: HostedPages,
    ) -> None:
        self._connections = connections
        self._proof = proof
        self._start = start
        self._pages = pages

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """Asks for the code that was mailed; whoever has not said where to is asked that first."""
        if not found.transaction.asked.login_hint:
            url = f"{ASK_CODE}?state={found.secret}"
            return RedirectResponse(url, 303, {"cache-control": "no-store"})
        asked = found.transaction.asked
        return self._pages.show(
            request,
            "login/enter_code.html",
            locale=asked.locale,
            form_targets=None,
            action=f"{ENTER_CODE}?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            email=asked.login_hint,
            error=error,
            again_url=f"{ASK_CODE}?state={found.secret}",
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """A session for whoever the code proves, who may be new; the same refusal for everybody else."""
        tenant, words = context_of(request).tenant, partial(self._pages.text, found.transaction.asked.locale)
        connection = await asked_passwordless(self._connections, tenant, found)
        if connection is None:
            return no_connection(self._pages, request, found)
        try:
            proved = await self._proved(request, found, connection, "".join(form.get("code", "").split()))
            moved, secret = await self._start.begin(
                request,
                found,
                proved.user,
                connection=connection.name,
                amr=("otp",),
                spent=(proved.spent,),
                email_verified=proved.user.email_verified,
            )
        except NotTheCode:
            raise Refused(words(_WRONG)) from None
        except NotProved as error:
            raise Refused(words(error.message)) from None
        except TooMany as error:
            raise too_often(error, words) from None
        except Conflict:  # removed or blocked since the code was compared, or signing in everywhere at once
            raise Refused(words(BUSY), status=503, retry_after=1) from None
        except Unmatched as unmatched:
            if unmatched.position == 0:  # somebody else spent the code in this very moment
                raise Refused(words(_WRONG)) from None
            return onward(found, self.step)
        response = onward(moved, next_step(moved.transaction))
        self._start.write_cookie(response, tenant, secret)
        return response

    async def _proved(
        self, request: Request, found: Found, connection: Connection, code: str
    ) -> ProvedByCode:
        context, asked = context_of(request), found.transaction.asked
        attempt = CodeAttempt(
            client_id=asked.client_id,
            client_name=asked.client_name,
            connection=connection,
            address=asked.login_hint,
            code=code,
        )
        proved = await self._proof.prove(context, attempt)
        if not is_expected(found, proved.user):
            await self._proof.refused(context, attempt, proved.user, OTHER_ACCOUNT)
            raise NotProved(OTHER_ACCOUNT)
        return proved
