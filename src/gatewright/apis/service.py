"""What one may do with APIs."""

from gatewright.apis.client_grants import ClientGrant
from gatewright.apis.model import Api
from gatewright.apis.store import ApiStore
from gatewright.jose import MasterKey


class Apis:
    """Finds APIs and client grants, and handles shared secrets."""

    def __init__(self, store: ApiStore, master_key: MasterKey) -> None:
        self._store = store
        self._master_key = master_key

    async def by_identifier(self, tenant_id: str, identifier: str) -> Api | None:
        """The API that an ``audience`` names, or ``None``."""
        return await self._store.by_identifier(tenant_id, identifier)

    async def all(self, tenant_id: str) -> list[Api]:
        """Every API of the tenant, by name, the management API among them; read anew each time."""
        return await self._store.all(tenant_id)

    async def grants(self, tenant_id: str) -> list[ClientGrant]:
        """Every client grant of the tenant, by id; read anew each time."""
        return await self._store.grants(tenant_id)

    async def grant(self, tenant_id: str, client_id: str, audience: str) -> ClientGrant | None:
        """What the client may do with the API for itself, or ``None``."""
        return await self._store.grant(tenant_id, client_id, audience)

    def sealed_secret(self, tenant_id: str, api_id: str, secret: str) -> str:
        """A shared secret in the form in which it is kept."""
        return self._master_key.seal(secret, _place(tenant_id, api_id))

    def secret(self, tenant_id: str, api: Api) -> str:
        """The secret an HS256 API shares with us, in clear."""
        return self._master_key.unseal(api.sealed_secret, _place(tenant_id, api.api_id))


def _place(tenant_id: str, api_id: str) -> str:
    return f"{tenant_id}/api/{api_id}"
