"""A new account. What is answered does not tell whether the address had one already: the mail does."""

from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connection, Connections, DatabaseOptions
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, Invalid, TooMany, Unavailable
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Change, Unmatched
from gatewright.login.dispatch import Step
from gatewright.login.mailing import Addressee, Mailing, having_mailed, just_mailed
from gatewright.login.password_rules import Words, shown_rules
from gatewright.login.steps.step import Refused, asked_database, form_token, too_busy, too_often
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import onward
from gatewright.protection import MAIL_TO_ADDRESS, SIGNUP_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import (
    Identifier,
    PasswordHasher,
    SignupFailed,
    User,
    Users,
    UserSignedUp,
    UserStore,
    email_identifier,
    username_identifier,
)
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_NOT_AN_EMAIL = N_("That is not an e-mail address.")
_BAD_USERNAME = N_("A username has %(min)s to %(max)s letters, digits or _ - . + characters.")
_WEAK = N_("The password does not meet the rules below.")
_EXISTS = N_("There is an account with that address or name already.")
_CLOSED = N_("New accounts are not open to everybody here.")
_WISH = "sign_up"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a person typed, found good."""

    email: str
    username: str
    identifiers: tuple[Identifier, ...]
    password: str


class SignUp:
    """See ``step.PageStep``: another face of the sign-in step."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        users: Users,
        user_store: UserStore,
        hasher: PasswordHasher,
        logins: LoginTransactions,
        mailing: Mailing,
        limiter: AttemptLimiter,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._users = users
        self._user_store = user_store
        self._hasher = hasher
        self._logins = logins
        self._mailing = mailing
        self._limiter = limiter
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """The sign-up page with the connection's password rules; after a try, with their verdicts."""
        asked = found.transaction.asked
        connection = await asked_database(self._connections, context_of(request).tenant, found)
        if connection is None or connection.options.disable_signup:
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
                personal=_personal(form),
                words=partial(self._pages.text, asked.locale),
            ),
            error=error,
            login_url=f"/u/login?state={found.secret}",
            client_name=asked.client_name,
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """An unverified account and a mail that verifies it; or only a mail, where there is one already."""
        context, words = context_of(request), partial(self._pages.text, found.transaction.asked.locale)
        connection = await asked_database(self._connections, context_of(request).tenant, found)
        if connection is None or connection.options.disable_signup:
            return self._closed(request, found)
        account = self._read(words, connection.options, form)
        if just_mailed(found.transaction, _WISH, account.email, self._clock.now()):
            return self._sent(request, found, account)
        try:
            await self._admit(context, account)
            password_hash = await self._hasher.hash(account.password)
            await self._sign_up(context, found, connection, account, password_hash)
        except TooMany as error:
            raise too_often(error, words) from None
        except Unavailable as error:
            raise too_busy(error, words) from None
        except Unmatched:
            return await self._overtaken(request, found, account)
        self._mailing.sent()
        return self._sent(request, found, account)

    async def _admit(self, context: Context, account: NewAccount) -> None:
        """Counts mail to the address whether or not it has an account, so that the limit tells nothing."""
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        await self._limiter.admit(tenant_id, SIGNUP_PER_IP, network, context.origin)
        await self._limiter.admit(tenant_id, MAIL_TO_ADDRESS, account.identifiers[0].value, context.origin)

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

    def _read(self, words: Words, options: DatabaseOptions, form: Parameters) -> NewAccount:
        email, username = form.get("email", "").strip(), form.get("username", "").strip()
        password, length = form.get("password", ""), options.validation.username
        try:
            identifiers: tuple[Identifier, ...] = (email_identifier(email),)
        except Invalid:
            raise Refused(words(_NOT_AN_EMAIL)) from None
        if options.requires_username:
            try:
                name = username_identifier(username, shortest=length.min, longest=length.max)
            except Invalid:
                raise Refused(words(_BAD_USERNAME, min=length.min, max=length.max)) from None
            identifiers += (name,)
        if not options.policy().accepts(password, personal=_personal(form)):
            raise Refused(words(_WEAK))
        return NewAccount(email, username if options.requires_username else "", identifiers, password)

    async def _sign_up(
        self, context: Context, found: Found, connection: Connection, account: NewAccount, password_hash: str
    ) -> None:
        user = self._users.database_user(connection.name, email=account.email, username=account.username)
        link = self._mailing.link(context.tenant, "verify_email", Addressee.of(found, user, connection.name))
        event = self._told(UserSignedUp, context, found, connection, user)
        try:
            await self._users.add(
                context.tenant.tenant_id,
                user,
                account.identifiers,
                password_hash,
                event,
                also=(*link, self._noted(context, found, account)),
            )
        except Conflict:
            await self._exists(context, found, connection, account)

    async def _exists(
        self, context: Context, found: Found, connection: Connection, account: NewAccount
    ) -> None:
        """Tells the owner of the address by mail, and nobody else, unless the tenant wants it said."""
        tenant, locale = context.tenant, found.transaction.asked.locale
        known = await self._user_store.credentials(tenant.tenant_id, connection.name, account.identifiers[0])
        is_open = tenant.settings.flags.enable_public_signup_user_exists_error or known is None
        if is_open or known is None:  # a username is public, so a taken one is always said
            await self._limiter.give_back(tenant.tenant_id, MAIL_TO_ADDRESS, account.identifiers[0].value)
            event = self._told(SignupFailed, context, found, connection, None)
            await self._bus.commit((), event)
            raise Refused(self._pages.text(locale, _EXISTS))
        to = Addressee.of(found, known.user, connection.name)
        event = self._told(SignupFailed, context, found, connection, known.user)
        notice = self._mailing.notice(tenant, "account_exists", to)
        await self._bus.commit((self._noted(context, found, account), notice), event)

    def _noted(self, context: Context, found: Found, account: NewAccount) -> Change:
        """The change that remembers the wish, so that the same click is not granted twice."""
        noted = having_mailed(found.transaction, _WISH, account.email, self._clock.now())
        return self._logins.moved(context.tenant, noted)

    def _told(
        self,
        kind: type[Event],
        context: Context,
        found: Found,
        connection: Connection,
        user: User | None,
    ) -> Event:
        asked = found.transaction.asked
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=asked.client_id,
            client_name=asked.client_name,
            connection=connection.name,
            user_id=user.user_id if user else None,
            user_name=user.display_name if user else None,
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


def _personal(form: Parameters) -> tuple[str, ...]:
    return (form.get("email", ""), form.get("username", ""))
