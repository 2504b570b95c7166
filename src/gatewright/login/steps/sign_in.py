"""Identifier and password on one page."""

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatewright.connections import Connection, Connections
from gatewright.kernel.errors import Conflict, TooMany, Unavailable
from gatewright.kernel.units import Unmatched
from gatewright.login.dispatch import Step, next_step
from gatewright.login.password_proof import NotProved, PasswordAttempt, PasswordProof
from gatewright.login.sessions import SessionStart
from gatewright.login.steps.ask_code import ASK_CODE
from gatewright.login.steps.step import (
    BUSY,
    OTHER_ACCOUNT,
    Refused,
    asked_database,
    asked_passwordless,
    form_token,
    is_expected,
    no_connection,
    takes_new_accounts,
    too_busy,
    too_often,
)
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import NOTICES, onward
from gatewright.users import User
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters


class SignIn:
    """See ``step.PageStep``."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        proof: PasswordProof,
        start: SessionStart,
        logins: LoginTransactions,
        pages: HostedPages,
    ) -> None:
        self._connections = connections
        self._proof = proof
        self._start = start
        self._logins = logins
        self._pages = pages

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """The sign-in page, with ways to sign up, to reset and to sign in by mail where there are such."""
        asked = found.transaction.asked
        tenant, state = context_of(request).tenant, f"?state={found.secret}"
        by_mail = await asked_passwordless(self._connections, tenant, found)
        connection = await asked_database(self._connections, tenant, found)
        if connection is None and by_mail is not None:
            return RedirectResponse(f"{ASK_CODE}{state}", 303, {"cache-control": "no-store"})
        if connection is None:
            return no_connection(self._pages, request, found)
        options, is_open = connection.options, takes_new_accounts(found, connection)
        if found.transaction.wanted_signup and is_open:
            return await self._signup_first(request, found)
        return self._pages.show(
            request,
            "login/login.html",
            locale=asked.locale,
            form_targets=None,
            action=f"/u/login?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            username=form.get("username", asked.login_hint),
            error=error,
            notice="" if error else NOTICES.get(asked.restarted, ""),
            client_name=asked.client_name,
            client_logo=asked.client_logo,
            policy_url=asked.policy_url,
            tos_url=asked.tos_url,
            organization=asked.organization.called if asked.organization else "",
            signup_url=f"/u/signup{state}" if is_open else "",
            reset_url="" if options.disable_self_service_change_password else f"/u/reset-password{state}",
            code_url=f"{ASK_CODE}{state}" if by_mail else "",
            requires_username=options.requires_username,
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """A session for whoever the password proves; the same refusal for everybody else."""
        words = partial(self._pages.text, found.transaction.asked.locale)
        connection = await asked_database(self._connections, context_of(request).tenant, found)
        if connection is None:
            return no_connection(self._pages, request, found)
        try:
            user = await self._proved(request, found, connection, form)
            moved, secret = await self._start.begin(
                request, found, user, connection=connection.name, amr=("pwd",)
            )
        except NotProved as error:
            raise Refused(words(error.message)) from None
        except TooMany as error:
            raise too_often(error, words) from None
        except Unavailable as error:
            raise too_busy(error, words) from None
        except Conflict:  # removed since the password was compared, or signing in everywhere at once
            raise Refused(words(BUSY), status=503, retry_after=1) from None
        except Unmatched:
            return onward(found, self.step)
        response = onward(moved, next_step(moved.transaction))
        self._start.write_cookie(response, context_of(request).tenant, secret)
        return response

    async def _proved(self, request: Request, found: Found, connection: Connection, form: Parameters) -> User:
        context, asked = context_of(request), found.transaction.asked
        attempt = PasswordAttempt(
            client_id=asked.client_id,
            client_name=asked.client_name,
            connection=connection,
            identifier=form.get("username", ""),
            password=form.get("password", ""),
        )
        user = await self._proof.prove(context, attempt)
        if not is_expected(found, user):
            await self._proof.refused(context, attempt, user, OTHER_ACCOUNT)
            raise NotProved(OTHER_ACCOUNT)
        return user

    async def _signup_first(self, request: Request, found: Found) -> Response:
        """Once: whoever comes back from the sign-up page wants to sign in."""
        await self._logins.note(context_of(request).tenant, found.transaction, wanted_signup=False)
        return RedirectResponse(f"/u/signup?state={found.secret}", 303, {"cache-control": "no-store"})
