"""``/dbconnections/signup``: an account by an application's own form (the wire §2.13).

Whether the address had one already is not told; ``docs/decisions/0013-signup-of-own-forms.md`` says why.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connection
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.login.registration import NewAccount, Registration, Taken, Unacceptable, new_account, personal
from gatewright.selfservice.answers import json_answer, refusal
from gatewright.selfservice.applications import Applications
from gatewright.selfservice.errors import InvalidSignUp, UserExists, UsernameExists
from gatewright.selfservice.fields import Fields, read_fields
from gatewright.selfservice.password_verdict import weakness
from gatewright.selfservice.profile import read_profile
from gatewright.users import User
from gatewright.web.context import context_of


class SignUpEndpoint:
    """Answers ``POST /dbconnections/signup``."""

    def __init__(self, *, applications: Applications, registration: Registration, clock: Clock) -> None:
        self._applications = applications
        self._registration = registration
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """An unverified account and a mail that verifies it; the same answer where there is one already."""
        try:
            fields = await read_fields(request)
            return json_answer(await self._signed_up(request, fields))
        except GatewrightError as error:
            return refusal(error, now=self._clock.now())

    async def _signed_up(self, request: Request, fields: Fields) -> dict[str, object]:
        context = context_of(request)
        client = await self._applications.named(request, fields.wanted("client_id"))
        connection = await self._applications.database(context.tenant, client, fields.wanted("connection"))
        if connection.options.disable_signup:
            raise InvalidSignUp("public signup is disabled")
        account = _account(connection, fields)
        asking = self._applications.asking(request, client)
        try:
            user = await self._registration.register(context, asking, connection, account)
        except Taken as error:
            raise _taken(error) from None
        return _answer(account, user)


def _account(connection: Connection, fields: Fields) -> NewAccount:
    """What was typed. Raises ``InvalidSignUp``, ``WeakPassword``, ``MalformedRequest``."""
    options, profile = connection.options, read_profile(fields)
    typed = {name: fields.get(name) for name in ("email", "username")}
    password = fields.get("password")
    try:
        return new_account(options, password=password, profile=profile, **typed)
    except Unacceptable as error:
        if error.flaw == "password":
            raise weakness(options.policy(), password, personal(**typed, profile=profile)) from None
        if error.flaw == "email":
            raise InvalidSignUp("Invalid sign up: email is no e-mail address") from None
        length = options.validation.username
        raise InvalidSignUp(
            f"Invalid sign up: username has not {length.min} to {length.max} letters, digits or _ - . +"
        ) from None


def _taken(error: Taken) -> UserExists | UsernameExists:
    if error.what == "username":
        return UsernameExists("The username has been taken.")
    return UserExists("The user already exists.")


def _answer(account: NewAccount, user: User | None) -> dict[str, object]:
    """Made of what was sent, and of an id that is the new user's, or nobody's where there was one already."""
    subject = user.identities[0].user_id if user else ids.hexadecimal()
    told: dict[str, object] = {"_id": subject, "email": account.email, "email_verified": False}
    if account.username:
        told["username"] = account.username
    return {**told, **account.profile}
