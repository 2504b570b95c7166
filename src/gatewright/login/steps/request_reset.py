"""Forgot your password? A link is mailed to the address, if it is somebody's.

The page says the same either way.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unmatched
from gatewright.login.asking import Asking
from gatewright.login.dispatch import Step
from gatewright.login.mailing import having_mailed, just_mailed
from gatewright.login.reset_wish import ResetWish
from gatewright.login.steps.step import Refused, asked_database, form_token, too_often
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import onward
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_WISH = "reset_password"
_MISSING = N_("Enter your e-mail address.")


class RequestReset:
    """See ``step.PageStep``: another face of the sign-in step."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        wish: ResetWish,
        logins: LoginTransactions,
        pages: HostedPages,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._wish = wish
        self._logins = logins
        self._pages = pages
        self._clock = clock

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """Where to send the link."""
        asked = found.transaction.asked
        return self._pages.show(
            request,
            "login/reset_request.html",
            locale=asked.locale,
            form_targets=None,
            action=f"/u/reset-password?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            email=form.get("email", asked.login_hint),
            error=error,
            login_url=f"/u/login?state={found.secret}",
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """Mails the link, or does not, and answers the same."""
        context, words = context_of(request), partial(self._pages.text, found.transaction.asked.locale)
        typed = form.get("email", "").strip()
        if not typed:
            raise Refused(words(_MISSING))
        if just_mailed(found.transaction, _WISH, typed, self._clock.now()):
            return self._sent(request, found, typed)
        try:
            await self._request(context, found, typed)
        except TooMany as error:
            raise too_often(error, words) from None
        except Unmatched:
            return await self._overtaken(request, found, typed)
        return self._sent(request, found, typed)

    async def _overtaken(self, request: Request, found: Found, typed: str) -> Response:
        """The same form was sent twice at once, or another tab moved on."""
        now = await self._logins.find(context_of(request).tenant, request, found.secret)
        if now.transaction and just_mailed(now.transaction, _WISH, typed, self._clock.now()):
            return self._sent(request, found, typed)
        return onward(found, self.step)

    def _sent(self, request: Request, found: Found, typed: str) -> Response:
        return self._pages.show(
            request,
            "login/reset_sent.html",
            locale=found.transaction.asked.locale,
            email=typed,
            login_url=f"/u/login?state={found.secret}",
        )

    async def _request(self, context: Context, found: Found, typed: str) -> None:
        connection = await asked_database(self._connections, context.tenant, found)
        wished = having_mailed(found.transaction, _WISH, typed, self._clock.now())
        moved = self._logins.moved(context.tenant, wished)
        await self._wish.grant(context, Asking.in_login(found), connection, typed, also=(moved,))
