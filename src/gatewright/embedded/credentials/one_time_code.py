"""Mailed codes, of the passwordless connection that ``realm`` names."""

from gatewright.clients import Client
from gatewright.connections import Connection, Connections
from gatewright.embedded.credentials.credential import refused, required
from gatewright.embedded.proof import Proven
from gatewright.login.one_time_code_proof import CodeAttempt, OneTimeCodeProof
from gatewright.login.password_proof import NotProved
from gatewright.oauth.errors import AccessDenied
from gatewright.users import Users
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class OneTimeCodeCredential:
    """See ``credential.Credential``. The code is spent in the unit that makes the ticket."""

    credential_type = "http://auth0.com/oauth/grant-type/passwordless/otp"

    def __init__(self, connections: Connections, proof: OneTimeCodeProof, users: Users) -> None:
        self._connections = connections
        self._proof = proof
        self._users = users

    async def prove(self, context: Context, client: Client, asked: Parameters) -> Proven:
        """Whoever the code ``otp`` for the address ``username`` proves; the address is verified by it.

        Raises ``AccessDenied``, ``Unauthorized``.
        """
        address, code = required(asked, "username"), required(asked, "otp")
        connection = await self._connection(context, client, required(asked, "realm"))
        attempt = CodeAttempt(
            client_id=client.client_id,
            client_name=client.name,
            connection=connection,
            address=address,
            code=code,
        )
        try:
            proved = await self._proof.prove(context, attempt)
        except NotProved as error:
            raise refused(error) from None
        verified = await self._users.verified(context.tenant.tenant_id, proved.user.user_id, address)
        return Proven(proved.user, connection.name, ("otp",), (proved.spent, *verified))

    async def _connection(self, context: Context, client: Client, realm: str) -> Connection:
        found = await self._connections.passwordless_of_client(
            context.tenant.tenant_id, client.client_id, wanted=realm
        )
        if found is None:
            raise AccessDenied(
                f"The connection {realm[:128]} was not found, is not passwordless, or is not enabled "
                "for this client (enabled_clients of the connection)."
            )
        return found
