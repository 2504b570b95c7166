"""Sign in by mail, the page behind a link: it brings the code along and asks for a click.

Programs that read mail follow links, and anybody can send anybody a link to an account of their own. So
nothing happens on ``GET``: a person reads whom they would sign in as, and presses the button.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.login.browser import BrowserCookie
from gatewright.login.steps.ask_code import ENTER_CODE
from gatewright.login.transactions import LoginTransactions
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages


class EmailLink:
    """Shows the page; its form is that of ``EnterCode``."""

    def __init__(self, logins: LoginTransactions, pages: HostedPages) -> None:
        self._logins = logins
        self._pages = pages

    async def page(self, request: Request, secret: str, cookie: BrowserCookie, code: str) -> Response:
        """For the transaction begun in this very request: its ``secret``, and the browser's cookie."""
        transaction = (await self._logins.begun(context_of(request).tenant, secret)).transaction
        response = self._pages.show(
            request,
            "login/email_link.html",
            locale=transaction.asked.locale,
            form_targets=None,
            action=f"{ENTER_CODE}?state={secret}",
            csrf=cookie.form_token(transaction.transaction_hash),
            state=secret,
            code=code,
            email=transaction.asked.login_hint,
            client_name=transaction.asked.client_name,
        )
        cookie.write(response)
        return response
