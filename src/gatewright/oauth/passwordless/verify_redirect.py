"""``/passwordless/verify_redirect``: an authorization request that brings a mailed code along.

It passes every check of the authorization endpoint first; then the person signs in with the code, and the
request goes on as any other.
"""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.kernel.errors import Invalid
from gatewright.login import LoginTransactions
from gatewright.login.steps.email_link import EmailLink
from gatewright.oauth.answering import Answering
from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.errors import InvalidRequest, OAuthError
from gatewright.oauth.passwordless.asked import AskedByClient
from gatewright.oauth.question import Question
from gatewright.oauth.requests import LONGEST_VALUE, AuthorizationRequest, parked
from gatewright.oauth.shown import ShownErrors
from gatewright.users import email_identifier
from gatewright.web.context import context_of
from gatewright.web.parameters import Parameters, from_query


class VerifyRedirectEndpoint:
    """Answers ``GET /passwordless/verify_redirect`` (the wire §2.14), which links in mail lead to."""

    def __init__(
        self,
        *,
        asked: AskedByClient,
        authorize: AuthorizeEndpoint,
        answering: Answering,
        logins: LoginTransactions,
        link: EmailLink,
        shown: ShownErrors,
    ) -> None:
        self._asked = asked
        self._authorize = authorize
        self._answering = answering
        self._logins = logins
        self._link = link
        self._shown = shown

    async def __call__(self, request: Request) -> Response:
        """A page that asks whether to sign in as that person: a ``GET`` alone signs nobody in."""
        try:
            parameters = from_query(request)
        except Invalid as error:
            return await self._shown.page(request, error)
        return await self._authorize.answer(request, parameters, arrive=self._sign_in)

    async def _sign_in(
        self, request: Request, client: Client, parameters: Parameters, asked: AuthorizationRequest
    ) -> Response:
        """Begins a transaction for the request and offers to sign in. Raises ``OAuthError``."""
        tenant = context_of(request).tenant
        address, code = _needed(parameters, "email"), _needed(parameters, "verification_code")
        try:
            email_identifier(address)
        except Invalid as error:
            raise InvalidRequest(error.message) from None
        connection = await self._connection(request, client, parameters)
        wanted = self._answering.asked(request, Question(client, asked))
        secret, cookie = await self._logins.begin(
            tenant,
            request,
            msgspec.structs.replace(wanted, connection=connection, login_hint=address),
            begun_at="/authorize",
            return_to="/authorize/resume",
            request=parked(_as_parked(asked.parameters, connection, address), ""),
        )
        return await self._link.page(request, secret, cookie, code)

    async def _connection(self, request: Request, client: Client, parameters: Parameters) -> str:
        try:
            found = await self._asked.connection(context_of(request).tenant, client, parameters)
        except OAuthError as error:
            raise InvalidRequest(error.description) from None
        return found.name


def _as_parked(parameters: Mapping[str, str], connection: str, address: str) -> dict[str, str]:
    """The request as it goes on, and as it begins anew should the sign-in be lost."""
    return {**parameters, "connection": connection, "login_hint": address}


def _needed(parameters: Parameters, name: str) -> str:
    value: str = parameters.get(name, "")
    if not value:
        raise InvalidRequest(f"Missing required parameter: {name}")
    if len(value) > LONGEST_VALUE:
        raise InvalidRequest(f"{name} is longer than {LONGEST_VALUE} characters")
    return value
