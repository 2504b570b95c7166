"""A client acts for itself (RFC 6749 §4.4), with the scopes that a client grant gives it."""

from gatewright.apis import Api, Apis, ClientGrant
from gatewright.clients import Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Event
from gatewright.oauth.access import Access
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import AccessDenied, InvalidScope, UnauthorizedClient
from gatewright.oauth.events import ClientCredentialsExchanged, ClientCredentialsFailed
from gatewright.oauth.scopes import granted, parse_scope
from gatewright.oauth.vocabulary import CLIENT_CREDENTIALS, CLIENTS_SUFFIX
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class ClientCredentialsGrant:
    """See ``grant.Grant``."""

    grant_type = CLIENT_CREDENTIALS
    failed: type[Event] = ClientCredentialsFailed

    def __init__(self, access: Access, apis: Apis, clock: Clock) -> None:
        self._access = access
        self._apis = apis
        self._clock = clock

    async def authorize(self, context: Context, client: Client, request: Parameters) -> Authorization:
        """A token for the API named by ``audience``; ``scope`` narrows what the client grant allows."""
        if client.is_public:
            raise UnauthorizedClient("A client without a secret cannot act for itself.")
        api, grant = await self._granted_api(context, client, request)
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
