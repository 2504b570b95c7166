"""Forgot your password? A link is mailed to the address, if it is somebody's.

The page says the same either way.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connection, Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.kernel.events import Bus
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unit
from gatewright.login.dispatch import Step
from gatewright.login.mailing import Addressee, Mailing
from gatewright.login.steps.step import TOO_MANY, Refused, form_token
from gatewright.login.transactions import Found
from gatewright.protection import MAIL_TO_ADDRESS, RESET_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import PasswordChangeRequested, User, UserStore
from gatewright.users.identifiers import identifier, normalised
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_MISSING = N_("Enter your e-mail address.")


class RequestReset:
    """See ``step.PageStep``: another face of the sign-in step."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        users: UserStore,
        mailing: Mailing,
        limiter: AttemptLimiter,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._users = users
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
            status=400 if error else 200,
            action="/u/reset-password",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            email=form.get("email", asked.login_hint),
            error=error,
            login_url=f"/u/login?state={found.secret}",
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """Mails the link, or does not, and answers the same."""
        context, locale = context_of(request), found.transaction.asked.locale
        typed = form.get("email", "").strip()
        if not typed:
            raise Refused(self._pages.text(locale, _MISSING))
        try:
            network = network_of(context.origin.ip)
            await self._limiter.admit(context.tenant.tenant_id, RESET_PER_IP, network, context.origin)
            await self._limiter.admit(
                context.tenant.tenant_id, MAIL_TO_ADDRESS, normalised(typed), context.origin
            )
        except TooMany:
            raise Refused(self._pages.text(locale, TOO_MANY)) from None
        await self._request(context, found, typed)
        return self._pages.show(
            request,
            "login/reset_sent.html",
            locale=locale,
            email=typed,
            login_url=f"/u/login?state={found.secret}",
        )

    async def _request(self, context: Context, found: Found, typed: str) -> None:
        """One unit in either case, so that time tells nothing."""
        tenant, asked = context.tenant, found.transaction.asked
        connection = await self._connections.database_of_client(
            tenant.tenant_id,
            asked.client_id,
            wanted=asked.connection,
            default=tenant.settings.default_directory,
        )
        user = await self._resettable(tenant.tenant_id, connection, typed)
        changes: Unit = ()
        if user is not None and connection is not None:
            to = Addressee(
                user=user,
                connection=connection.name,
                locale=asked.locale,
                client_id=asked.client_id,
                client_name=asked.client_name,
                state=found.secret,
            )
            changes = self._mailing.link(tenant, "reset_password", to)
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
        self._mailing.sent()

    async def _resettable(self, tenant_id: str, connection: Connection | None, typed: str) -> User | None:
        if connection is None or connection.options.disable_self_service_change_password:
            return None
        found = await self._users.credentials(tenant_id, connection.name, identifier(typed))
        if found is None or found.user.blocked or not found.user.email:
            return None
        return found.user
