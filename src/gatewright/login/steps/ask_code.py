"""Sign in by mail, first page: where shall the code go? A code is mailed to the address, if it may come in.

The page goes on the same either way.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatewright.connections import Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Invalid, TooMany
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unmatched
from gatewright.login.code_mailing import CodeMailing, CodeWish
from gatewright.login.dispatch import Step
from gatewright.login.mailing import having_mailed, just_mailed
from gatewright.login.steps.step import (
    Refused,
    asked_database,
    asked_passwordless,
    form_token,
    no_connection,
    too_often,
)
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import NOTICES, onward
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

ASK_CODE = "/u/login/email"
ENTER_CODE = "/u/login/email/code"

_WISH = "sign_in_code"
_NOT_AN_EMAIL = N_("That is not an e-mail address.")


class AskCode:
    """See ``step.PageStep``: another face of the sign-in step."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        mailing: CodeMailing,
        logins: LoginTransactions,
        pages: HostedPages,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._mailing = mailing
        self._logins = logins
        self._pages = pages
        self._clock = clock

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """Where to send a code, with a way to the password where the application has people with one."""
        tenant, asked = context_of(request).tenant, found.transaction.asked
        if await asked_passwordless(self._connections, tenant, found) is None:
            return no_connection(self._pages, request, found)
        database = await asked_database(self._connections, tenant, found)
        return self._pages.show(
            request,
            "login/ask_code.html",
            locale=asked.locale,
            form_targets=None,
            action=f"{ASK_CODE}?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            email=form.get("email", asked.login_hint if "@" in asked.login_hint else ""),
            organization=asked.organization.called if asked.organization else "",
            error=error,
            notice="" if error else NOTICES.get(asked.restarted, ""),
            client_name=asked.client_name,
            client_logo=asked.client_logo,
            policy_url=asked.policy_url,
            tos_url=asked.tos_url,
            login_url=f"/u/login?state={found.secret}" if database else "",
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """Mails a code, or does not, and asks for it."""
        context, asked = context_of(request), found.transaction.asked
        words, now = partial(self._pages.text, asked.locale), self._clock.now()
        connection = await asked_passwordless(self._connections, context.tenant, found)
        if connection is None:
            return no_connection(self._pages, request, found)
        typed = form.get("email", "").strip()
        if just_mailed(found.transaction, _WISH, typed, now):
            return _asked_for(found)
        wish = CodeWish(
            client_id=asked.client_id,
            client_name=asked.client_name,
            connection=connection,
            address=typed,
            locale=asked.locale,
        )
        noted = having_mailed(found.transaction, _WISH, typed, now)
        try:
            await self._mailing.send(context, wish, also=(self._logins.moved(context.tenant, noted),))
        except Invalid:
            raise Refused(words(_NOT_AN_EMAIL)) from None
        except TooMany as error:
            raise too_often(error, words) from None
        except Unmatched:
            return await self._overtaken(request, found, typed)
        return _asked_for(found)

    async def _overtaken(self, request: Request, found: Found, typed: str) -> Response:
        """The same form was sent twice at once, or another tab moved on."""
        now = await self._logins.find(context_of(request).tenant, request, found.secret)
        if now.transaction and just_mailed(now.transaction, _WISH, typed, self._clock.now()):
            return _asked_for(found)
        return onward(found, self.step)


def _asked_for(found: Found) -> Response:
    return RedirectResponse(f"{ENTER_CODE}?state={found.secret}", 303, {"cache-control": "no-store"})
