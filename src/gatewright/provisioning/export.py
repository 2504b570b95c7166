"""A tenant → the file that makes it; applying what was exported changes nothing."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from gatewright.apis import Api, Apis
from gatewright.clients import Client, Clients
from gatewright.connections import Connection, Connections
from gatewright.jose import Unsealable
from gatewright.kernel.errors import Conflict, NotFound
from gatewright.log_streams import LogStream, LogStreams
from gatewright.messages import EmailProvider, MailProviders
from gatewright.provisioning import entries
from gatewright.provisioning.entries import Names, Written
from gatewright.provisioning.management import DEVELOPMENT_CLIENT
from gatewright.provisioning.state import Person, Stores, TenantState, load_state, person
from gatewright.provisioning.writing import yaml_text
from gatewright.tenants import Tenant

_PAGE = 500
_T = TypeVar("_T")


class Exporter:
    """Writes tenants down. With ``with_secrets`` everything that is kept sealed and password hashes too."""

    def __init__(
        self,
        stores: Stores,
        clients: Clients,
        apis: Apis,
        connections: Connections,
        log_streams: LogStreams,
        providers: MailProviders,
        *,
        with_secrets: bool,
    ) -> None:
        self._providers = providers
        self._stores = stores
        self._clients = clients
        self._apis = apis
        self._connections = connections
        self._log_streams = log_streams
        self._with_secrets = with_secrets

    async def pieces(self, tenant_id: str, *, with_users: bool = True) -> AsyncIterator[str]:
        """The file, piece by piece; memory stays small however many users there are.

        Raises ``NotFound``, or ``Conflict`` when a secret was sealed under another master key.
        """
        state = await load_state(self._stores, tenant_id)
        if state.tenant is None:
            raise NotFound(f"no tenant {tenant_id!r}")
        yield f"# Tenant {tenant_id}, {state.tenant.issuer}\n"
        for name, value in self._sections(state.tenant, state).items():
            yield "\n" + yaml_text({name: value})
        if with_users:
            async for piece in self._users(tenant_id, state):
                yield piece

    def _sections(self, tenant: Tenant, state: TenantState) -> dict[str, object]:
        names = Names.of(state)
        clients = [client for client in state.clients if client.client_id != DEVELOPMENT_CLIENT]
        grants = [grant for grant in state.grants if grant.client_id != DEVELOPMENT_CLIENT]
        return {
            "tenant": entries.tenant_entry(tenant, names),
            "branding": entries.branding_entry(tenant, state.page),
            "themes": [entries.theme_entry(state.theme)] if state.theme else [],
            "prompts": entries.prompts_entry(state.prompts, state.texts),
            "attackProtection": entries.attack_protection_entry(tenant),
            "customDomains": [entries.custom_domain_entry(one) for one in tenant.custom_domains],
            "resourceServers": [self._api(tenant, api) for api in state.apis if not api.is_system],
            "clients": [self._client(tenant, client, names) for client in clients],
            "clientGrants": [entries.grant_entry(grant, names) for grant in grants],
            "databases": [self._database(tenant, one, names) for one in state.databases],
            "connections": [entries.connection_entry(one, names) for one in state.other_connections],
            "roles": [entries.role_entry(role) for role in state.roles],
            "organizations": [entries.organization_entry(one, names) for one in state.organizations],
            "emailProvider": self._provider(tenant, state.provider),
            "emailTemplates": [entries.email_template_entry(one) for one in state.email_templates],
            "logStreams": [self._log_stream(tenant, stream) for stream in state.log_streams],
        }

    def _client(self, tenant: Tenant, client: Client, names: Names) -> Written:
        entry = entries.client_entry(client, names)
        if not self._with_secrets or not client.secrets:
            return entry
        secret = _unsealed(f"client {client.name}", lambda: self._clients.secret(tenant.tenant_id, client))
        head = {"name": entry.pop("name"), "client_id": entry.pop("client_id")}
        return {**head, "client_secret": secret, **entry}

    def _api(self, tenant: Tenant, api: Api) -> Written:
        entry = entries.api_entry(api)
        if self._with_secrets and api.sealed_secret:
            secret = _unsealed(f"API {api.name}", lambda: self._apis.secret(tenant.tenant_id, api))
            entry["signing_secret"] = secret
        return entry

    def _provider(self, tenant: Tenant, provider: EmailProvider | None) -> Written:
        entry = entries.provider_entry(provider)
        if self._with_secrets and provider is not None and provider.sealed_password:
            secret = _unsealed(
                "the e-mail provider", lambda: self._providers.password(tenant.tenant_id, provider)
            )
            entry["credentials"]["smtp_pass"] = secret
        return entry

    def _database(self, tenant: Tenant, database: Connection, names: Names) -> Written:
        entry = entries.database_entry(database, names)
        if self._with_secrets and database.sealed_configuration:
            secrets = _unsealed(
                f"database {database.name}",
                lambda: self._connections.configuration(tenant.tenant_id, database),
            )
            entry["options"] = {**entry.get("options", {}), "configuration": secrets}
        return entry

    def _log_stream(self, tenant: Tenant, stream: LogStream) -> Written:
        if not self._with_secrets:
            return entries.log_stream_entry(stream)
        owner, tenant_id = f"log stream {stream.name}", tenant.tenant_id
        secrets = _unsealed(owner, lambda: self._log_streams.secrets(tenant_id, stream))
        return entries.log_stream_entry(stream, secrets)

    async def _users(self, tenant_id: str, state: TenantState) -> AsyncIterator[str]:
        names, is_first, after = Names.of(state), True, ""
        connections = {connection.name for connection in state.connections}
        while page := await self._stores.users.page(tenant_id, after=after, limit=_PAGE):
            after = page[-1].user_id
            here = [user for user in page if user.connection in connections]
            people = [await person(self._stores, tenant_id, user) for user in here]
            if people:
                yield ("\nusers:\n" if is_first else "") + yaml_text([self._user(p, names) for p in people])
                is_first = False
        if is_first:
            yield "\nusers: []\n"

    def _user(self, someone: Person, names: Names) -> Written:
        entry = entries.user_entry(someone, names)
        if self._with_secrets and someone.password_hash:
            entry["password_hash"] = someone.password_hash
        return entry


def _unsealed(owner: str, unseal: Callable[[], _T]) -> _T:
    try:
        return unseal()
    except Unsealable:
        message = f"the secret of {owner} was sealed under another master key; wanted: that one"
        raise Conflict(message) from None
