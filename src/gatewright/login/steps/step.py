"""The contract of a step, and what steps share: a page to show and a form to take.

No step knows another. Each changes the transaction and returns to the dispatcher.
"""

from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connection, Connections
from gatewright.kernel.errors import Invalid, TooMany, Unavailable
from gatewright.kernel.texts import N_
from gatewright.login import forms
from gatewright.login.browser import BrowserCookie
from gatewright.login.dispatch import Step, next_step
from gatewright.login.transactions import Found, Lost
from gatewright.login.way_back import WayBack, onward
from gatewright.tenants import Tenant
from gatewright.users import User
from gatewright.users.identifiers import normalised
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters


class PageStep(Protocol):
    """A step with a page of its own."""

    step: Step

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """The page; after a refused form, with the error and what was typed."""
        ...

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """What the person's answer leads to. Raises ``Refused`` to show the page again."""
        ...


class Refused(Exception):
    """What the person typed is not accepted; ``message`` is for them, in their language.

    ``retry_after`` seconds are given where the same form may be accepted later.
    """

    def __init__(self, message: str, *, status: int = 400, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.retry_after = retry_after

    def mark(self, response: Response) -> Response:
        """``response`` as the answer to a refused form (RFC 6585 §4, RFC 9110 §15.6.4)."""
        response.status_code = self.status
        if self.retry_after is not None:
            response.headers["retry-after"] = str(self.retry_after)
        return response


class StepPage:
    """The two endpoints of a step: show and submit."""

    def __init__(self, step: PageStep, way_back: WayBack) -> None:
        self._step = step
        self._way_back = way_back

    async def show(self, request: Request) -> Response:
        """The page, or wherever the transaction really is."""
        found = await self._way_back.resumed(request)
        if isinstance(found, Response):
            return found
        due = next_step(found.transaction)
        if due != self._step.step:
            return onward(found, due)
        return await self._step.page(request, found, form=Parameters({}), error="")

    async def submit(self, request: Request) -> Response:
        """Takes the form; what is malformed is answered by the page itself."""
        try:
            form = await forms.parse(request)
        except Invalid as error:
            return self._way_back.malformed(request, error)
        found = await self._way_back.found(request, form.get("state"))
        if isinstance(found, Response):
            return found
        if not forms.is_ours(request, form, found.transaction.transaction_hash):
            return self._way_back.lost(request, Lost("no_cookie", found.transaction))
        due = next_step(found.transaction)
        if due != self._step.step:
            return onward(found, due)
        try:
            return await self._step.take(request, found, form)
        except Refused as refused:
            return refused.mark(await self._step.page(request, found, form=form, error=refused.message))


def form_token(request: Request, purpose: str) -> str:
    """The token for a form on a page that this browser is being shown."""
    tenant = context_of(request).tenant
    return BrowserCookie.of(request, secure=tenant.is_https).form_token(purpose)


def too_often(error: TooMany, words: Callable[[str], str]) -> Refused:
    """The refusal for an attempt limit; ``words`` translates."""
    return Refused(words(TOO_MANY), status=429, retry_after=error.retry_after)


def too_busy(error: Unavailable, words: Callable[[str], str]) -> Refused:
    """The refusal for a full password hasher; ``words`` translates."""
    return Refused(words(BUSY), status=503, retry_after=error.retry_after)


TOO_MANY = N_("Too many attempts. Try again in a few minutes.")
BUSY = N_("Many people are signing in right now. Try again in a moment.")
NO_COOKIE = N_("Your browser did not send our cookie along. Allow cookies for this site, then try again.")
"""Said by more than one step."""


OTHER_ACCOUNT = N_("The application expects another account. Sign in with that one.")


async def asked_passwordless(connections: Connections, tenant: Tenant, found: Found) -> Connection | None:
    """The passwordless connection of the request's client; ``None`` when it has none."""
    asked = found.transaction.asked
    return await connections.passwordless_of_client(
        tenant.tenant_id, asked.client_id, wanted=asked.connection, among=_among(found)
    )


def no_connection(pages: HostedPages, request: Request, found: Found) -> Response:
    """The page for people of an application that nobody can sign in to."""
    organization = found.transaction.asked.organization
    change = N_("Enable a connection for the application: add it to the connection's enabled_clients.")
    facts: tuple[tuple[str, str], ...] = ((N_("Application"), found.transaction.asked.client_name),)
    if organization is not None:
        change = N_("Enable one of the application's connections for the organization.")
        facts += ((N_("Organization"), organization.called),)
    return pages.error(
        request,
        title=N_("Nobody can sign in here yet"),
        message=N_("The application has no connection that its users could come from."),
        facts=facts,
        change=change,
        back_url=found.transaction.asked.home_url,
        locale=found.transaction.asked.locale,
    )


async def asked_database(connections: Connections, tenant: Tenant, found: Found) -> Connection | None:
    """The database that the request's client signs in with; ``None`` when it has none."""
    asked = found.transaction.asked
    default = tenant.settings.default_directory
    return await connections.database_of_client(
        tenant.tenant_id,
        asked.client_id,
        wanted=asked.connection,
        default=default,
        among=_among(found),
    )


def takes_new_accounts(found: Found, connection: Connection) -> bool:
    """Whether the page of the ``connection`` offers to sign up.

    To the invited always; for an organization, where both it and the connection say so.
    """
    asked = found.transaction.asked
    is_open = not connection.options.disable_signup
    if asked.organization is not None:
        is_open = is_open and connection.name in asked.organization.signup
    return is_open or bool(asked.invited)


def is_expected(found: Found, user: User) -> bool:
    """Whether ``user`` is whom the request names, if it names anybody."""
    asked = found.transaction.asked
    is_subject = asked.subject in ("", user.user_id)
    return is_subject and normalised(asked.invited) in ("", normalised(user.email))


def _among(found: Found) -> tuple[str, ...] | None:
    """The connections that the organization's people come from; ``None`` where none was asked for."""
    organization = found.transaction.asked.organization
    return None if organization is None else organization.connections
