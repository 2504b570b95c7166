"""Which of your accounts? The one that is signed in here, or another."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unmatched
from gatewright.login.dispatch import Step, next_step
from gatewright.login.steps.step import form_token
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import onward
from gatewright.users import Users
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters


class SelectAccount:
    """See ``step.PageStep``."""

    step: Step = "select_account"

    def __init__(self, *, users: Users, logins: LoginTransactions, pages: HostedPages, bus: Bus) -> None:
        self._users = users
        self._logins = logins
        self._pages = pages
        self._bus = bus

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """The account that is signed in, and a way to use another."""
        user = await self._users.get(context_of(request).tenant.tenant_id, found.transaction.user_id)
        accounts = [("current", user.display_name, user.email, user.picture)] if user else []
        return self._pages.show(
            request,
            "login/select_account.html",
            locale=found.transaction.asked.locale,
            form_targets=None,
            action=f"/u/select-account?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            accounts=accounts,
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """Goes on as chosen; anything but the account shown means another."""
        tenant, chosen = context_of(request).tenant, {"account_chosen": True}
        if form.get("session") != "current":
            chosen |= {"user_id": "", "session_hash": ""}  # type: ignore[dict-item]
        moved = msgspec.structs.replace(found.transaction, **chosen)
        try:
            await self._bus.commit((self._logins.moved(tenant, moved),))
        except Unmatched:
            return onward(found, self.step)
        return onward(Found(found.secret, moved), next_step(moved))
