"""The contract of a step, and what steps share: a page to show and a form to take.

No step knows another. Each changes the transaction and returns to the dispatcher.
"""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.errors import Invalid
from gatewright.kernel.texts import N_
from gatewright.login import forms
from gatewright.login.browser import BrowserCookie
from gatewright.login.dispatch import Step, next_step
from gatewright.login.transactions import Found, Lost
from gatewright.login.way_back import WayBack, onward
from gatewright.web.context import context_of
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
    """What the person typed is not accepted; ``message`` is for them, in their language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StepPage:
    """The two endpoints of a step: show and submit."""

    def __init__(self, step: PageStep, way_back: WayBack) -> None:
        self._step = step
        self._way_back = way_back

    async def show(self, request: Request) -> Response:
        """The page, or wherever the transaction really is."""
        found = await self._way_back.found(request, request.query_params.get("state"))
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
            return await self._step.page(request, found, form=form, error=refused.message)


def form_token(request: Request, purpose: str) -> str:
    """The token for a form on a page that this browser is being shown."""
    tenant = context_of(request).tenant
    return BrowserCookie.of(request, secure=tenant.is_https).form_token(purpose)


WRONG_PASSWORD = N_("Wrong email or password.")
TOO_MANY = N_("Too many attempts. Try again in a few minutes.")
BLOCKED = N_("This account is blocked. Please contact the administrator.")
"""Said by more than one step."""
