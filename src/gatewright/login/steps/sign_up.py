"""A new account. What is answered does not tell whether the address had one already: the mail does."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connection, Connections, DatabaseOptions
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany, Unavailable
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unmatched
from gatewright.login.asking import Asking
from gatewright.login.dispatch import Step
from gatewright.login.mailing import having_mailed, just_mailed
from gatewright.login.password_rules import Words, shown_rules
from gatewright.login.registration import NewAccount, Registration, Taken, Unacceptable, new_account, personal
from gatewright.login.steps.step import (
    Refused,
    asked_database,
    form_token,
    takes_new_accounts,
    too_busy,
    too_often,
)
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import onward
from gatewright.users.identifiers import normalised
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_NOT_AN_EMAIL = N_("That is not an e-mail address.")
_BAD_USERNAME = N_("A username has %(min)s to %(max)s letters, digits or _ - . + characters.")
_WEAK = N_("The password does not meet the rules below.")
_EXISTS = N_("There is an account with that address or name already.")
_CLOSED = N_("New accounts are not open to everybody here.")
_OTHER_ADDRESS = N_("The invitation is for %(email)s. Use that address.")
_WISH = "sign_up"


class SignUp:
    """See ``step.PageStep``: another face of the sign-in step."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        registration: Registration,
        logins: LoginTransactions,
        pages: HostedPages,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._registration = registration
        self._logins = logins
        self._pages = pages
        self._clock = clock

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """The sign-up page with the connection's password rules; after a try, with their verdicts."""
        asked = found.transaction.asked
        connection = await asked_database(self._connections, context_of(request).tenant, found)
        if connection is None or not takes_new_accounts(found, connection):
            return self._closed(request, found)
        return self._pages.show(
            request,
            "login/signup.html",
            locale=asked.locale,
            form_targets=None,
            action=f"/u/signup?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            email=form.get("email", asked.login_hint if "@" in asked.login_hint else ""),
            username=form.get("username", ""),
            requires_username=connection.options.requires_username,
            policy=shown_rules(
                connection.options.policy(),
                form.get("password", ""),
                personal=personal(form.get("email", ""), form.get("username", ""), {}),
                words=partial(self._pages.text, asked.locale),
            ),
            error=error,
            login_url=f"/u/login?state={found.secret}",
            client_name=asked.client_name,
            organization=asked.organization.called if asked.organization else "",
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """An unverified account and a mail that verifies it; or only a mail, where there is one already."""
        context, words = context_of(request), partial(self._pages.text, found.transaction.asked.locale)
        connection = await asked_database(self._connections, context_of(request).tenant, found)
        if connection is None or not takes_new_accounts(found, connection):
            return self._closed(request, found)
        account = _read(words, connection.options, form)
        invited = found.transaction.asked.invited
        if normalised(invited) not in ("", normalised(account.email)):
            raise Refused(words(_OTHER_ADDRESS, email=invited))
        if just_mailed(found.transaction, _WISH, account.email, self._clock.now()):
            return self._sent(request, found, account)
        try:
            await self._register(context, found, connection, account)
        except Taken:
            raise Refused(words(_EXISTS)) from None
        except TooMany as error:
            raise too_often(error, words) from None
        except Unavailable as error:
            raise too_busy(error, words) from None
        except Unmatched:
            return await self._overtaken(request, found, account)
        return self._sent(request, found, account)

    async def _register(
        self, context: Context, found: Found, connection: Connection, account: NewAccount
    ) -> None:
        """The wish is remembered in the same unit, so that the same click is not granted twice."""
        noted = having_mailed(found.transaction, _WISH, account.email, self._clock.now())
        moved = self._logins.moved(context.tenant, noted)
        await self._registration.register(context, Asking.in_login(found), connection, account, also=(moved,))

    async def _overtaken(self, request: Request, found: Found, account: NewAccount) -> Response:
        """The same form was sent twice at once, or another tab moved on."""
        now = await self._logins.find(context_of(request).tenant, request, found.secret)
        if now.transaction and just_mailed(now.transaction, _WISH, account.email, self._clock.now()):
            return self._sent(request, found, account)
        return onward(found, self.step)

    def _sent(self, request: Request, found: Found, account: NewAccount) -> Response:
        return self._pages.show(
            request,
            "login/signup_sent.html",
            locale=found.transaction.asked.locale,
            email=account.email,
            login_url=f"/u/login?state={found.secret}",
        )

    def _closed(self, request: Request, found: Found) -> Response:
        return self._pages.error(
            request,
            title=N_("Sign-up is closed"),
            message=_CLOSED,
            status=403,
            back_url=f"/u/login?state={found.secret}",
            locale=found.transaction.asked.locale,
        )


def _read(words: Words, options: DatabaseOptions, form: Parameters) -> NewAccount:
    """What the form holds. Raises ``Refused``."""
    typed = {name: form.get(name, "").strip() for name in ("email", "username")}
    length = options.validation.username
    texts = {
        "email": words(_NOT_AN_EMAIL),
        "username": words(_BAD_USERNAME, min=length.min, max=length.max),
        "password": words(_WEAK),
    }
    try:
        return new_account(options, password=form.get("password", ""), **typed)
    except Unacceptable as error:
        raise Refused(texts[error.flaw]) from None
