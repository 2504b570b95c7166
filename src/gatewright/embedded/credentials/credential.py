"""The contract of a credential type: a kind of secret that a page may bring to ``/co/authenticate``."""

from typing import Protocol

from gatewright.clients import Client
from gatewright.embedded.proof import Proven
from gatewright.login.password_proof import NotProved, PersonBlocked
from gatewright.oauth.errors import AccessDenied, InvalidRequest, OAuthError, Unauthorized
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class Credential(Protocol):
    """``credential_type`` is the wire's name of it."""

    credential_type: str

    async def prove(self, context: Context, client: Client, asked: Parameters) -> Proven:
        """Whoever the secret among ``asked`` proves.

        It passes the attempt limiter, and whoever is wrong learns nothing else.
        Raises ``OAuthError``, or another error of the house that ``oauth.responses.refusal`` can tell.
        """
        ...


def required(asked: Parameters, name: str) -> str:
    """A parameter that has to be there. Raises ``InvalidRequest``."""
    value: str | None = asked.get(name)
    if value is None:
        raise InvalidRequest(f"Missing required parameter: {name}")
    return value


def refused(error: NotProved) -> OAuthError:
    """A proof that failed, in the words that the wire's libraries look for."""
    if isinstance(error, PersonBlocked):
        return Unauthorized("user is blocked")
    return AccessDenied(error.message)
