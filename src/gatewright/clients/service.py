"""What one may do with clients."""

from gatewright.clients.model import Client
from gatewright.clients.secrets import ClientSecret
from gatewright.clients.store import ClientStore
from gatewright.jose import MasterKey
from gatewright.kernel.secrets import fingerprint


class Clients:
    """Finds clients and handles their secrets."""

    def __init__(self, store: ClientStore, master_key: MasterKey) -> None:
        self._store = store
        self._master_key = master_key

    async def get(self, tenant_id: str, client_id: str) -> Client | None:
        """The client, or ``None``."""
        return await self._store.get(tenant_id, client_id)

    def sealed(self, tenant_id: str, client_id: str, secret: str, now: int) -> ClientSecret:
        """A secret in the form in which it is kept."""
        return ClientSecret(
            fingerprint=fingerprint(secret),
            sealed=self._master_key.seal(secret, _place(tenant_id, client_id)),
            created_at=now,
        )

    def secret(self, tenant_id: str, client: Client) -> str | None:
        """The newest secret in clear, or ``None`` for a client without one."""
        if not client.secrets:
            return None
        return self._master_key.unseal(client.secrets[-1].sealed, _place(tenant_id, client.client_id))


def _place(tenant_id: str, client_id: str) -> str:
    return f"{tenant_id}/client/{client_id}"
