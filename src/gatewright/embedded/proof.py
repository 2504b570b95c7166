"""What a page of the application proves of a person, whichever kind of secret it brought."""

from dataclasses import dataclass

from gatewright.clients import Client
from gatewright.connections import Connections
from gatewright.kernel.units import Unit
from gatewright.login.password_proof import PasswordAttempt, PasswordProof
from gatewright.users import User
from gatewright.web.context import Context


@dataclass(frozen=True, slots=True)
class Proven:
    """Who it is, from which connection, and by which methods (RFC 8176).

    ``changes`` use up what proved it; they belong into the unit of what is given for it.
    """

    user: User
    connection: str
    amr: tuple[str, ...]
    changes: Unit = ()


class Passwords:
    """Proves people by a password that somebody else's page asked for."""

    def __init__(self, connections: Connections, proof: PasswordProof) -> None:
        self._connections = connections
        self._proof = proof

    async def prove(
        self, context: Context, client: Client, *, realm: str, username: str, password: str
    ) -> Proven:
        """Whoever the password proves at the database called ``realm``.

        An empty realm means the tenant's default directory, or the client's one database where there is none.
        Raises ``NoDatabase``, and all that ``PasswordProof.prove`` raises.
        """
        tenant, client_id = context.tenant, client.client_id
        realm = realm or tenant.settings.default_directory
        if realm:
            connection = await self._connections.database_called(tenant.tenant_id, client_id, realm)
        else:
            connection = await self._connections.only_database(tenant.tenant_id, client_id)
        attempt = PasswordAttempt(
            client_id=client_id,
            client_name=client.name,
            connection=connection,
            identifier=username,
            password=password,
        )
        return Proven(await self._proof.prove(context, attempt), connection.name, ("pwd",))
