"""May this application have that?"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gatewright.consents import Consent, ConsentStore
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unit, Unmatched
from gatewright.login.dispatch import Step, next_step
from gatewright.login.events import ConsentGiven, ConsentRefused
from gatewright.login.steps.step import form_token
from gatewright.login.transaction import ConsentAsked, LoginTransaction
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import onward
from gatewright.users import Users
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters


class GiveConsent:
    """See ``step.PageStep``."""

    step: Step = "consent"

    def __init__(
        self,
        *,
        consents: ConsentStore,
        users: Users,
        logins: LoginTransactions,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._consents = consents
        self._users = users
        self._logins = logins
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """What the application wants, in the words of the scopes."""
        transaction = found.transaction
        user = await self._users.get(context_of(request).tenant.tenant_id, transaction.user_id)
        asked, wanted = transaction.asked, _wanted(transaction)
        return self._pages.show(
            request,
            "login/consent.html",
            locale=asked.locale,
            form_targets=None,
            action=f"/u/consent?state={found.secret}",
            csrf=form_token(request, transaction.transaction_hash),
            state=found.secret,
            client_name=asked.client_name,
            client_logo=asked.client_logo,
            policy_url=asked.policy_url,
            tos_url=asked.tos_url,
            account=user.display_name if user else "",
            scopes=[(value, self._pages.text(asked.locale, words)) for value, words in wanted.scopes],
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """Remembers the consent, or that it was refused; only ``accept`` accepts."""
        context, transaction = context_of(request), found.transaction
        accepted = form.get("action") == "accept"
        moved = msgspec.structs.replace(transaction, consented=accepted, denied=not accepted)
        changes: Unit = (self._logins.moved(context.tenant, moved),)
        if accepted:
            changes += await self._remembered(context, transaction)
        try:
            await self._bus.commit(changes, self._told(context, transaction, accepted=accepted))
        except Unmatched:
            return onward(found, self.step)
        return onward(Found(found.secret, moved), next_step(moved))

    async def _remembered(self, context: Context, transaction: LoginTransaction) -> Unit:
        """Adds to what was allowed before."""
        tenant_id, wanted = context.tenant.tenant_id, _wanted(transaction)
        place = (transaction.user_id, transaction.asked.client_id, wanted.audience)
        before = await self._consents.get(tenant_id, *place)
        consent = Consent(
            user_id=place[0],
            client_id=place[1],
            audience=place[2],
            scopes=wanted.values | (before.scopes if before else frozenset()),
            granted_at=self._clock.now(),
        )
        return (self._consents.put(tenant_id, consent),)

    def _told(self, context: Context, transaction: LoginTransaction, *, accepted: bool) -> Event:
        wanted = _wanted(transaction)
        kind = ConsentGiven if accepted else ConsentRefused
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=transaction.asked.client_id,
            client_name=transaction.asked.client_name,
            user_id=transaction.user_id,
            audience=wanted.audience or None,
            scope=" ".join(sorted(wanted.values)),
            description="Consent given" if accepted else "Consent refused",
        )


def _wanted(transaction: LoginTransaction) -> ConsentAsked:
    assert transaction.asked.consent is not None, "the dispatcher sends here only those who are asked"
    return transaction.asked.consent
