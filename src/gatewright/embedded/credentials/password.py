"""Passwords: of the tenant's default directory, or of the database that ``realm`` names."""

from gatewright.clients import Client
from gatewright.embedded.credentials.credential import refused, required
from gatewright.embedded.proof import Passwords, Proven
from gatewright.login.password_proof import NotProved
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class PasswordCredential:
    """See ``credential.Credential``: without a realm."""

    credential_type = "password"

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    async def prove(self, context: Context, client: Client, asked: Parameters) -> Proven:
        """Whoever ``username`` and ``password`` name. Raises ``AccessDenied``, ``Unauthorized``."""
        username, password = required(asked, "username"), required(asked, "password")
        try:
            return await self._passwords.prove(
                context, client, realm=self._realm(asked), username=username, password=password
            )
        except NotProved as error:
            raise refused(error) from None

    def _realm(self, asked: Parameters) -> str:
        return ""


class PasswordRealmCredential(PasswordCredential):
    """The same for people of the database that ``realm`` names."""

    credential_type = "http://auth0.com/oauth/grant-type/password-realm"

    def _realm(self, asked: Parameters) -> str:
        return required(asked, "realm")
