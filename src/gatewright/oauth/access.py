"""Which API and which scopes of it: shared by the authorization endpoint and the grants."""

from gatewright.apis import Api, Apis
from gatewright.connections import Connections
from gatewright.oauth.errors import AccessDenied, InvalidGrant
from gatewright.oauth.model import Grant
from gatewright.oauth.scopes import granted
from gatewright.organizations import Organization, Organizations
from gatewright.roles import Roles
from gatewright.tenants import Tenant
from gatewright.users import User


class Access:
    """Answers what a user may get of an API, policy applied at the moment of asking."""

    def __init__(
        self, apis: Apis, roles: Roles, connections: Connections, organizations: Organizations
    ) -> None:
        self._apis = apis
        self._roles = roles
        self._connections = connections
        self._organizations = organizations

    async def check_user(self, tenant: Tenant, grant: Grant, user: User | None) -> User:
        """The user of a grant, if they may still come in. Raises ``InvalidGrant``.

        Neither blocked nor gone, and their connection is still there and open to the client.
        Of a grant for an organization they are still a member, and still come in as its people do.
        """
        if user is None or user.blocked:
            raise InvalidGrant("user is blocked")
        if not await self._connections.serves(tenant.tenant_id, grant.connection, grant.client_id):
            raise InvalidGrant("The connection of the user is gone or not enabled for this client.")
        if grant.organization:
            await self._check_member(tenant, grant, user)
        return user

    async def _check_member(self, tenant: Tenant, grant: Grant, user: User) -> None:
        organization = await self.organization(tenant, grant)
        connection = await self._connections.by_name(tenant.tenant_id, grant.connection)
        if organization is None or connection is None or not organization.enabled(connection.connection_id):
            raise InvalidGrant("The organization is gone, or does not take the user's connection any more.")
        place = organization.organization_id, user.user_id
        if not await self._organizations.has_member(tenant.tenant_id, *place):
            raise InvalidGrant(f"user {user.user_id} is not part of the {grant.organization} organization")

    async def organization(self, tenant: Tenant, grant: Grant) -> Organization | None:
        """The organization that the grant is for, if it is for one that is there."""
        if not grant.organization:
            return None
        return await self._organizations.get(tenant.tenant_id, grant.organization)

    async def api(self, tenant: Tenant, audience: str) -> Api | None:
        """The API that ``audience`` names; ``None`` for the userinfo endpoint alone.

        Raises ``AccessDenied`` for an audience nobody registered.
        """
        wanted = audience or tenant.settings.default_audience
        if wanted in ("", tenant.userinfo_audience):
            return None
        api = await self._apis.by_identifier(tenant.tenant_id, wanted)
        if api is None:
            raise AccessDenied(f"Service not found: {wanted}")
        return api

    async def permissions(
        self, tenant: Tenant, user_id: str, api: Api | None, *, organization: str = ""
    ) -> frozenset[str] | None:
        """What bounds the user's scopes of the API: their permissions; ``None`` where the API asks for none.

        The management API always asks: what is not about oneself is for those whose roles say so.
        Roles that the user has in the ``organization`` count with the others.
        """
        if api is None or not (api.enforce_policies or api.is_system):
            return None
        also: list[str] = []
        if organization:
            also = await self._organizations.roles_of(tenant.tenant_id, organization, user_id)
        permitted = await self._roles.permissions(tenant.tenant_id, user_id, api.identifier, also=also)
        return permitted | api.scopes_about_oneself

    async def scopes(
        self,
        tenant: Tenant,
        user_id: str,
        api: Api | None,
        requested: tuple[str, ...],
        *,
        legacy: bool = False,
        organization: str = "",
    ) -> tuple[str, ...]:
        """Those of ``requested`` that the user may have now.

        In the legacy pipeline that is all: each word names an attribute of the user's own profile.
        """
        if legacy:
            return requested
        allowed = await self.permissions(tenant, user_id, api, organization=organization)
        return granted(requested, api=api, allowed=allowed)
