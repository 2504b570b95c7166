"""Forgot your password? A link is mailed to the address, if it is somebody's.

The page says the same either way.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connection, Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.kernel.events import Bus
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unit, Unmatched
from gatewright.login.dispatch import Step
from gatewright.login.mailing import Addressee, Mailing, having_mailed, just_mailed
from gatewright.login.steps.step import Refused, asked_database, form_token, too_often
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import onward
from gatewright.protection import MAIL_TO_ADDRESS, RESET_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import PasswordChangeRequested, User, UserStore
from gatewright.users.identifiers import identifier, normalised
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
        users: UserStore,
        logins: LoginTransactions,
        mailing: Mailing,
        limiter: AttemptLimiter,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._users = users
        self._logins = logins
        self._mailing = mailing
        self._limiter = limiter
        self._pages = pages
        self._bus = bus
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
            await self._admit(context, typed)
            await self._request(context, found, typed)
        except TooMany as error:
            raise too_often(error, words) from None
        except Unmatched:
            return await self._overtaken(request, found, typed)
        self._mailing.sent()
        return self._sent(request, found, typed)

    async def _admit(self, context: Context, typed: str) -> None:
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        await self._limiter.admit(tenant_id, RESET_PER_IP, network, context.origin)
        await self._limiter.admit(tenant_id, MAIL_TO_ADDRESS, normalised(typed), context.origin)

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
        """One unit in either case, so that time tells nothing. Raises ``Unmatched``."""
        tenant, asked = context.tenant, found.transaction.asked
        connection = await asked_database(self._connections, tenant, found)
        user = await self._resettable(tenant.tenant_id, connection, typed)
        wished = having_mailed(found.transaction, _WISH, typed, self._clock.now())
        changes: Unit = (self._logins.moved(tenant, wished),)
        if user is not None and connection is not None:
            to = Addressee.of(found, user, connection.name)
            changes += self._mailing.link(tenant, "reset_password", to)
        event = PasswordChangeRequested(
            tenant_id=tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=asked.client_id,
            client_name=asked.client_name,
            connection=connection.name if connection else None,
            user_id=user.user_id if user else None,
            user_name=typed[:100],
        )
        await self._bus.commit(changes, event)

    async def _resettable(self, tenant_id: str, connection: Connection | None, typed: str) -> User | None:
        if connection is None or connection.options.disable_self_service_change_password:
            return None
        found = await self._users.credentials(tenant_id, connection.name, identifier(typed))
        if found is None or found.user.blocked or not found.user.email:
            return None
        return found.user
