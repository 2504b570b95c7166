"""The link that sets a new password. The ticket is the only key to it."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, Invalid, Unavailable
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unit, Unmatched
from gatewright.login import forms
from gatewright.login.mailing import Addressee, Mailing
from gatewright.login.password_rules import shown_rules
from gatewright.login.steps.mailed_link import MailedLinks, Opened, action_of
from gatewright.login.steps.step import NO_COOKIE, Refused, too_busy
from gatewright.login.store import TicketStore
from gatewright.login.way_back import WayBack
from gatewright.tenants import Tenant
from gatewright.users import PasswordChanged, PasswordHasher, PasswordPolicy, Users, UserStore
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_WEAK = N_("The password does not meet the rules below.")


class NewPassword:
    """``GET`` shows the form, ``POST`` sets the password; sessions and refresh tokens of before end."""

    def __init__(
        self,
        *,
        links: MailedLinks,
        tickets: TicketStore,
        users: Users,
        user_store: UserStore,
        hasher: PasswordHasher,
        connections: Connections,
        mailing: Mailing,
        way_back: WayBack,
        pages: HostedPages,
        clock: Clock,
    ) -> None:
        self._links = links
        self._tickets = tickets
        self._users = users
        self._user_store = user_store
        self._hasher = hasher
        self._connections = connections
        self._mailing = mailing
        self._way_back = way_back
        self._pages = pages
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """The form for a new password, with the connection's rules."""
        opened = await self._links.open(request, "reset_password", request.query_params.get("ticket", ""))
        if isinstance(opened, Response):
            return opened
        return await self._page(request, opened, typed="", error="")

    async def submit(self, request: Request) -> Response:
        """Sets the password, if it meets the rules; the ticket is spent in the same unit."""
        try:
            form = await forms.parse(request)
        except Invalid as error:
            return self._way_back.malformed(request, error)
        opened = await self._links.open(request, "reset_password", form.get("ticket", ""))
        if isinstance(opened, Response):
            return opened
        try:
            return await self._taken(request, opened, form)
        except Refused as refused:
            typed = form.get("password", "") if refused.message == _WEAK else ""
            return refused.mark(await self._page(request, opened, typed=typed, error=refused.message))

    async def _taken(self, request: Request, opened: Opened, form: Parameters) -> Response:
        if not forms.is_ours(request, form, opened.ticket.ticket_hash):
            raise Refused(NO_COOKIE)
        try:
            await self._set(context_of(request), opened, await self._hash(request, opened, form))
        except Unavailable as error:
            raise too_busy(error, str) from None  # the page translates
        except (Unmatched, Conflict):
            return await self._links.spent(request, opened)
        self._mailing.sent()
        if opened.ticket.result_url:
            return self._links.result(opened.ticket, N_("Your password is changed"))
        return self._pages.show(
            request,
            "login/new_password_done.html",
            locale=opened.ticket.locale,
            login_url=await self._links.way_on(request, opened.ticket),
        )

    async def _hash(self, request: Request, opened: Opened, form: Parameters) -> str:
        """The hash of the password that was typed, or the one that came with the ticket.

        Raises ``Refused`` for a password that breaks a rule.
        """
        if opened.ticket.password_hash:
            return opened.ticket.password_hash
        password, policy = form.get("password", ""), await self._policy(context_of(request).tenant, opened)
        if not policy.accepts(password, personal=_personal(opened)):
            raise Refused(_WEAK)
        return await self._hasher.hash(password)

    async def _set(self, context: Context, opened: Opened, password_hash: str) -> None:
        tenant_id, user_id, now = context.tenant.tenant_id, opened.user.user_id, self._clock.now()
        to = Addressee(user=opened.user, connection=opened.ticket.connection, locale=opened.ticket.locale)
        identity_id = opened.ticket.identity_id or opened.user.password_id(opened.ticket.connection)
        changes: Unit = (
            self._tickets.spend(tenant_id, opened.ticket.ticket_hash, now),
            self._tickets.void_others(tenant_id, user_id, "reset_password", now),
            self._user_store.set_password(tenant_id, identity_id, password_hash, now),
        )
        if opened.user.email:
            changes += (await self._mailing.notice(context.tenant, "password_changed", to),)
        event = PasswordChanged(
            tenant_id=tenant_id,
            at=now,
            origin=context.origin,
            user_id=user_id,
            user_name=opened.user.display_name,
            connection=opened.ticket.connection,
        )
        proved: dict[str, Any] = (
            {"email_verified": True} if opened.ticket.proves_address and opened.user.email else {}
        )
        await self._users.change(tenant_id, user_id, event, also=changes, last_password_reset=now, **proved)

    async def _page(self, request: Request, opened: Opened, *, typed: str, error: str) -> Response:
        rules = shown_rules(
            await self._policy(context_of(request).tenant, opened),
            typed,
            personal=_personal(opened),
            words=partial(self._pages.text, opened.ticket.locale),
        )
        return self._links.show(
            request,
            "login/new_password.html",
            opened,
            action=action_of(request),
            email=opened.ticket.email,
            is_chosen=bool(opened.ticket.password_hash),
            policy=rules,
            error=error,
        )

    async def _policy(self, tenant: Tenant, opened: Opened) -> PasswordPolicy:
        connection = await self._connections.by_name(tenant.tenant_id, opened.ticket.connection)
        return connection.options.policy() if connection else PasswordPolicy()


def _personal(opened: Opened) -> tuple[str, ...]:
    return (opened.user.email, opened.user.name, opened.user.username)
