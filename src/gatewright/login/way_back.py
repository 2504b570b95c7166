"""The way back from login, and what to do when it is lost.

Two tabs, the back button, a lost cookie, an expired transaction: each ends in a fresh start with a message,
or a page that says where to go. Never a dead end.
"""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatewright.kernel.errors import Invalid
from gatewright.kernel.texts import N_
from gatewright.login.dispatch import next_step
from gatewright.login.live_sessions import LiveSessions
from gatewright.login.transaction import LoginTransaction, OrganizationAsked
from gatewright.login.transactions import Found, LoginTransactions, Lost
from gatewright.web.context import context_of
from gatewright.web.hosting import Brand, HostedPages, wear

PATHS = {
    "name_organization": "/u/organization",
    "select_account": "/u/select-account",
    "sign_in": "/u/login",
    "select_organization": "/u/select-organization",
    "consent": "/u/consent",
}
"""The page of each step."""

NOTICES = {
    "expired": N_("That sign-in had expired. Here is a fresh one."),
    "no_cookie": N_("Your browser did not remember that sign-in. Here is a fresh one."),
    "other_browser": N_("That sign-in was begun in another browser. Here is a fresh one."),
}
"""What the fresh page says, by the reason for it."""

_NO_STORE = {"cache-control": "no-store"}


class WayBack:
    """Finds the transaction a request belongs to, or answers instead."""

    def __init__(self, logins: LoginTransactions, live: LiveSessions, pages: HostedPages) -> None:
        self._logins = logins
        self._live = live
        self._pages = pages

    async def found(self, request: Request, secret: str | None) -> Found | Response:
        """The transaction named by ``secret``, or what the browser gets instead."""
        tenant = context_of(request).tenant
        found = await self._logins.find(tenant, request, secret)
        if isinstance(found, Lost):
            return self.lost(request, found)
        _wear(request, found.transaction.asked.organization)
        return Found(found.secret, await self._live.held(tenant, found.transaction))

    async def resumed(self, request: Request) -> Found | Response:
        """The transaction of the address, joined by whoever signed in in another tab meanwhile."""
        found = await self.found(request, request.query_params.get("state"))
        if isinstance(found, Response):
            return found
        tenant = context_of(request).tenant
        return Found(found.secret, await self._live.joined(tenant, request, found.transaction))

    async def returned(self, request: Request) -> Found | Response:
        """The transaction of a person who is done; a person who is not is sent to the step that is due."""
        found = await self.resumed(request)
        if isinstance(found, Response):
            return found
        step = next_step(found.transaction)
        return found if step is None else onward(found, step)

    def lost(self, request: Request, lost: Lost) -> Response:
        """A fresh start where the transaction still tells what was asked, else a page that says so."""
        transaction = lost.transaction
        if transaction is None:
            return self._pages.error(
                request,
                title=N_("This page has nothing to show"),
                message=N_("It belongs to a sign-in that is over. Start again from the application."),
                back_url=context_of(request).tenant.settings.default_redirection_uri,
                status=404,
            )
        if lost.reason == "finished":
            return self._finished(request, transaction)
        if lost.reason == "no_cookie" and transaction.asked.restarted == "no_cookie":
            restart = _restart_url(transaction, "")
            return self._pages.show(
                request,
                "login/restart.html",
                status=400,
                locale=transaction.asked.locale,
                restart_url=restart,
            )
        return RedirectResponse(_restart_url(transaction, lost.reason), 303, _NO_STORE)

    async def home(self, request: Request, *, otherwise: str) -> str:
        """Where a person goes on who followed a mailed link: their sign-in, or the application itself.

        ``otherwise`` is where the application lives when the sign-in of the address is forgotten.
        """
        tenant, secret = context_of(request).tenant, request.query_params.get("state", "")
        found = await self._logins.find(tenant, request, secret)
        if found.transaction is None:
            return otherwise or tenant.settings.default_redirection_uri
        if isinstance(found, Lost) and found.reason == "finished":
            return found.transaction.asked.home_url
        return f"/u/login?{urlencode({'state': secret})}"

    def malformed(self, request: Request, error: Invalid) -> Response:
        """The page for a form that no page of ours can have sent."""
        return self._pages.error(
            request,
            title=N_("That form was not understood"),
            message=N_("Go back and try again. If it happens again, tell the administrator."),
            facts=((N_("What was wrong"), error.message),),
        )

    def _finished(self, request: Request, transaction: LoginTransaction) -> Response:
        return self._pages.show(
            request,
            "login/finished.html",
            locale=transaction.asked.locale,
            client_name=transaction.asked.client_name,
            continue_url=transaction.asked.home_url,
        )


def _wear(request: Request, organization: OrganizationAsked | None) -> None:
    """The pages of the request in the brand of the organization."""
    if organization is not None:
        brand = Brand(
            name=organization.called,
            logo_url=organization.logo_url,
            primary=organization.primary,
            page_background=organization.page_background,
        )
        wear(request, brand)


def onward(found: Found, step: str | None) -> Response:
    """To the page of the step that is due, or back to whoever began when there is none."""
    path = PATHS[step] if step else found.transaction.return_to
    return RedirectResponse(f"{path}?state={found.secret}", 303, _NO_STORE)


def _restart_url(transaction: LoginTransaction, reason: str) -> str:
    """The beginning of the same request; ``restarted`` makes the fresh page say why."""
    query = urlencode({**transaction.request, **({"restarted": reason} if reason else {})})
    return f"{transaction.begun_at}?{query}"
