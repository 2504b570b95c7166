"""A client acts for itself (RFC 6749 §4.4), with the scopes that a client grant gives it."""

from gatewright.apis import Api, Apis, ClientGrant
from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Event
from gatewright.oauth.access import Access
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import AccessDenied, InvalidRequest, InvalidScope, UnauthorizedClient
from gatewright.oauth.events import ClientCredentialsExchanged, ClientCredentialsFailed
from gatewright.oauth.organizations import OrganizationRules
from gatewright.oauth.scopes import granted, parse_scope
from gatewright.oauth.vocabulary import CLIENT_CREDENTIALS, CLIENTS_SUFFIX
from gatewright.organizations import Organization
from gatewright.tenants import Tenant
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class ClientCredentialsGrant:
    """See ``grant.Grant``."""

    grant_type = CLIENT_CREDENTIALS
    failed: type[Event] = ClientCredentialsFailed

    def __init__(self, access: Access, apis: Apis, organizations: OrganizationRules, clock: Clock) -> None:
        self._organizations = organizations
        self._access = access
        self._apis = apis
        self._clock = clock

    async def authorize(self, context: Context, client: Client, request: Parameters) -> Authorization:
        """A token for the API named by ``audience``; ``scope`` narrows what the client grant allows."""
        if client.is_public:
            raise UnauthorizedClient("A client without a secret cannot act for itself.")
        api, grant = await self._granted_api(context, client, request)
        organization = await self._organization(context.tenant, client, grant, request)
        requested = parse_scope(request.get("scope"))
        allowed = frozenset(grant.scope)
        refused = [scope for scope in requested if scope not in allowed or scope not in api.scope_values]
        if refused:
            raise InvalidScope(f"The client grant for {api.identifier} does not have: {' '.join(refused)}")
        scopes = granted(requested or grant.scope, api=api, allowed=allowed, identity=False)
        return Authorization(
            subject=client.client_id + CLIENTS_SUFFIX,
            scopes=scopes,
            permissions=scopes,
            api=api,
            gty="client-credentials",
            organization=organization,
            event=ClientCredentialsExchanged(
                tenant_id=context.tenant.tenant_id,
                at=self._clock.now(),
                origin=context.origin,
                client_id=client.client_id,
                client_name=client.name,
                audience=api.identifier,
                scope=" ".join(scopes),
            ),
        )

    async def lost_race(
        self, context: Context, client: Client, request: Parameters, lost: Authorization
    ) -> Authorization:
        """There is nothing to race for."""
        return await self.authorize(context, client, request)

    async def _organization(
        self, tenant: Tenant, client: Client, grant: ClientGrant, request: Parameters
    ) -> Organization | None:
        """The organization that the client acts for, as far as its grant allows."""
        named: str = request.get("organization", "")
        if grant.organization_usage == "deny":
            if named:
                raise InvalidRequest("parameter organization is not allowed: the client grant denies it")
            return None
        wanted = named or _default_organization(client)
        if not wanted:
            if grant.organization_usage == "require":
                raise InvalidRequest("parameter organization is required: the client grant says so")
            return None
        organization = await self._organizations.found(tenant, wanted)
        if not grant.allow_any_organization and grant.grant_id not in organization.client_grants:
            raise AccessDenied(
                f"Client is not authorized to access {grant.audience} for this organization. "
                "Associate the client grant with it, or let the grant allow any."
            )
        return organization

    async def _granted_api(
        self, context: Context, client: Client, request: Parameters
    ) -> tuple[Api, ClientGrant]:
        api = await self._access.api(context.tenant, request.get("audience", ""))
        if api is None:
            raise AccessDenied(
                "No API was named: send the audience parameter, or set default_audience on the tenant."
            )
        grant = await self._apis.grant(context.tenant.tenant_id, client.client_id, api.identifier)
        if grant is None:
            raise AccessDenied(
                f"Client is not authorized to access {api.identifier}. "
                "You need to create a client-grant associated to this API."
            )
        return api, grant


def _default_organization(client: Client) -> str:
    """The organization that the client acts for unless it names another."""
    default = client.default_organization or {}
    flows = default.get("flows")
    is_ours = isinstance(flows, list) and CLIENT_CREDENTIALS in flows
    return str(default.get("organization_id", "")) if is_ours else ""
