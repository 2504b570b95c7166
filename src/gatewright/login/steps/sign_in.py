"""Identifier and password on one page."""

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatewright.connections import Connection, Connections, PasswordConnection
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, TooMany, Unavailable
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unmatched
from gatewright.login.dispatch import Step, next_step
from gatewright.login.events import LoginRefused, WrongPassword
from gatewright.login.sessions import SessionStart
from gatewright.login.steps.step import BUSY, Refused, asked_database, form_token, too_busy, too_often
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import NOTICES, onward
from gatewright.protection import PASSWORD, PASSWORD_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import User
from gatewright.users.identifiers import normalised
from gatewright.web.context import Context, context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_WRONG = N_("Wrong email or password.")
_BLOCKED = N_("This account is blocked. Please contact the administrator.")
_OTHER_ACCOUNT = N_("The application expects another account. Sign in with that one.")


class SignIn:
    """See ``step.PageStep``."""

    step: Step = "sign_in"

    def __init__(
        self,
        *,
        connections: Connections,
        passwords: PasswordConnection,
        start: SessionStart,
        logins: LoginTransactions,
        limiter: AttemptLimiter,
        pages: HostedPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._passwords = passwords
        self._start = start
        self._logins = logins
        self._limiter = limiter
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """The sign-in page, with a way to sign up and to reset where the connection has them."""
        asked = found.transaction.asked
        connection = await asked_database(self._connections, context_of(request).tenant, found)
        if connection is None:
            return self._no_connection(request, found)
        options = connection.options
        if found.transaction.wanted_signup and not options.disable_signup:
            return await self._signup_first(request, found)
        state = f"?state={found.secret}"
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
            signup_url="" if options.disable_signup else f"/u/signup{state}",
            reset_url="" if options.disable_self_service_change_password else f"/u/reset-password{state}",
            requires_username=options.requires_username,
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """A session for whoever the password proves; the same refusal for everybody else."""
        words = partial(self._pages.text, found.transaction.asked.locale)
        connection = await asked_database(self._connections, context_of(request).tenant, found)
        if connection is None:
            return self._no_connection(request, found)
        try:
            user = await self._proved(request, found, connection, form)
            moved, secret = await self._start.begin(
                request, found, user, connection=connection.name, amr=("pwd",)
            )
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
        typed, password = form.get("username", ""), form.get("password", "")
        subjects = await self._admit(context, connection, typed)
        user = await self._passwords.authenticate(context.tenant.tenant_id, connection, typed, password)
        if user is None:
            await self._tell(WrongPassword, context, found, connection, user_name=typed[:100])
            raise Refused(self._pages.text(asked.locale, _WRONG))
        await self._limiter.clear(context.tenant.tenant_id, PASSWORD, subjects[0])
        await self._limiter.give_back(context.tenant.tenant_id, PASSWORD_PER_IP, subjects[1])
        why = _why_refused(user, asked.subject)
        if why is not None:
            await self._tell(LoginRefused, context, found, connection, user_id=user.user_id, description=why)
            raise Refused(self._pages.text(asked.locale, why))
        return user

    async def _signup_first(self, request: Request, found: Found) -> Response:
        """Once: whoever comes back from the sign-up page wants to sign in."""
        await self._logins.note(context_of(request).tenant, found.transaction, wanted_signup=False)
        return RedirectResponse(f"/u/signup?state={found.secret}", 303, {"cache-control": "no-store"})

    async def _admit(self, context: Context, connection: Connection, typed: str) -> tuple[str, str]:
        """Counts the attempt before it is made, for the pair and for the address. Raises ``TooMany``."""
        network = network_of(context.origin.ip)
        pair = f"{connection.name} {normalised(typed)} {network}"
        if connection.options.brute_force_protection:
            await self._limiter.admit(context.tenant.tenant_id, PASSWORD, pair, context.origin)
        await self._limiter.admit(context.tenant.tenant_id, PASSWORD_PER_IP, network, context.origin)
        return pair, network

    async def _tell(
        self,
        kind: type[Event],
        context: Context,
        found: Found,
        connection: Connection,
        **who: str,
    ) -> None:
        asked = found.transaction.asked
        event = kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=asked.client_id,
            client_name=asked.client_name,
            connection=connection.name,
            **who,  # type: ignore[arg-type]
        )
        await self._bus.commit((), event)

    def _no_connection(self, request: Request, found: Found) -> Response:
        return self._pages.error(
            request,
            title=N_("Nobody can sign in here yet"),
            message=N_("The application has no connection that its users could come from."),
            facts=((N_("Application"), found.transaction.asked.client_name),),
            change=N_("Enable a connection for the application: add it to the connection's enabled_clients."),
            back_url=found.transaction.asked.home_url,
            locale=found.transaction.asked.locale,
        )


def _why_refused(user: User, expected: str) -> str | None:
    """Why whoever proved who they are may still not come in; ``expected`` is a user id, or empty."""
    if user.blocked:
        return _BLOCKED
    return _OTHER_ACCOUNT if expected not in ("", user.user_id) else None
