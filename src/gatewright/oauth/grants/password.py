"""A person's password becomes tokens at once, without a page (RFC 6749 §4.3).

The application sees the password, so RFC 9700 §2.4 advises against it: a client has it only by listing it.
"""

from gatewright.clients import Client
from gatewright.connections import Connection, Connections
from gatewright.kernel.events import Event
from gatewright.login.password_proof import (
    NotProved,
    PasswordAttempt,
    PasswordProof,
    PersonBlocked,
    WrongCredentials,
    proof_holds,
)
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.events import PasswordExchanged, PasswordExchangeFailed
from gatewright.oauth.grants.grant import required
from gatewright.oauth.grants.without_page import Asked, Proved, WithoutPage, refusal
from gatewright.oauth.vocabulary import PASSWORD, PASSWORD_REALM
from gatewright.tenants import Tenant
from gatewright.users import User, Users
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class PasswordGrant:
    """See ``grant.Grant``: for people of the tenant's default directory."""

    grant_type = PASSWORD
    failed: type[Event] = PasswordExchangeFailed

    def __init__(
        self, *, connections: Connections, proof: PasswordProof, users: Users, without_page: WithoutPage
    ) -> None:
        self._connections = connections
        self._proof = proof
        self._users = users
        self._without_page = without_page

    async def authorize(self, context: Context, client: Client, request: Parameters) -> Authorization:
        """Tokens for whoever the password proves; without ``scope``, those of ``openid``."""
        username, password = required(request, "username"), required(request, "password")
        asked = await self._asked(context.tenant, client, request)
        attempt = PasswordAttempt(
            client_id=client.client_id,
            client_name=client.name,
            connection=asked.connection,
            identifier=username,
            password=password,
        )
        try:
            user = await self._proof.prove(context, attempt)
        except NotProved as error:
            raise refusal(error) from None
        return await self._accepted(context, client, asked, user)

    async def lost_race(
        self, context: Context, client: Client, request: Parameters, lost: Authorization
    ) -> Authorization:
        """The user was changed since the password was compared: what that proved must hold of them still."""
        assert lost.user is not None, "a password proves a user"
        newest = await self._users.get(context.tenant.tenant_id, lost.user.user_id)
        if newest is None or newest.blocked:
            raise refusal(PersonBlocked())
        if not proof_holds(lost.user, newest):
            raise refusal(WrongCredentials())
        asked = await self._asked(context.tenant, client, request)
        return await self._accepted(context, client, asked, newest)

    async def _asked(self, tenant: Tenant, client: Client, request: Parameters) -> Asked:
        database = await self._database(tenant, client, request)
        return await self._without_page.asked(tenant, client, request, database)

    async def _database(self, tenant: Tenant, client: Client, request: Parameters) -> Connection:
        """Raises ``NoDatabase``."""
        return await self._connections.default_database(
            tenant.tenant_id, client.client_id, tenant.settings.default_directory
        )

    async def _accepted(self, context: Context, client: Client, asked: Asked, user: User) -> Authorization:
        proved = Proved(user=user, amr=("pwd",), event=PasswordExchanged, gty="password")
        return await self._without_page.accepted(context, client, asked, proved)


class PasswordRealmGrant(PasswordGrant):
    """The same for people of the connection that ``realm`` names, or else of the client's one database."""

    grant_type = PASSWORD_REALM

    async def _database(self, tenant: Tenant, client: Client, request: Parameters) -> Connection:
        realm = request.get("realm")
        if realm is None:
            return await self._connections.only_database(tenant.tenant_id, client.client_id)
        return await self._connections.database_called(tenant.tenant_id, client.client_id, realm)
