"""``/public/api/users/validate_userpassword``: is this the password? (the wire §2.13)

For applications of the legacy pipeline. It gives nothing but yes or no, and passes the same proof and the
same limits as every other door that takes a password. Unlike the vendor's it takes no password in an address.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.login.password_proof import PasswordAttempt, PasswordProof, PersonBlocked, WrongCredentials
from gatewright.selfservice.answers import json_answer, refusal
from gatewright.selfservice.applications import Applications
from gatewright.selfservice.errors import (
    BlockedPerson,
    MalformedRequest,
    TooManyAttempts,
    UnknownApplication,
    WrongPassword,
)
from gatewright.selfservice.fields import Fields, read_fields
from gatewright.web.context import context_of


class ValidateUserEndpoint:
    """Answers ``POST /public/api/users/validate_userpassword``."""

    def __init__(self, *, applications: Applications, proof: PasswordProof, clock: Clock) -> None:
        self._applications = applications
        self._proof = proof
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """200 when the password is the user's, 404 when it is not or there is no such user."""
        try:
            await self._prove(request, await read_fields(request))
        except WrongCredentials as error:
            return refusal(WrongPassword(error.message), now=self._clock.now())
        except PersonBlocked:
            return refusal(BlockedPerson("user is blocked"), now=self._clock.now())
        except GatewrightError as error:
            return refusal(error, now=self._clock.now(), too_many=TooManyAttempts)
        return json_answer({"valid": True})

    async def _prove(self, request: Request, fields: Fields) -> None:
        context = context_of(request)
        client = _legacy(await self._applications.named(request, fields.wanted("client_id")))
        connection = await self._applications.database(context.tenant, client, fields.wanted("connection"))
        identifier = fields.get("username") or fields.get("email")
        if not identifier:
            raise MalformedRequest("missing username parameter")
        attempt = PasswordAttempt(
            client_id=client.client_id,
            client_name=client.name,
            connection=connection,
            identifier=identifier,
            password=fields.wanted("password"),
        )
        await self._proof.prove(context, attempt)


def _legacy(client: Client) -> Client:
    if client.oidc_conformant:
        raise UnknownApplication(
            "This is for clients of the legacy pipeline; others get tokens for a password at /oauth/token."
        )
    return client
