"""What the grants share in which a person proves themselves to the application, and no page is shown.

No session begins, and nobody can be asked for anything.
"""

from dataclasses import dataclass

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.connections import Connection
from gatewright.consents import ConsentStore
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Event
from gatewright.kernel.units import Unit
from gatewright.login.password_proof import NotProved, PersonBlocked
from gatewright.oauth.access import Access
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import ConsentRequired, InvalidGrant, InvalidRequest
from gatewright.oauth.families import Families, obtainable
from gatewright.oauth.model import Grant
from gatewright.oauth.organizations import OrganizationRules, Wanted, for_connection
from gatewright.oauth.policy import is_trusted
from gatewright.oauth.scopes import granted, parse_scope
from gatewright.organizations import Organization
from gatewright.tenants import Tenant
from gatewright.users import User, Users
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request wants, whoever it is for."""

    connection: Connection
    api: Api | None
    scopes: tuple[str, ...]
    organization: Organization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Who came in and how: ``amr`` (RFC 8176), the grant as tokens name it, and the event that tells of it.

    ``changes`` spend what was proved with, where that is spent.
    """

    user: User
    amr: tuple[str, ...]
    event: type[Event]
    gty: str = ""
    changes: Unit = ()


class WithoutPage:
    """Turns a proved person into an authorization."""

    def __init__(
        self,
        *,
        users: Users,
        consents: ConsentStore,
        families: Families,
        access: Access,
        organizations: OrganizationRules,
        clock: Clock,
    ) -> None:
        self._organizations = organizations
        self._users = users
        self._consents = consents
        self._families = families
        self._access = access
        self._clock = clock

    async def asked(
        self, tenant: Tenant, client: Client, request: Parameters, connection: Connection
    ) -> Asked:
        """Before the proof is looked at, for none of it depends on whose it is.

        Without ``scope`` it is ``openid``.
        """
        requested = parse_scope(request.get("scope") or "openid")
        api = await self._access.api(tenant, request.get("audience", ""))
        organization = await self._organization(tenant, client, request.get("organization", ""))
        for_connection(organization, connection)
        scopes = obtainable(requested, client, api, at_token_endpoint=True)
        return Asked(connection, api, scopes, organization)

    async def _organization(self, tenant: Tenant, client: Client, named: str) -> Organization | None:
        """The organization that people come in for. Raises ``InvalidRequest``."""
        if named:
            return await self._organizations.named(tenant, client, named)
        if client.organization_usage == "require":
            raise InvalidRequest("parameter organization is required for this client")
        return None

    async def accepted(self, context: Context, client: Client, asked: Asked, proved: Proved) -> Authorization:
        """Tokens for whoever proved themselves. Raises ``ConsentRequired``."""
        tenant_id, api, user = context.tenant.tenant_id, asked.api, proved.user
        organization = asked.organization
        if organization is not None:
            wanted = Wanted(organization)
            await self._organizations.admit(context, client, wanted, user, asked.connection.name)
        organization_id = organization.organization_id if organization else ""
        permissions = await self._access.permissions(
            context.tenant, user.user_id, api, organization=organization_id
        )
        grant = Grant(
            grant_id=ids.grant_id(self._clock.now()),
            client_id=client.client_id,
            user_id=user.user_id,
            scopes=granted(asked.scopes, api=api, allowed=permissions),
            audience=api.identifier if api else "",
            connection=asked.connection.name,
            authenticated_at=self._clock.now(),
            amr=proved.amr,
            tells_auth_time=client.default_max_age is not None,
            organization=organization_id,
        )
        await self._check_consent(tenant_id, client, api, grant)
        refresh_token, family = self._families.begin(tenant_id, client, grant, api, origin=context.origin)
        noted = self._users.signed_in(tenant_id, user, ip=context.origin.ip)
        return Authorization(
            subject=user.user_id,
            scopes=grant.scopes,
            permissions=tuple(sorted(permissions or ())),
            api=api,
            gty=proved.gty,
            grant=grant,
            user=user,
            refresh_token=refresh_token,
            organization=organization,
            changes=(*proved.changes, noted, *family),
            event=_told(context, client, grant, proved),
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


def refusal(error: NotProved) -> InvalidGrant:
    """In the words that the wire's libraries look for."""
    return InvalidGrant("user is blocked" if isinstance(error, PersonBlocked) else error.message)


def _told(context: Context, client: Client, grant: Grant, proved: Proved) -> Event:
    return proved.event(
        tenant_id=context.tenant.tenant_id,
        at=grant.authenticated_at,
        origin=context.origin,
        client_id=client.client_id,
        client_name=client.name,
        user_id=proved.user.user_id,
        user_name=proved.user.display_name,
        connection=grant.connection,
        audience=grant.audience or None,
        scope=grant.scope,
    )
