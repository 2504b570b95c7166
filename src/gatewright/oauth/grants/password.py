"""A person's password becomes tokens at once, without a page (RFC 6749 §4.3).

The application sees the password, so RFC 9700 §2.4 advises against it: a client has it only by listing it.
No session begins, and nobody can be asked for anything.
"""

from dataclasses import dataclass

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.connections import Connection, Connections
from gatewright.consents import ConsentStore
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Event
from gatewright.login.password_proof import (
    NotProved,
    PasswordAttempt,
    PasswordProof,
    PersonBlocked,
    WrongCredentials,
    proof_holds,
)
from gatewright.oauth.access import Access
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import ConsentRequired, InvalidGrant
from gatewright.oauth.events import PasswordExchanged, PasswordExchangeFailed
from gatewright.oauth.families import Families, obtainable
from gatewright.oauth.grants.grant import required
from gatewright.oauth.model import Grant
from gatewright.oauth.policy import is_trusted
from gatewright.oauth.scopes import granted, parse_scope
from gatewright.oauth.vocabulary import PASSWORD, PASSWORD_REALM
from gatewright.tenants import Tenant
from gatewright.users import User, Users
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request wants, whoever it is for."""

    connection: Connection
    api: Api | None
    scopes: tuple[str, ...]


class PasswordGrant:
    """See ``grant.Grant``: for people of the tenant's default directory."""

    grant_type = PASSWORD
    failed: type[Event] = PasswordExchangeFailed

    def __init__(
        self,
        *,
        connections: Connections,
        proof: PasswordProof,
        users: Users,
        consents: ConsentStore,
        families: Families,
        access: Access,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._proof = proof
        self._users = users
        self._consents = consents
        self._families = families
        self._access = access
        self._clock = clock

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
            raise _refusal(error) from None
        return await self._accepted(context, client, asked, user)

    async def lost_race(
        self, context: Context, client: Client, request: Parameters, lost: Authorization
    ) -> Authorization:
        """The user was changed since the password was compared: what that proved must hold of them still."""
        assert lost.user is not None, "a password proves a user"
        newest = await self._users.get(context.tenant.tenant_id, lost.user.user_id)
        if newest is None or newest.blocked:
            raise _refusal(PersonBlocked())
        if not proof_holds(lost.user, newest):
            raise _refusal(WrongCredentials())
        return await self._accepted(
            context, client, await self._asked(context.tenant, client, request), newest
        )

    async def _asked(self, tenant: Tenant, client: Client, request: Parameters) -> _Asked:
        """Before the password is looked at, for none of it depends on whose it is."""
        requested = parse_scope(request.get("scope") or "openid")
        api = await self._access.api(tenant, request.get("audience", ""))
        scopes = obtainable(requested, client, api, at_token_endpoint=True)
        return _Asked(await self._database(tenant, client, request), api, scopes)

    async def _database(self, tenant: Tenant, client: Client, request: Parameters) -> Connection:
        """Raises ``NoDatabase``."""
        return await self._connections.default_database(
            tenant.tenant_id, client.client_id, tenant.settings.default_directory
        )

    async def _accepted(self, context: Context, client: Client, asked: _Asked, user: User) -> Authorization:
        tenant_id, api = context.tenant.tenant_id, asked.api
        permissions = await self._access.permissions(context.tenant, user.user_id, api)
        grant = Grant(
            grant_id=ids.grant_id(self._clock.now()),
            client_id=client.client_id,
            user_id=user.user_id,
            scopes=granted(asked.scopes, api=api, allowed=permissions),
            audience=api.identifier if api else "",
            connection=asked.connection.name,
            authenticated_at=self._clock.now(),
            amr=("pwd",),
            tells_auth_time=client.default_max_age is not None,
        )
        await self._check_consent(tenant_id, client, api, grant)
        refresh_token, family = self._families.begin(tenant_id, client, grant, api)
        return Authorization(
            subject=user.user_id,
            scopes=grant.scopes,
            permissions=tuple(sorted(permissions or ())),
            api=api,
            gty="password",
            grant=grant,
            user=user,
            refresh_token=refresh_token,
            changes=(self._users.signed_in(tenant_id, user, ip=context.origin.ip), *family),
            event=self._told(context, client, grant, user),
        )

    async def _check_consent(self, tenant_id: str, client: Client, api: Api | None, grant: Grant) -> None:
        """There is no page to ask on, so consent must have been given before. Raises ``ConsentRequired``."""
        if is_trusted(client, api):
            return
        given = await self._consents.get(tenant_id, grant.user_id, client.client_id, grant.audience)
        if given is None or not given.covers(grant.scopes):
            raise ConsentRequired(
                f"The user has not allowed this client: {grant.scope}. "
                "Nobody can be asked here; send the user through the authorization endpoint once."
            )

    def _told(self, context: Context, client: Client, grant: Grant, user: User) -> Event:
        return PasswordExchanged(
            tenant_id=context.tenant.tenant_id,
            at=grant.authenticated_at,
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=user.user_id,
            user_name=user.display_name,
            connection=grant.connection,
            audience=grant.audience or None,
            scope=grant.scope,
        )


class PasswordRealmGrant(PasswordGrant):
    """The same for people of the connection that ``realm`` names, or else of the client's one database."""

    grant_type = PASSWORD_REALM

    async def _database(self, tenant: Tenant, client: Client, request: Parameters) -> Connection:
        realm = request.get("realm")
        if realm is None:
            return await self._connections.only_database(tenant.tenant_id, client.client_id)
        return await self._connections.database_called(tenant.tenant_id, client.client_id, realm)


def _refusal(error: NotProved) -> InvalidGrant:
    """In the words that the wire's libraries look for."""
    return InvalidGrant("user is blocked" if isinstance(error, PersonBlocked) else error.message)
